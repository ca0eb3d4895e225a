// Requests that are handed over before their turn.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { basePort, run } from "../helpers.mjs";

const { Prefetch } = createRequire(import.meta.url)("../../lib/queue/prefetch.js");

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

test("what was taken back means that requests are slow here", () => {
  const back = [];
  const prefetch = new Prefetch((lease) => back.push(lease));
  assert.equal(prefetch.depth, 0, "nothing is known yet");
  prefetch.measure(0.1);
  assert.deepEqual([prefetch.depth, prefetch.patience], [10, 5]);
  for (const lease of [7, 8, 9]) {
    prefetch.push({ lease });
  }
  assert.equal(prefetch.remove(8), true);
  assert.equal(prefetch.remove(8), false);
  prefetch.recalled(7);
  assert.deepEqual([prefetch.length, prefetch.depth], [1, 0]);
  prefetch.clear();
  assert.deepEqual(back, [9]);
});

async function blocked(options) {
  const all = { workerIterations: 10_000, phantomBasePort: basePort(), warm: 300, ...options };
  const { code, events, text } = await run("blocking.js", all);
  assert.equal(code, 0, text);
  const { answered, queue } = events.find(({ event }) => event === "answered");
  return { answered, queue, timeouts: events.filter(({ event }) => event === "timeout"), text };
}

test("a request that nobody began does not time out behind handlers that compute", async () => {
  const busy = new Array(5).fill(700);
  const { answered, queue, timeouts, text } = await blocked({ workers: 1, messageTimeout: 2000, busy, quick: 3 });
  assert.deepEqual(timeouts, [], text);
  assert.deepEqual([queue.timeouts, queue.requeued], [0, 0], text);
  assert.ok(
    answered.every(({ attempts }) => attempts === 1),
    text,
  );
});

test("quick ones do not wait beside an idle worker for one that computes", async () => {
  const { answered, text } = await blocked({ workers: 2, busy: [6000], quick: 60 });
  const quick = answered.filter(({ busy }) => busy === 0);
  assert.equal(quick.length, 60);
  assert.ok(Math.max(...quick.map(({ ended }) => ended)) < 4000, text);
});
