"use strict";

// Refuses servers in places where they cannot work. Workers run the whole script again, in processes of their own.

const cluster = require("node:cluster");
const { isMainThread } = require("node:worker_threads");
const { EngineError } = require("../errors");
const { contact } = require("./worker-contact");

const REMEDY = "or name the script of the workers by cluster.setupPrimary({ exec }) before";

/**
 * Refuses a server whose workers would make a server again, and so on without end. That is so in a thread too: its
 * workers run the program of the main thread, which starts that thread again.
 */
function refuseRecursion() {
  if (contact && cluster.isPrimary) {
    throw new EngineError(
      isMainThread ? "ERR_NESTED_ENGINE" : "ERR_NOT_MAIN_THREAD",
      "this would be an engine in a worker of an engine, in a thread or a process that the worker's script has started, " +
        "and each of its workers would make another: make the engine in the main thread of that script itself",
    );
  }
  if (!isMainThread && !cluster.settings.exec) {
    throw new EngineError(
      "ERR_NOT_MAIN_THREAD",
      "an engine in a worker thread would fork the whole program, again and again: make it in the main thread, " +
        `or in a process of its own (child_process.fork(); vitest: pool "forks"), ${REMEDY}`,
    );
  }
}

/** Refuses to start workers where there is no script that they could run. */
function refuseWithoutScript() {
  const script = cluster.settings.exec ?? process.argv[1];
  if (!script || script === "-") {
    throw new EngineError(
      "ERR_NO_SCRIPT",
      "workers run the script of their primary, and this process runs none (node -e, standard input, REPL): put it in " +
        `a file, ${REMEDY}`,
    );
  }
}

module.exports = { refuseRecursion, refuseWithoutScript };
