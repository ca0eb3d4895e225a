// Workers that do not start, or crash: what is said of them, and how soon others take their places.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { basePort, run } from "../helpers.mjs";

async function starts(scenario, options, ends = 0) {
  const { code, events, text } = await run("starts.js", {
    scenario,
    workers: 1,
    phantomBasePort: basePort(),
    ...options,
  });
  assert.equal(code, ends, text);
  return { all: (name) => events.filter(({ event }) => event === name), text };
}

// Longer than any test waits: what happens all the same happened without a pause.
const NEVER = 10 * 60_000;
const patient = { minDelay: NEVER, maxDelay: NEVER };
const twice = { minDelay: 1, maxDelay: 1, maxRestarts: 1 };

for (const scenario of ["blocks", "forgets", "another engine"]) {
  test(`a worker that never connects is killed at startTimeout, and the error says why: ${scenario}`, async () => {
    const { all, text } = await starts(scenario, { startTimeout: 1_500, restart: twice });
    assert.deepEqual(
      all("workerDied").map(({ signal }) => signal),
      ["SIGKILL", "SIGKILL"],
      text,
    );
    const [{ code, message }] = all("error");
    assert.equal(code, "ERR_WORKER_CRASH_LOOP");
    assert.match(
      message,
      /not ready within 1500 ms \(option "startTimeout"\): it never connected.*starts\.js.*start\(\)/,
    );
  });
}

test("a PhantomJS that does not start: its worker says so before its own time is over", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-start-"));
  const phantomBinary = path.join(folder, "phantomjs");
  fs.writeFileSync(phantomBinary, "#!/bin/sh\nexec sleep 600\n", { mode: 0o755 });
  try {
    const { all, text } = await starts("plain", { startTimeout: 4_000, restart: twice, phantomBinary });
    const [{ message }] = all("error");
    assert.match(message, /code 1: PhantomJS at .* did not listen within \d+ ms/, text);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test("a worker that is stopped at its start is replaced, and close() waits for the answer of its successor", async () => {
  const { all, text } = await starts("stopped", { startTimeout: 6_000, restart: { minDelay: 1 } });
  assert.equal(all("answered")[0].response, "answer", text);
  assert.equal(all("workerDied")[0].signal, "SIGKILL", text);
});

for (const scenario of ["exits 0", "disconnects", "exits 0 at once"]) {
  test(`a worker that ends with code 0 before it did anything has its pause like any crash: ${scenario}`, async () => {
    const { all, text } = await starts(scenario, { workers: 2, restart: patient });
    const [{ forked, crashed, pending }] = all("over");
    assert.deepEqual([forked, crashed, pending], [2, 2, 2], text);
    assert.deepEqual(
      all("workerDied").map(({ code }) => code),
      [0, 0],
    );
  });
}

test("too many of them are a crash loop, whose error says what they did", async () => {
  const { all, text } = await starts("exits 0", { restart: twice });
  const [{ code, message }] = all("error");
  assert.equal(code, "ERR_WORKER_CRASH_LOOP");
  assert.match(message, /ended with code 0 before it was ready: its script must call start\(\)/, text);
});

test("requests that no worker survives cost no pause and make no loop while others are answered", async () => {
  const { all, text } = await starts("poison", { restart: { ...patient, maxRestarts: 1 } });
  const [{ crashed, crashLoop }] = all("over");
  assert.deepEqual([crashed, crashLoop], [6, false], text);
});

test("a handler whose process ends well after each answer costs no pause", async () => {
  const { all, text } = await starts("leaves after each", { restart: { ...patient, maxRestarts: 1 } });
  assert.equal(all("over")[0].crashLoop, false, text);
});

test("a handler that always crashes is a loop", async () => {
  const { all, text } = await starts("always crashes", { restart: twice, maxCrashes: 100 });
  assert.equal(all("error")[0].code, "ERR_WORKER_CRASH_LOOP", text);
});
