// Requests that end their worker, or its PhantomJS: they end themselves, and good ones do not pay.

import assert from "node:assert/strict";
import { test } from "node:test";
import { basePort, run } from "../helpers.mjs";

const restart = { minDelay: 10, maxDelay: 50, maxRestarts: 1000 };

async function poisoned(options) {
  const { code, events, text } = await run("poison.js", { restart, phantomBasePort: basePort(), ...options });
  assert.equal(code, 0, text);
  const all = (name) => events.filter(({ event }) => event === name);
  return { all, text };
}

test("a request under which three workers end fails and says how; good ones are all answered", async () => {
  const { all, text } = await poisoned({ workers: 2, poison: ["phantom", "exit", "killed"], good: 30 });
  const failed = new Map(all("failed").map((failure) => [failure.name, failure]));
  assert.equal(all("failed").length, 3, text);
  const ways = {
    phantom: /3 times \(PhantomJS ended \(signal SIGSEGV\)/,
    exit: /3 times \(code 3\)/,
    killed: /SIGKILL/,
  };
  for (const [name, expected] of Object.entries(ways)) {
    const { code, message, attempts } = failed.get(name);
    assert.deepEqual([code, attempts], ["ERR_ITEM_CRASHED", 3], text);
    assert.match(message, expected);
  }
  assert.deepEqual(new Set(all("response").map(({ response }) => response)), new Set(["fine"]));
  assert.equal(all("response").length, 30, text);
  assert.deepEqual([all("error"), all("end")[0].waiting], [[], 0], text);
});

test("after its first crash a request runs alone, and good ones go on before and behind it", async () => {
  const options = { workers: 1, workerParallelism: 4, poison: ["phantom", "exit"], good: 24, each: 100 };
  const { all, text } = await poisoned(options);
  const again = all("poison").filter(({ attempt }) => attempt > 1);
  assert.ok(again.length >= 4, text);
  assert.ok(
    again.every(({ beside }) => beside === 0),
    text,
  );
  assert.ok(
    all("good").every(({ besidePoison }) => !besidePoison),
    text,
  );
  assert.deepEqual(
    all("failed").map(({ code }) => code),
    ["ERR_ITEM_CRASHED", "ERR_ITEM_CRASHED"],
    text,
  );
  assert.equal(all("response").length, 24, text);
});

test("maxCrashes of one request, and maxAttempts beside it", async () => {
  const once = await poisoned({ workers: 1, poison: ["exit"], good: 2, request: { maxCrashes: 1 } });
  const [{ code, attempts, message }] = once.all("failed");
  assert.deepEqual([code, attempts], ["ERR_ITEM_CRASHED", 1], once.text);
  assert.match(message, /once \(code 3\)/);
  const twice = await poisoned({ workers: 1, poison: ["killed"], good: 2, maxAttempts: 2, maxCrashes: "Infinity" });
  const [failed] = twice.all("failed");
  assert.deepEqual([failed.code, failed.attempts, failed.cause], ["ERR_MAX_ATTEMPTS", 2, "ERR_ITEM_CRASHED"]);
  assert.match(failed.message, /in 2 attempts, .*2 times \(signal SIGKILL\)/);
});

test("a worker that is told to end, and does not end in time, has not crashed", async () => {
  const { all, text } = await poisoned({ workers: 1, poison: ["sigterm"], good: 1, maxCrashes: 1, stopTimeout: 300 });
  assert.deepEqual(
    all("response")
      .map(({ name, attempts }) => [name, attempts])
      .sort(),
    [
      ["good", 1],
      ["sigterm", 2],
    ],
    text,
  );
});

test("good requests keep three quarters of their rate beside a poison one per second", async (t) => {
  const options = { workers: 4, rate: 15, seconds: 6, phantomBasePort: basePort() };
  const { code, events, text } = await run("poison-rate.js", options, { deadline: 90_000 });
  assert.equal(code, 0, text);
  const { parts, failures, poison } = events.find(({ event }) => event === "end");
  assert.deepEqual(failures, [], text);
  assert.deepEqual(new Set(poison), new Set(["ERR_ITEM_CRASHED"]), text);
  const [before, beside, after] = parts;
  const share = beside / ((before + after) / 2);
  t.diagnostic(`${parts.map((rate) => rate.toFixed(1)).join(", ")} requests/s; ${Math.round(share * 100)} %`);
  assert.ok(share >= 0.75, text);
});
