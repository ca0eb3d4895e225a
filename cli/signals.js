"use strict";

const { constants } = require("node:os");

// One Ctrl-C may arrive twice: npm and its like pass it on to a process that has had it from the terminal already, and
// `timeout` signals its child and then the group. Nobody presses the keys twice so quickly, ms.
const ECHO = 100;
// Under npm there is one more process on the way.
const ECHO_OF_RUNNER = 250;

/**
 * Calls `onFirst(signal)` on the first SIGINT or SIGTERM, and `onAgain(signal)` on a later one. Gives a function that
 * ends this.
 */
function onSignals(onFirst, onAgain) {
  const limit = process.env.npm_config_user_agent ? ECHO_OF_RUNNER : ECHO;
  let first = null;
  let hasEcho = false;
  const listener = (signal) => {
    if (first === null) {
      first = performance.now();
      onFirst(signal);
    } else if (!hasEcho && performance.now() - first < limit) {
      hasEcho = true;
    } else {
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
