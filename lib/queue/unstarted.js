"use strict";

// A process that ends with requests in an engine that it never started: nothing keeps it alive, and nothing is said.

const { warn, warnAtExit } = require("../warn");

/** From engines with requests, not started, to how many they have. */
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

/** What Node ends with by itself: all done, and a top-level `await` that nothing can settle any more. */
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
