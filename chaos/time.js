"use strict";

const { setTimeout: sleep } = require("node:timers/promises");

const POLL = 5;
/** A look that comes so much later, ms, than it should: this process was stopped meanwhile. */
const STOPPED = 1_000;

/** The part of the ms from one look to the next in which this process was not stopped. */
function lived(from, to) {
  return to - from > STOPPED ? 0 : to - from;
}

/** ms until `condition` held, or null when it did not within `limit`. Time in which this process was stopped is none. */
async function timeUntil(condition, limit) {
  let waited = 0;
  for (let last = performance.now(); ; ) {
    if (condition()) {
      return waited;
    }
    if (waited > limit) {
      return null;
    }
    await sleep(POLL);
    const now = performance.now();
    waited += lived(last, now);
    last = now;
  }
}

module.exports = { lived, timeUntil };
