"use strict";

/** The engine under test. Its times are short, so that frozen and hanging parts do not stand still for long. */
const OPTIONS = {
  workers: 3,
  workerParallelism: 4,
  workerIterations: 200,
  messageTimeout: 2_000,
  maxAttempts: 100,
  // Above the default: faults wait for a busy worker, and one that runs a suspect may be the only one there is. In a
  // thousand faults some request lost four workers in a row.
  maxCrashes: 6,
  startTimeout: 4_000,
  stopTimeout: 3_000,
  phantomBasePort: 15_000,
  // Far more is killed here than any sane system would bear.
  restart: { minDelay: 20, maxDelay: 200, maxRestarts: 100_000, window: 60_000 },
  onStdout: () => {},
  onStderr: () => {},
};

/** Chromium needs more CPU to start, and for each page: on a busy machine what is in order must not look frozen. */
const OF_BROWSER = { phantomjs: {}, chromium: { startTimeout: 20_000, messageTimeout: 4_000 } };

function optionsOf(browser) {
  return { ...OPTIONS, ...OF_BROWSER[browser], browser };
}

module.exports = { OPTIONS, optionsOf };
