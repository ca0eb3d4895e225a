// Processes that die or freeze: nothing of the cluster stays behind, and the request goes on elsewhere. The times are
// shown; as a busy machine may take longer, only generous limits are asserted.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { isGone, zombiesOf } from "../../chaos/processes.js";
import { basePort, isLinux, onChromium, processesOf, run, site, until } from "../helpers.mjs";

const LEASE = 1500;
const linux = { skip: !isLinux };

/** Each browser: the options of an engine, and of its tests. */
const ENGINES = {
  PhantomJS: [{}, linux],
  Chromium: [{ browser: "chromium" }, isLinux ? onChromium() : linux],
};

let pages;
before(async () => {
  pages = await site();
});
after(() => pages.close());

function options(more) {
  return { url: `${pages.url}/held`, phantomBasePort: basePort(), messageTimeout: LEASE, ...more };
}

function eventsOf({ stdout }) {
  // The last line may be half there yet.
  const lines = stdout.split("\n").slice(0, -1);
  return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
}

/** The first event of that name, as soon as it is there. */
function heard(output, name, more = {}) {
  const isIt = (event) => Object.entries({ event: name, ...more }).every(([key, value]) => event[key] === value);
  return until(() => eventsOf(output).find(isIt), `event ${name}`, 20_000);
}

async function elapsed(condition, what, limit) {
  const start = performance.now();
  await until(condition, what, limit);
  return Math.round(performance.now() - start);
}

/** A folder for temporary files; `engines()` are those of the engines in it, `all()` also what browsers keep there. */
function temporaryFolder() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-test-"));
  const all = () => fs.readdirSync(folder);
  return { folder, all, engines: () => all().filter((name) => !name.includes("chromium")) };
}

/** Primary, workers and browsers, without what belongs to a browser: Chromium's other processes, and guardians. */
function mainProcesses(marker) {
  return processesOf(marker).filter(({ command }) => !/--type=|apart=|^\/bin\/sh -c all=/.test(command));
}

/** For `whileRunning`: what fails there must not leave the cluster running until its deadline. */
function looking(look) {
  return async (running) => {
    try {
      await look(running);
    } catch (error) {
      running.child.kill("SIGKILL");
      throw error;
    }
  };
}

/** Sends a signal to the primary, or to its group, and sees that all go; the next start removes its files. */
async function endPrimary(t, signal, inGroup, browser) {
  const { folder, all, engines } = temporaryFolder();
  const [name, more] = inGroup ? ["own-group.js", { script: "held.js" }] : ["held.js", {}];
  const result = await run(name, options({ ...browser, ...more }), {
    temporary: folder,
    whileRunning: looking(async ({ output, marker }) => {
      const { primary } = await heard(output, "go");
      assert.ok(mainProcesses(marker).length >= 5, "primary, two workers, two browsers");
      assert.equal(engines().length, 1);
      process.kill(inGroup ? -primary : primary, signal);
      const time = await elapsed(() => processesOf(marker).length === 0, "the end of all");
      t.diagnostic(`all gone ${time} ms after ${signal}`);
    }),
  });
  const ended = inGroup ? eventsOf(result).find(({ event }) => event === "ended") : result;
  assert.equal(ended.signal, signal, result.text);
  await run("abrupt.js", { how: "exit", phantomBasePort: basePort() }, { temporary: folder });
  assert.deepEqual(all(), []);
  fs.rmSync(folder, { recursive: true });
}

/** Sends a signal to the worker that holds the request ("pid"), or to its browser ("phantom"). */
async function strike(t, which, signal, browser) {
  const result = await run("held.js", options(browser), {
    whileRunning: looking(async ({ output, marker, child }) => {
      await heard(output, "go");
      const first = await heard(output, "delivered", { attempt: 1 });
      const struckAt = Date.now();
      process.kill(first[which], signal);
      const time = await elapsed(() => isGone(first.pid) && isGone(first.phantom), "the end of worker and browser");
      const { by, attempt } = await heard(output, "response");
      assert.equal(attempt, 2);
      assert.notEqual(by, first.pid, "another worker answers");
      const { at } = await heard(output, "delivered", { attempt: 2 });
      t.diagnostic(
        `worker and browser gone ${time} ms after ${signal}, the request delivered after ${at - struckAt} ms`,
      );
      await until(() => mainProcesses(marker).length === 5, "the worker's successor", 30_000);
      // Who has just ended may wait a moment for the parent that reaps it.
      const zombies = () => zombiesOf(new Set(processesOf(marker).map(({ pid }) => pid)));
      await until(() => zombies().length === 0, "the reaping of all that ended");
      child.kill("SIGUSR2");
    }),
  });
  assert.equal(result.code, 0, result.text);
  assert.equal(result.events.filter(({ event }) => event === "response").length, 1, result.text);
}

for (const [name, [browser, where]] of Object.entries(ENGINES)) {
  describe(name, where, () => {
    for (const [how, code] of [
      ["exit", 3],
      ["throw", 1],
    ]) {
      test(`the primary ends by ${how}: nothing is left, its files included`, async (t) => {
        const result = await run("held.js", options({ ...browser, how }), {
          whileRunning: looking(async ({ output, marker, child }) => {
            await heard(output, "go");
            await until(() => child.exitCode !== null || child.signalCode !== null, "the primary's end");
            const time = await elapsed(() => processesOf(marker).length === 0, "the end of all");
            t.diagnostic(`all gone ${time} ms after the primary`);
          }),
        });
        assert.equal(result.code, code, result.text);
      });
    }

    for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"]) {
      test(`${signal} to the primary alone: nothing is left`, (t) => endPrimary(t, signal, false, browser));
      test(`${signal} to the primary's process group: nothing is left`, (t) => endPrimary(t, signal, true, browser));
    }

    test("SIGSTOP to a worker whose request is cancelled then: it goes, and its place is taken", async (t) => {
      const result = await run("held.js", options({ ...browser, workers: 1 }), {
        whileRunning: looking(async ({ output, child }) => {
          await heard(output, "go");
          const first = await heard(output, "delivered");
          process.kill(first.pid, "SIGSTOP");
          child.kill("SIGHUP");
          const time = await elapsed(() => isGone(first.pid) && isGone(first.phantom), "the end of the frozen worker");
          const { by } = await heard(output, "response");
          assert.notEqual(by, first.pid);
          t.diagnostic(`worker and browser gone ${time} ms after SIGSTOP`);
          child.kill("SIGUSR2");
        }),
      });
      assert.equal(result.code, 0, result.text);
    });

    test("SIGSTOP to a worker that holds nothing: it misses its heartbeats, and its place is taken", async (t) => {
      const result = await run("held.js", options({ ...browser, messageTimeout: 60_000 }), {
        deadline: 60_000,
        whileRunning: looking(async ({ output, child }) => {
          const { pid: busy } = await heard(output, "delivered");
          const others = eventsOf(output).filter(({ event, pid }) => event === "ready" && pid !== busy);
          const [idle] = others;
          process.kill(idle.pid, "SIGSTOP");
          const time = await elapsed(
            () => isGone(idle.pid) && isGone(idle.phantom),
            "the end of the frozen worker",
            40_000,
          );
          await until(() => eventsOf(output).filter(({ event }) => event === "ready").length === 3, "its successor");
          t.diagnostic(`worker and browser gone ${time} ms after SIGSTOP`);
          child.kill("SIGHUP");
          await heard(output, "response");
          child.kill("SIGUSR2");
        }),
      });
      assert.equal(result.code, 0, result.text);
    });

    for (const signal of ["SIGKILL", "SIGSTOP"]) {
      test(`${signal} to a worker: it and its browser go, another answers`, (t) => strike(t, "pid", signal, browser));
      test(`${signal} to a browser: it and its worker go, another answers`, (t) =>
        strike(t, "phantom", signal, browser));
    }
  });
}
