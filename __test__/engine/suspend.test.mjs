// Processes that are stopped for longer than anybody's patience, and go on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { basePort, isLinux, processesOf, run, until } from "../helpers.mjs";

// Frozen workers are noticed after 8 s at most, a silent PhantomJS 6 s after the longer of these, and 4 s for its ping.
const IMPATIENT = { messageTimeout: 5_000, pageTimeout: 5_000 };
const STOPPED_FOR = 14_000;

const signal = (pids, name) => {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch ({ code }) {
      // Killed meanwhile: the figures say so.
      assert.equal(code, "ESRCH");
    }
  }
};

/** Stops what `choose` says of all processes, and lets them go on one group after the other, 1 s apart. */
async function suspended(choose, options) {
  const more = {
    whileRunning: async ({ child, output, marker }) => {
      const line = await until(() => output.stdout.match(/^.*"working".*$/m)?.[0], "work", 30_000);
      const { phantoms } = JSON.parse(line);
      const pids = processesOf(marker).map(({ pid }) => pid);
      const workers = pids.filter((pid) => pid !== child.pid && !phantoms.includes(pid));
      const groups = choose({ primary: [child.pid], workers, phantoms });
      signal(groups.flat(), "SIGSTOP");
      await sleep(STOPPED_FOR);
      for (const group of groups) {
        signal(group, "SIGCONT");
        await sleep(1_000);
      }
      // As long as it takes to kill whoever is thought to be silent.
      await sleep(3_000);
      child.kill("SIGUSR2");
    },
  };
  const given = { workers: 2, ms: 1_500, phantomBasePort: basePort(), ...IMPATIENT, ...options };
  const { events, text } = await run("suspended.js", given, more);
  return { all: (name) => events.filter(({ event }) => event === name), text };
}

const ALL = {
  "all at the same time": ({ primary, workers, phantoms }) => [[...primary, ...workers, ...phantoms]],
  "the primary goes on first": ({ primary, workers, phantoms }) => [primary, workers, phantoms],
  "PhantomJS goes on first": ({ primary, workers, phantoms }) => [phantoms, workers, primary],
  "primary and workers, as by Ctrl-Z": ({ primary, workers }) => [[...primary, ...workers]],
  "the primary alone": ({ primary }) => [primary],
};

// All of them wait most of the time: at the same time.
test("processes that are stopped and go on", { skip: !isLinux, concurrency: true }, async (t) => {
  const tests = Object.entries(ALL).map(([name, choose]) =>
    t.test(name, async () => {
      const { all, text } = await suspended(choose);
      // Those that end do so at the engine's end.
      const [{ crashed, forked }] = all("over");
      assert.deepEqual([crashed, forked], [0, 2], text);
      assert.deepEqual(all("timeout"), [], text);
      assert.equal(all("answered")[0].attempts, 1, text);
      assert.deepEqual(all("error"), [], text);
    }),
  );
  tests.push(
    t.test("workers alone are killed", async () => {
      const { all, text } = await suspended(({ workers }) => [workers], { requeue: true });
      const [{ crashed }] = all("over");
      assert.ok(crashed >= 2, text);
      assert.ok(all("answered")[0].attempts >= 2, text);
    }),
  );
  await Promise.all(tests);
});
