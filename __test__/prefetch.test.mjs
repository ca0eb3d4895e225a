// Requests that are handed over before their turn.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { basePort, run } from "./helpers.mjs";

const { Prefetch } = createRequire(import.meta.url)("../lib/prefetch.js");

test("a slow request does not hold up those that were taken in advance behind it", async () => {
  const options = { count: 2000, slow: 1000, workers: 2, workerIterations: 100_000, phantomBasePort: basePort() };
  const { code, events, text } = await run("mixed.js", options);
  assert.equal(code, 0, text);
  const { answered } = events.find(({ event }) => event === "answered");
  assert.equal(new Set(answered.map(({ number }) => number)).size, 2000);
  assert.equal(answered.at(-1).number, 1000, "the slow one is the last");
  assert.ok(
    answered.every(({ most }) => most === 1),
    "one at a time is in a handler's hands",
  );
  const { clients, waiting } = events.find(({ event }) => event === "idle");
  assert.ok(clients <= 2, `${clients} entries of 2 slots`);
  assert.equal(waiting, 0);
});

test("workerIterations holds for requests taken in advance too", async () => {
  const options = { count: 500, slow: -1, workers: 2, workerIterations: 40, phantomBasePort: basePort() };
  const { code, events, text } = await run("mixed.js", options);
  assert.equal(code, 0, text);
  const { answered } = events.find(({ event }) => event === "answered");
  const perWorker = new Map();
  for (const { pid } of answered) {
    perWorker.set(pid, (perWorker.get(pid) ?? 0) + 1);
  }
  assert.equal(answered.length, 500);
  assert.ok(Math.max(...perWorker.values()) <= 40, JSON.stringify([...perWorker]));
});

test("what waits too long goes back, and nothing more is taken in advance", async () => {
  const back = [];
  const prefetch = new Prefetch((lease) => back.push(lease));
  assert.equal(prefetch.depth, 0, "nothing is known yet");
  prefetch.measure(0.1);
  assert.equal(prefetch.depth, 10);
  prefetch.push(["leased", 7]);
  prefetch.push(["leased", 8]);
  prefetch.push(["leased", 9]);
  assert.equal(prefetch.remove(8), true);
  assert.equal(prefetch.remove(8), false);
  await sleep(1000);
  assert.deepEqual(back, [7, 9]);
  assert.deepEqual([prefetch.length, prefetch.depth], [0, 0]);
});
