"use strict";

const { loadLibrary } = require("./library");

const { createQueued } = loadLibrary();

/** How often a page is handed on when its worker, or PhantomJS, dies. */
const HAND_OVERS = 3;
/** A worker that died is replaced after so many ms at most. */
const RESTART_DELAY = 1_000;
const MOST = 2 ** 31 - 1;

const ignore = () => {};

/** The engine of primary and workers alike. */
function createEngine({ browser, workers, parallel, timeout, restarts, verbose }) {
  return createQueued({
    browser,
    workers,
    workerParallelism: parallel,
    messageTimeout: timeout,
    // The primary decides whether there is another attempt.
    requeue: false,
    maxAttempts: HAND_OVERS,
    restart: { maxDelay: RESTART_DELAY, maxRestarts: restarts, window: MOST },
    // A command may take as long as its page.
    pageTimeout: Math.min(timeout * 2, MOST),
    // No page sees the cookies of another.
    isolate: true,
    onStdout: verbose ? undefined : ignore,
    onStderr: verbose ? undefined : ignore,
  });
}

/** How many workers may die before something else than the pages must be the reason. */
function restartsFor(pages, retries) {
  return Math.min(HAND_OVERS * pages * (retries + 1) + 10, MOST);
}

module.exports = { createEngine, restartsFor, HAND_OVERS };
