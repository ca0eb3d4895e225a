// chaos/ complains of ended children that nobody reaps, and of those alone who could have been reaped.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { statusOf, zombiesOf } from "../../chaos/processes.js";
import { describeZombie, Zombies } from "../../chaos/zombies.js";
import { isLinux, until } from "../helpers.mjs";

const SAMPLE = 250;

/** Looks at one zombie every `SAMPLE` ms from `from` to `to`; gives the times at which it was too old. */
function watch(zombies, state, from, to) {
  const times = [];
  for (let now = from; now <= to; now += SAMPLE) {
    const old = zombies.look([{ pid: 7, parent: { state } }], now);
    assert.ok(old.every(({ pid }) => pid === 7));
    times.push(...old.map(() => now));
  }
  return times;
}

test("a zombie is too old once, when its parent could have reaped it for 10 s", () => {
  assert.deepEqual(watch(new Zombies(), "S", 0, 60_000), [10_250]);
});

test("a parent that is stopped could not", () => {
  const zombies = new Zombies();
  assert.deepEqual(watch(zombies, "T", 0, 60_000), []);
  assert.deepEqual(watch(zombies, "R", 60_250, 80_000), [70_250]);
});

test("nor could one while this process was stopped", () => {
  const zombies = new Zombies();
  assert.deepEqual(watch(zombies, "S", 0, 6_000), []);
  assert.deepEqual(watch(zombies, "S", 16_000, 40_000), [20_250]);
});

test("another of the same number begins anew", () => {
  const zombies = new Zombies();
  assert.deepEqual(watch(zombies, "S", 0, 8_000), []);
  assert.deepEqual(zombies.look([], 8_250), []);
  assert.deepEqual(watch(zombies, "S", 8_500, 16_000), []);
});

test("a complaint names the zombie, and its parent with its state", { skip: !isLinux }, async () => {
  // The shell starts a child and becomes a program that knows nothing of it.
  const parent = spawn("/bin/sh", ["-c", "sleep 0 & exec sleep 60"], { stdio: "ignore" });
  const ended = once(parent, "exit");
  try {
    const found = () => zombiesOf(new Set([parent.pid])).find((zombie) => zombie.parent.pid === parent.pid);
    await until(() => found()?.parent.name === "sleep", "the zombie");
    parent.kill("SIGSTOP");
    await until(() => statusOf(parent.pid).state === "T", "the stop");
    const zombie = found();
    const expected = `zombie ${zombie.pid} (sleep) of process ${parent.pid} (sleep, state T: sleep 60)`;
    assert.equal(describeZombie(zombie), expected);
  } finally {
    parent.kill("SIGKILL");
    await ended;
  }
});
