"use strict";

// Warns where a process ends with requests in an engine that was never started: nothing else would tell.

const { warn, warnAtExit } = require("../warn");

/** Engines with requests that are not started, and what counts those. */
const unstarted = new Map();

function tell(say) {
  for (const [engine, count] of unstarted) {
    const waiting = count();
    if (waiting > 0 && !engine.done) {
      const what = waiting === 1 ? "1 request was" : `${waiting} requests were`;
      say("PHANTOM_CLUSTER_NOT_STARTED", `${what} enqueued and the process ends without engine.start()`);
    }
  }
  unstarted.clear();
}

/** Exit codes when nothing is left to do: 13 is for a top-level `await` that can never settle. */
const ENDS = [0, 13];

/** `count()` says how many requests `engine` has, until `started` is called. */
function enqueuedBeforeStart(engine, count) {
  if (unstarted.size === 0) {
    process.once("beforeExit", () => tell(warn));
    process.once("exit", (code) => ENDS.includes(code) && tell(warnAtExit));
  }
  unstarted.set(engine, count);
}

function started(engine) {
  unstarted.delete(engine);
}

module.exports = { enqueuedBeforeStart, started };
