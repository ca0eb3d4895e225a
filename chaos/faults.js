"use strict";

// Faults that come from outside of a request's handler: signals to processes, and calls of the engine's methods.

const { spawn } = require("node:child_process");
const { once } = require("node:events");
const path = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const { OPTIONS, optionsOf } = require("./options");
const { BROWSERS } = require("./browsers");
const { isGone, isGroupGone } = require("./processes");
const { timeUntil } = require("./time");

/** How long the end of a process that was killed may take to be seen: the machine is busy starting others. */
const KILL_LIMIT = 5_000;
/** A frozen one is noticed at its lease's end, or later by its heartbeats when it holds nothing. */
const FROZEN_LIMIT = 4_000;
const HEARTBEATS = 8_000;
const FROZEN_FOR = HEARTBEATS + FROZEN_LIMIT;
/** A renderer that is frozen is noticed by the next page in its tab, which may be long in coming: it goes with its browser then. */
const FROZEN_RENDERER_FOR = 60_000;
const DRAIN_LIMIT = OPTIONS.stopTimeout + KILL_LIMIT;
/** How long the engine may take to be at its full number again. */
const RECOVERY_LIMIT = 60_000;
const ANSWER_LIMIT = 30_000;
const VICTIM_LIMIT = 10_000;
const BURST_SIZE = 400;
/** A machine is suspended for so much longer than a lease, ms, and sometimes for longer than any silence is borne. */
const BEYOND_LEASE = 500;
const LONG_SILENCE = 9_000;
const SUSPENSIONS = [BEYOND_LEASE, BEYOND_LEASE, BEYOND_LEASE, BEYOND_LEASE, null];
/** Within so long, ms, after it a part of all leases at most may be over, by what would have ended them without it. */
const JUST_AFTER = 250;
const MOST_TIMEOUTS = 0.5;

/** There was nobody to do it to. */
const NOBODY = { survived: null };

const isAny = () => true;
const isReady = ({ ready }, worker) => ready.has(worker.id);
const isBusy = ({ ledger }, worker) => ledger.heldBy(worker.id).length > 0;

/** Workers of the engine, each with its browser and the browser's renderers, that no fault has touched so far. */
function untouched(run, isFit) {
  const { browser, engine, leftovers, touched } = run;
  const processes = leftovers.processes();
  return Object.values(engine.workers).flatMap((worker) => {
    const { pid } = worker.process;
    const main = processes.find(({ kind, parent }) => kind === BROWSERS[browser].name && parent === pid);
    if (!main || touched.has(worker.id) || worker.isDead() || !isFit(run, worker)) {
      return [];
    }
    const renderers = processes.filter(({ kind, group }) => kind === "renderer" && group === main.pid);
    return [{ worker, pid, browser: main.pid, renderers: renderers.map((renderer) => renderer.pid) }];
  });
}

/** What `find` gives, as soon as it gives anything. */
async function soon(find) {
  let found;
  await timeUntil(() => {
    found = find();
    return found;
  }, VICTIM_LIMIT);
  return found;
}

/** A worker that no fault touches from now on, as soon as there is one. */
async function someVictim(run, isFit) {
  const chosen = await soon(() => run.random.pick(untouched(run, isFit)));
  if (chosen) {
    run.touched.add(chosen.worker.id);
  }
  return chosen;
}

/** False when the process ended while we looked. */
function send(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/**
 * Sends `signal` to one of a worker and its browser; both must be gone within `limit`, and all that the browser has made.
 * Gives how long that took.
 */
function signalTo(which, signal, limit, { isFit = isAny, before = () => {} } = {}) {
  return async (run) => {
    const chosen = await someVictim(run, isFit);
    if (!chosen) {
      return NOBODY;
    }
    before(run, chosen);
    if (!send(chosen[which], signal)) {
      return NOBODY;
    }
    // A handler that blocks Node hears of its browser's end only when its own time is over.
    const time = limit + (which === "browser" ? optionsOf(run.browser).messageTimeout : 0);
    const after = await timeUntil(() => isGone(chosen.pid) && isGroupGone(chosen.browser), time);
    return { survived: after !== null, after, what: `${which} ${chosen[which]} of worker ${chosen.worker.id}` };
  };
}

/** Sends `signal` to a process that shows pages, which must be gone within `limit`. Its worker and its browser may go on. */
function signalToRenderer(signal, limit, { before = () => {} } = {}) {
  return async (run) => {
    const { touchedRenderers: struck } = run;
    const pid = await soon(() => {
      const all = untouched(run, isBusy).flatMap(({ renderers }) => renderers);
      return run.random.pick(all.filter((renderer) => !struck.has(renderer)));
    });
    if (!pid) {
      return NOBODY;
    }
    struck.add(pid);
    before(run);
    const isSent = send(pid, signal);
    const after = isSent ? await timeUntil(() => isGone(pid), limit) : null;
    // Its number may be another's one day.
    struck.delete(pid);
    return isSent ? { survived: after !== null, after, what: `renderer ${pid}` } : NOBODY;
  };
}

/** Writes down how long the requests of a killed browser take to their next delivery. */
function measureRedelivery({ ledger, redeliveries }, { worker }) {
  const killedAt = Date.now();
  ledger.awaitRedelivery(worker.id, (at) => redeliveries.push(at - killedAt));
}

async function resize({ engine }, workers) {
  engine.resize(workers);
  const count = () => Object.keys(engine.workers).length;
  // Another resize may have come meanwhile; the last word counts. A worker may have its successor beside it.
  const isDone = () => count() === engine.numWorkers || count() === engine.numWorkers + 1;
  const after = await timeUntil(isDone, RECOVERY_LIMIT);
  return { survived: after !== null, after, what: `to ${workers}, there are ${count()}` };
}

async function pauseAndResume({ engine, ledger, random }) {
  engine.pause();
  await sleep(random.between(100, 700));
  engine.resume();
  const { response } = ledger.counts;
  const after = await timeUntil(() => ledger.counts.response > response, ANSWER_LIMIT);
  return { survived: after !== null, after, what: "answers after it" };
}

/** Stops all of the run's processes, this one included, as a machine that sleeps does, and lets them go on. */
async function suspend({ browser, ledger, leftovers, random }) {
  const { response, timeouts } = ledger.counts;
  const held = ledger.open;
  // Whatever another fault has stopped stays so.
  const running = leftovers.processes().filter(({ state }) => state !== "T");
  const pids = [process.pid, ...running.map(({ pid }) => pid)];
  const beyond = random.pick(SUSPENSIONS);
  const ms = beyond === null ? LONG_SILENCE : optionsOf(browser).messageTimeout + beyond;
  const script = path.join(__dirname, "suspend.js");
  const child = spawn(process.execPath, [script, ms, ...pids], { stdio: "ignore", env: leftovers.unmarked() });
  await once(child, "exit");
  await sleep(JUST_AFTER);
  const expired = ledger.counts.timeouts - timeouts;
  const after = await timeUntil(() => ledger.counts.response > response, ANSWER_LIMIT);
  const survived = after !== null && expired <= held * MOST_TIMEOUTS;
  return { survived, after, what: `${expired} of ${held} requests timed out after ${ms} ms` };
}

/** Stops the next worker that is forked before it has run a line. */
async function hangAtStart(run) {
  let worker = null;
  const stop = (forked) => {
    worker = forked;
    run.touched.add(worker.id);
    send(worker.process.pid, "SIGSTOP");
  };
  run.engine.once("workerStarted", stop);
  // So that one is forked.
  const chosen = await someVictim(run, isAny);
  if (chosen) {
    send(chosen.pid, "SIGKILL");
  }
  await timeUntil(() => worker, VICTIM_LIMIT);
  run.engine.off("workerStarted", stop);
  if (!worker) {
    return NOBODY;
  }
  const { pid } = worker.process;
  const after = await timeUntil(() => isGone(pid), optionsOf(run.browser).startTimeout + KILL_LIMIT);
  return { survived: after !== null, after, what: `worker ${worker.id}, process ${pid}` };
}

/** As many requests at once as make workers take some in advance. */
async function burst(run) {
  const start = performance.now();
  await Promise.all(Array.from({ length: BURST_SIZE }, () => run.request({ isQuick: true })));
  return { survived: true, after: performance.now() - start };
}

/** Ends one request from outside, waiting or under way, by `end(item, controller)`. */
function cancelling(end) {
  return async (run) => {
    const controller = new AbortController();
    let item;
    let follower;
    const onItem = (...both) => {
      [item, follower] = both;
    };
    run.request({ signal: controller.signal, onItem });
    await sleep(run.random.between(0, 60));
    const isOpen = ["queued", "leased"].includes(item.state);
    end(item, controller);
    if (!isOpen) {
      return NOBODY;
    }
    follower.cancelled();
    return { survived: item.state === "cancelled", what: `request ${item.id} is ${item.state}` };
  };
}

/** Faults of a Chromium's parts. */
const RENDERER_FAULTS = {
  "SIGKILL of a renderer": signalToRenderer("SIGKILL", KILL_LIMIT, { before: ({ ledger }) => ledger.allowCrash() }),
  "SIGSTOP of a renderer": signalToRenderer("SIGSTOP", FROZEN_RENDERER_FOR),
};

/** Those of a browser that goes by this name in "SIGKILL of a …". By name: `run → { survived, after, what }`. */
const faultsOf = (name) => ({
  "request cancelled": cancelling((item) => item.cancel()),
  "request aborted": cancelling((_item, controller) => controller.abort()),
  "burst of quick requests": burst,
  "SIGKILL of a worker": signalTo("pid", "SIGKILL", KILL_LIMIT),
  [`SIGKILL of a ${name}`]: signalTo("browser", "SIGKILL", KILL_LIMIT, { isFit: isBusy, before: measureRedelivery }),
  "SIGSTOP of a worker": signalTo("pid", "SIGSTOP", FROZEN_FOR, { isFit: isReady }),
  [`SIGSTOP of a ${name}`]: signalTo("browser", "SIGSTOP", FROZEN_FOR, { isFit: isReady }),
  "SIGTERM of a worker": signalTo("pid", "SIGTERM", DRAIN_LIMIT, { isFit: isBusy }),
  "SIGSTOP of a worker at its start": hangAtStart,
  "SIGSTOP and SIGCONT of all processes": suspend,
  "resize up": (run) => resize(run, OPTIONS.workers + run.random.between(1, 2)),
  "resize down": (run) => resize(run, run.random.between(1, OPTIONS.workers - 1)),
  "pause and resume": pauseAndResume,
  ...(name === BROWSERS.chromium.name ? RENDERER_FAULTS : {}),
});

module.exports = { faultsOf };
