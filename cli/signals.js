"use strict";

const { constants } = require("node:os");

// npx passes Ctrl-C on to a process that has had it from the terminal already: what comes so soon is the same one, ms.
const SAME = 1_000;

/**
 * Calls `onFirst(signal)` on the first SIGINT or SIGTERM, and `onAgain(signal)` on a later one. Gives a function that
 * ends this.
 */
function onSignals(onFirst, onAgain) {
  let first = null;
  const listener = (signal) => {
    if (first === null) {
      first = performance.now();
      onFirst(signal);
    } else if (performance.now() - first > SAME) {
      onAgain(signal);
    }
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  return () => {
    process.off("SIGINT", listener);
    process.off("SIGTERM", listener);
  };
}

/** The exit code that shells give for a signal. */
const exitCodeOf = (signal) => 128 + constants.signals[signal];

module.exports = { onSignals, exitCodeOf };
