// Workers that come, serve, retire and go, as the engine's user sees it.

import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { basePort, run } from "../helpers.mjs";

/** Runs a scenario of fixtures/supervised.js; `all(name)` are its events of that name. */
async function supervised(scenario, options, { ends = 0, ...more } = {}) {
  const given = { scenario, phantomBasePort: basePort(), ...options };
  const { code, events, text, stderr } = await run("supervised.js", given, more);
  assert.equal(code, ends, text);
  const all = (name, wanted = {}) =>
    events.filter(
      (event) => event.event === name && Object.entries(wanted).every(([key, value]) => event[key] === value),
    );
  return { events, all, text, stderr };
}

/** What came before the last request was answered. */
function underLoad(events) {
  return events.slice(
    0,
    events.findIndex(({ event }) => event === "idle"),
  );
}

/** How many workers could take work after each event, from the moment when `workers` could. */
function readyCounts(events, workers) {
  const ready = new Set();
  const counts = underLoad(events).map(({ event, id }) => {
    if (event === "ready") {
      ready.add(id);
    } else if (event === "workerDied") {
      ready.delete(id);
    }
    return ready.size;
  });
  return counts.slice(counts.indexOf(workers));
}

/** How many worker processes there were after each fork and end, from the moment when there were `workers`. */
function aliveCounts(events, workers) {
  const counts = underLoad(events).flatMap(({ alive }) => alive ?? []);
  return counts.slice(counts.indexOf(workers));
}

const endedWell = ({ code, signal }) => code === 0 || signal === "SIGTERM";

const within = (numbers, min, max) => Math.min(...numbers) >= min && Math.max(...numbers) <= max;

// Retirement ------------------------------------------------------------------------------------------------------------

for (const workers of [1, 2]) {
  test(`make before break, ${workers} workers: at most one process more, at no time one less`, async () => {
    // They serve for much longer than another takes to start.
    const options = { workers, workerIterations: 3, count: 18 * workers, ms: 600 };
    const { events, all, text } = await supervised("work", options);
    assert.equal(all("response").length, 18 * workers, text);
    assert.ok(all("response").every(({ attempts }) => attempts === 1));
    assert.ok(all("workerRetired", { reason: "iterations" }).length >= 5 * workers, text);
    assert.ok(within(aliveCounts(events, workers), workers, workers + 1), text);
    // When two retire at the same time, only one can wait for its successor.
    assert.ok(within(readyCounts(events, workers), 1, workers + 1), text);
    assert.ok(all("workerDied").every(endedWell), text);
  });
}

test("workers that serve for less than a start takes: several start at once, and go when there is nothing to do", async () => {
  const { events, all, text } = await supervised("hurry", { workers: 2, workerIterations: 1, count: 60, ms: 0 });
  assert.equal(all("response").length, 60, text);
  assert.ok(all("response").every(({ attempts }) => attempts === 1));
  const most = 2 + Math.min(3, availableParallelism());
  assert.equal(Math.max(...aliveCounts(events, 2)), most, text);
  assert.equal(all("calm").length, 1, text);
  assert.ok(all("workerDied").every(endedWell), text);
});

for (const limit of ["workerMemoryLimit", "phantomMemoryLimit"]) {
  test(`${limit}: a worker above it is retired, and no request is lost`, async () => {
    const options = { workers: 2, [limit]: 1, count: 8, ms: 400 };
    const { all, text } = await supervised("work", options);
    assert.equal(all("response").length, 8, text);
    assert.ok(all("workerRetired", { reason: "memory" }).length >= 2, text);
    // By "signal" only when the engine stops: one that still starts is told that way.
    assert.deepEqual(
      all("workerRetired").filter(({ reason }) => reason !== "memory" && reason !== "signal"),
      [],
    );
    // Each has done something before it is replaced, even if an idle one is too large already.
    assert.ok(all("workerStarted").length <= 8 + 2 + 1, text);
  });
}

// Size ------------------------------------------------------------------------------------------------------------------

test("resize up and down under load: no request is lost or run twice", async () => {
  const { all, text } = await supervised("resize", { workers: 2 });
  assert.equal(all("response").length, 60, text);
  assert.ok(
    all("response").every(({ attempts }) => attempts === 1),
    text,
  );
  assert.equal(all("grown")[0].workers, 4, text);
  assert.equal(all("shrunk")[0].numWorkers, 1);
  assert.equal(all("workerRetired", { reason: "resize" }).length, 3, text);
  const retired = all("workerRetired").map(({ id }) => id);
  assert.ok(
    all("workerDied").every(({ id, code }) => !retired.includes(id) || code === 0),
    text,
  );
  assert.ok(new Set(all("response").map(({ by }) => by)).size >= 4, "all four took part");
});

test("resize down while workers still start", async () => {
  const { all, text } = await supervised("resize at once", { workers: 3 });
  assert.equal(all("response").length, 5, text);
  assert.equal(all("shrunk")[0].workers, 1, text);
});

test("resize while workers wait for their restart", async () => {
  const options = { workers: 4, restart: { minDelay: 10_000, maxDelay: 10_000 } };
  const { all, text } = await supervised("resize while restarting", options);
  assert.equal(all("resized")[0].workers, 3, text);
});

// The end ---------------------------------------------------------------------------------------------------------------

test("close({ timeout }) drains, takes nothing more, and resolves; a second call does too", async () => {
  const { all, text } = await supervised("close", { workers: 2 });
  assert.equal(all("response").length, 8, text);
  assert.deepEqual(
    all("refused").map(({ name, code }) => [name, code]),
    [["EngineError", "ERR_ENGINE_CLOSING"]],
  );
  assert.equal(all("stopped").length, 1);
  assert.equal(all("stopped")[0].alive, 0);
  assert.equal(all("closed").length, 2, text);
});

test("close() in vain: when its time is over, what is not answered fails", async () => {
  const { all, text } = await supervised("close in time", { workers: 1, messageTimeout: 60_000 });
  assert.deepEqual(
    all("failed")
      .map(({ name, code }) => [name, code])
      .sort(),
    [
      ["stuck", "ERR_ENGINE_STOPPED"],
      ["waiting", "ERR_ENGINE_STOPPED"],
    ],
    text,
  );
  const [{ after }] = all("closed");
  assert.ok(after >= 990 && after < 4_000, `after ${after} ms`);
});

test("stop() is immediate, whatever is under way", async () => {
  const { all, text } = await supervised("stop", { workers: 1, messageTimeout: 60_000, stopTimeout: 30_000 });
  const [[stopping], [stopped]] = [all("stopping"), all("stopped")];
  assert.ok(stopped.at - stopping.at < 5_000, text);
  assert.deepEqual(
    all("failed").map(({ code }) => code),
    ["ERR_ENGINE_STOPPED", "ERR_ENGINE_STOPPED"],
  );
});

test("SIGTERM to a worker: it finishes what it holds, takes nothing more, and ends well", async () => {
  const { all, text } = await supervised("SIGTERM", { workers: 1, workerParallelism: 2, ms: 700 });
  const [{ id, pid }] = all("struck");
  for (const name of [0, 1]) {
    const [{ by, attempts }] = all("response", { name });
    assert.deepEqual([by, attempts], [pid, 1], text);
  }
  assert.notEqual(all("response", { name: "later" })[0].by, pid);
  assert.deepEqual(
    all("workerDied", { id }).map(({ code, signal }) => [code, signal]),
    [[0, null]],
    text,
  );
  assert.equal(all("workerRetired", { id })[0].reason, "signal");
});

test("SIGTERM to a worker that cannot finish: it ends at stopTimeout, its requests go to another", {
  skip: process.platform === "win32",
}, async () => {
  const options = { workers: 1, workerParallelism: 2, stopTimeout: 1_000, messageTimeout: 60_000 };
  const { all, text } = await supervised("SIGTERM", { ...options, ms: 2_500 });
  const [{ id, pid, at }] = all("struck");
  const [died] = all("workerDied", { id });
  assert.ok(died.at - at >= 990 && died.at - at < 5_000, text);
  for (const name of [0, 1]) {
    const [{ by, attempts }] = all("response", { name });
    assert.equal(attempts, 2, text);
    assert.notEqual(by, pid);
  }
});

// Crash loop ------------------------------------------------------------------------------------------------------------

const broken = { workers: 2, restart: { minDelay: 1, maxDelay: 1, maxRestarts: 3 } };

test("a worker script that throws at load: an error says so, and what waits stays in the queue", async () => {
  const { all, text } = await supervised("script throws", broken);
  const [error, ...more] = all("error");
  assert.deepEqual(more, [], text);
  assert.deepEqual([error.name, error.code, error.waiting], ["EngineError", "ERR_WORKER_CRASH_LOOP", 3]);
  assert.match(error.message, /more than 3 workers crashed within 60000 ms.*the last one ended with code 1/);
  assert.ok(all("workerStarted").length <= 6, "no fork storm");
});

test("without a listener, that error ends the primary", async () => {
  const { stderr } = await supervised("script throws, unheard", broken, { ends: 1 });
  assert.match(stderr, /ERR_WORKER_CRASH_LOOP/);
});

// The queue -------------------------------------------------------------------------------------------------------------

test("pause() holds requests back, resume() hands them over", async () => {
  const { events, all, text } = await supervised("pause", { workers: 1 });
  assert.equal(all("resuming")[0].waiting, 3, text);
  const order = events.map(({ event }) => event);
  assert.ok(order.indexOf("delivered") > order.indexOf("resuming"), text);
  assert.equal(all("response").length, 3);
});

test("run() with a signal: waiting, under way, and aborted before", async () => {
  const { all, text } = await supervised("signal", { workers: 1, messageTimeout: 60_000 });
  assert.deepEqual(
    all("run").map(({ status, name, code }) => [status, name ?? code]),
    [
      ["rejected", "ERR_ITEM_CANCELLED"],
      ["rejected", "ERR_ITEM_CANCELLED"],
      ["fulfilled", "free"],
      ["rejected", "ERR_ITEM_CANCELLED"],
    ],
    text,
  );
  assert.deepEqual(
    all("delivered").map(({ name }) => name),
    ["held", "free"],
    "the slot is free at once",
  );
});

test("priority: higher first, equal ones in order of arrival", async () => {
  const { all, text } = await supervised("priority", { workers: 1 });
  assert.equal(
    all("delivered")
      .map(({ name }) => name)
      .join(""),
    "bdaec",
    text,
  );
});

test("timeout and maxAttempts of one request", async () => {
  const { all, text } = await supervised("timeout", { workers: 1, workerParallelism: 2, messageTimeout: 60_000 });
  const [delivered] = all("delivered", { name: "short" });
  const [timeout] = all("timeout");
  // Its own limit, and not the engine's: two processes on a busy machine say no more than that.
  const after = timeout.at - delivered.at;
  assert.ok(after > 0 && after < 30_000, text);
  assert.deepEqual(
    all("failed").map(({ name, code, attempts }) => [name, code, attempts]),
    [["short", "ERR_MAX_ATTEMPTS", 1]],
  );
  assert.equal(all("response", { name: "long" })[0].attempts, 1);
});
