"use strict";

// Faults that come from outside of a request's handler: signals to processes, and calls of the engine's methods.

const { spawn } = require("node:child_process");
const { once } = require("node:events");
const path = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const { OPTIONS } = require("./options");
const { isGone, processesWith } = require("./processes");
const { timeUntil } = require("./time");

/** How long the end of a process that was killed may take to be seen: the machine is busy starting others. */
const KILL_LIMIT = 5_000;
/** A frozen one is noticed at its lease's end, or by its heartbeats when it holds nothing. */
const FROZEN_LIMIT = 4_000;
const HEARTBEATS = 8_000;
const FROZEN_FOR = Math.max(OPTIONS.messageTimeout, HEARTBEATS) + FROZEN_LIMIT;
const DRAIN_LIMIT = OPTIONS.stopTimeout + KILL_LIMIT;
/** How long the engine may take to be at its full number again. */
const RECOVERY_LIMIT = 60_000;
const ANSWER_LIMIT = 30_000;
const VICTIM_LIMIT = 10_000;
const BURST_SIZE = 400;
/** A machine is suspended for so long, ms: longer than a lease, and sometimes longer than any silence is borne. */
const SUSPENDED_FOR = [2_500, 2_500, 2_500, 2_500, 9_000];
/** Within so long, ms, after it a part of all leases at most may be over, by what would have ended them without it. */
const JUST_AFTER = 250;
const MOST_TIMEOUTS = 0.5;

/** There was nobody to do it to. */
const NOBODY = { survived: null };

const isAny = () => true;
const isReady = ({ ready }, worker) => ready.has(worker.id);
const isBusy = ({ ledger }, worker) => ledger.heldBy(worker.id).length > 0;

/** A worker of the engine and its PhantomJS, both untouched so far; undefined when there is none. */
function victim(run, isFit) {
  const { engine, leftovers, random, touched } = run;
  const processes = processesWith(leftovers.marker);
  const pairs = Object.values(engine.workers).flatMap((worker) => {
    const { pid } = worker.process;
    const phantom = processes.find(({ isPhantom, parent }) => isPhantom && parent === pid);
    const isWhole = phantom && !touched.has(worker.id) && !worker.isDead();
    return isWhole && isFit(run, worker) ? [{ worker, pid, phantom: phantom.pid }] : [];
  });
  const chosen = random.pick(pairs);
  if (chosen) {
    touched.add(chosen.worker.id);
  }
  return chosen;
}

/** The same, as soon as there is one. */
async function someVictim(run, isFit) {
  let chosen;
  await timeUntil(() => {
    chosen = victim(run, isFit);
    return chosen;
  }, VICTIM_LIMIT);
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

/** Sends `signal` to one process of a pair; both must be gone within `limit`. Gives how long that took. */
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
    const after = await timeUntil(() => isGone(chosen.pid) && isGone(chosen.phantom), limit);
    return { survived: after !== null, after, what: `${which} ${chosen[which]} of worker ${chosen.worker.id}` };
  };
}

/** Writes down how long the requests of a killed PhantomJS take to their next delivery. */
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
async function suspend({ ledger, leftovers, random }) {
  const { response, timeouts } = ledger.counts;
  const held = ledger.open;
  // Whatever another fault has stopped stays so.
  const running = processesWith(leftovers.marker).filter(({ state }) => state !== "T");
  const pids = [process.pid, ...running.map(({ pid }) => pid)];
  const ms = random.pick(SUSPENDED_FOR);
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
  const after = await timeUntil(() => isGone(pid), OPTIONS.startTimeout + KILL_LIMIT);
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

/** By name: `run → { survived, after, what }`. */
const FAULTS = {
  "request cancelled": cancelling((item) => item.cancel()),
  "request aborted": cancelling((_item, controller) => controller.abort()),
  "burst of quick requests": burst,
  "SIGKILL of a worker": signalTo("pid", "SIGKILL", KILL_LIMIT),
  "SIGKILL of a PhantomJS": signalTo("phantom", "SIGKILL", KILL_LIMIT, { isFit: isBusy, before: measureRedelivery }),
  "SIGSTOP of a worker": signalTo("pid", "SIGSTOP", FROZEN_FOR, { isFit: isReady }),
  "SIGSTOP of a PhantomJS": signalTo("phantom", "SIGSTOP", FROZEN_FOR, { isFit: isReady }),
  "SIGTERM of a worker": signalTo("pid", "SIGTERM", DRAIN_LIMIT, { isFit: isBusy }),
  "SIGSTOP of a worker at its start": hangAtStart,
  "SIGSTOP and SIGCONT of all processes": suspend,
  "resize up": (run) => resize(run, OPTIONS.workers + run.random.between(1, 2)),
  "resize down": (run) => resize(run, run.random.between(1, OPTIONS.workers - 1)),
  "pause and resume": pauseAndResume,
};

module.exports = { FAULTS };
