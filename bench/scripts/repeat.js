"use strict";

const { percentile } = require("../statistics");

/** Calls `once(then)` `warmup + count` times, one after the other; gives `done` the percentiles of how long they took, ms. */
function repeat(once, { count, warmup }, done) {
  const times = [];
  const next = () => {
    const begun = performance.now();
    once(() => {
      times.push(performance.now() - begun);
      if (times.length < warmup + count) {
        setImmediate(next);
      } else {
        const sorted = times.slice(warmup).sort((a, b) => a - b);
        done({ p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) });
      }
    });
  };
  next();
}

module.exports = { repeat };
