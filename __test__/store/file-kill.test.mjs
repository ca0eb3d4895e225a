// The primary, or its disk, ends at any time: what was stored is there again, and ends.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import { createQueued } from "../../index.js";
import { basePort, run, until } from "../helpers.mjs";
import { command, folder, removeFolders, stop } from "./files.mjs";

after(removeFolders);

const fileIn = (directory = folder()) => path.join(directory, "queue.db");

/** Runs a primary with the file; its events. */
async function primary(file, options = {}, more = {}) {
  // What a killed process leaves in the temporary directory the next engine removes: here it is the test's.
  const temporary = folder();
  const given = { store: { file }, workers: 1, phantomBasePort: basePort(), ...options };
  return run("stored.js", given, { temporary, ...more });
}

const idsOf = (events, name) => events.filter(({ event }) => event === name).map(({ id }) => id);

test("what was stored when the primary was killed ends after the next start, in its order", async () => {
  const file = fileIn();
  const stored = new Set();
  const ended = new Map();
  const random = [300, 900, 1500, 2100];
  for (const die of [...random, undefined]) {
    const { events, signal, code, text } = await primary(file, {
      enqueue: die === undefined ? 0 : 500,
      more: die === undefined ? 0 : 1,
      workers: 2,
      die,
    });
    assert.deepEqual([signal, code], die === undefined ? [null, 0] : ["SIGKILL", null], text);
    const recovered = idsOf(events, "recovered");
    assert.deepEqual(
      recovered,
      recovered.toSorted((a, b) => a - b),
      "in order",
    );
    const started = events.findIndex(({ event }) => event === "started");
    const last = events.findLastIndex(({ event }) => event === "recovered");
    assert.ok(started === -1 || last < started, "before any worker is forked");
    for (const id of idsOf(events, "stored")) {
      stored.add(id);
    }
    for (const id of idsOf(events, "ended")) {
      ended.set(id, (ended.get(id) ?? 0) + 1);
    }
  }
  assert.ok(stored.size > 1_000, `${stored.size} were stored`);
  const lost = [...stored].filter((id) => !ended.has(id));
  assert.deepEqual(lost, [], "each that was stored has ended");
  assert.match((await command("queue", file)).stdout, /^0 waiting/);
});

test("a request whose last attempt ended with its process fails behind its recovered", async () => {
  const file = fileIn();
  const options = { enqueue: 1, slow: 60_000, maxAttempts: 1, dieLeased: true };
  const first = await primary(file, options);
  assert.equal(first.signal, "SIGKILL", first.text);
  const { events, text } = await primary(file);
  assert.deepEqual(
    events.filter(({ event }) => event === "recovered").map(({ id, attempts }) => [id, attempts]),
    [
      [0, 1],
      [1, 0],
    ],
    text,
  );
  assert.deepEqual(
    events.filter(({ event }) => event === "failed").map(({ id, code }) => [id, code]),
    [[0, "ERR_MAX_ATTEMPTS"]],
  );
  assert.deepEqual(idsOf(events, "ended"), [1]);
});

test("a log that was cut off costs what was in that part alone", async () => {
  const file = fileIn();
  const { signal, text } = await primary(file, { enqueue: 2_000, stay: true, slow: 60_000 }, { whileRunning: kill });
  assert.equal(signal, "SIGKILL", text);
  const log = `${file}-wal`;
  fs.truncateSync(log, Math.floor(fs.statSync(log).size * 0.6));
  const engine = createQueued({ workers: 1, store: { file } });
  const ids = [...engine.queue].map(({ id }) => id);
  assert.ok(ids.length < 2_000);
  assert.deepEqual(
    ids,
    ids.map((_, index) => index),
    "the first ones, without a gap",
  );
  engine.enqueue("more");
  await stop(engine);
});

/** Kills the primary when all of its requests are stored. */
async function kill({ child, output }) {
  await until(() => output.stdout.split('"event":"stored"').length > 2_000, "2,000 stored requests");
  child.kill("SIGKILL");
}

/** A file system of 512 KiB; null where the system gives none. */
function smallDisk() {
  const mounted = folder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", mounted], { stdio: "ignore" });
    return mounted;
  } catch {
    return null;
  }
}

test("a full disk is told of, costs nothing that was taken, and is got over", async (t) => {
  const disk = smallDisk();
  if (!disk) {
    t.skip("this user may mount no file system");
    return;
  }
  try {
    const file = fileIn(disk);
    const engine = createQueued({ workers: 1, store: { file }, maxPending: 50 });
    const seen = [];
    engine.on("storeLost", (error) => seen.push(error));
    engine.on("storeFound", () => seen.push("found"));
    const ballast = path.join(disk, "ballast");
    fs.writeFileSync(ballast, Buffer.alloc(300_000));
    const items = [];
    const text = "x".repeat(4_000);
    const error = await until(() => {
      try {
        items.push(engine.enqueue(text));
        return null;
      } catch (thrown) {
        return thrown;
      }
    }, "a refusal");
    assert.equal(error.code, "ERR_STORE_FULL");
    assert.match(error.message, /"maxPending"/);
    assert.equal(seen[0].code, "ERR_STORE_FULL");
    assert.equal(error.cause, seen[0]);
    fs.rmSync(ballast);
    await until(() => seen.includes("found"), "storeFound");
    await Promise.all(items.map((item) => item.stored));
    await engine.enqueue("fits").stored;
    await stop(engine);
    const again = createQueued({ workers: 1, store: { file } });
    assert.equal(again.queue.length, items.length + 1);
    await stop(again);
  } finally {
    execFileSync("umount", [disk]);
  }
});
