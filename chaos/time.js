"use strict";

const { setTimeout: sleep } = require("node:timers/promises");

const POLL = 5;

/** ms until `condition` held, or null when it did not within `limit`. */
async function timeUntil(condition, limit) {
  const start = performance.now();
  for (;;) {
    if (condition()) {
      return performance.now() - start;
    }
    if (performance.now() - start > limit) {
      return null;
    }
    await sleep(POLL);
  }
}

module.exports = { timeUntil };
