"use strict";

// Mistakes that look like a hang: requests wait, and no worker asks for them. Here is what the primary says about it.

const cluster = require("node:cluster");
const { NativeAlarm } = require("../native/addon");
const { didYouMean } = require("../nearest");
const { warn } = require("../warn");

/** When no worker has asked for requests within this time, ms, there is a warning. */
const SILENT_AFTER = 10_000;
/** How long to wait before the next look while workers are still starting, ms. */
const LOOK_AGAIN = 2_000;
const HANDLERS = ["request", "queueItemReady"];

/** Looks at the queue of an engine from time to time while it has requests. */
class Silence {
  #factsOf;
  #alarm = null;
  #isOver = false;
  #before = null;
  /** By worker, the events that one without a handler listens for. */
  #withoutHandler = new Map();
  #told = new Set();

  /** `factsOf()`: what the engine's queue and supervisor are at. */
  constructor(factsOf) {
    this.#factsOf = factsOf;
  }

  /** There is a request. */
  watch() {
    if (this.#alarm === null && !this.#isOver) {
      this.#before = this.#factsOf();
      this.#lookAfter(SILENT_AFTER);
    }
  }

  stop() {
    this.#alarm?.cancel();
    this.#isOver = true;
  }

  /** What a worker knows: the events of one without a handler, or a warning, of which one from all workers is enough. */
  heard(worker, { events, code, message }) {
    if (events) {
      this.#withoutHandler.set(worker, events);
    } else if (!this.#told.has(code)) {
      this.#told.add(code);
      warn(code, message);
    }
  }

  #lookAfter(ms) {
    // Time for which this process is stopped does not count: nobody could ask meanwhile.
    this.#alarm = new NativeAlarm(ms, () => this.#look());
  }

  #look() {
    const facts = this.#factsOf();
    const { waiting, leased, isPaused, delivered } = facts;
    const isSilent = waiting > 0 && leased === 0 && !isPaused && delivered === this.#before.delivered;
    const why = isSilent ? this.#reason(facts) : null;
    if (why !== null) {
      this.stop();
      const text = `${waiting} ${waiting === 1 ? "request waits" : "requests wait"} and no worker has asked for work for 10 s: ${why}`;
      warn("PHANTOM_CLUSTER_NO_WORKER_ASKS", text);
    } else if (isSilent) {
      this.#lookAfter(LOOK_AGAIN);
    } else if (waiting + leased === 0) {
      this.#alarm = null;
    } else {
      this.#before = facts;
      this.#lookAfter(SILENT_AFTER);
    }
  }

  /** What is wrong, and the remedy; null while workers may still come. */
  #reason({ wanted, workers, forked, crashLoop, lastExit }) {
    if (wanted === 0) {
      return "resize(0) has ended all workers; resize(n) brings n of them";
    }
    if (crashLoop) {
      return `too many workers crashed and none is started any more (${lastExit}); mend that and start the process anew`;
    }
    const idle = workers.find(({ id }) => this.#withoutHandler.has(id));
    if (idle) {
      return noHandler(this.#withoutHandler.get(idle.id));
    }
    if (workers.some(({ isConnected }) => isConnected)) {
      return null;
    }
    if (forked > this.#before.forked && lastExit) {
      return `workers end before they ask for any, the last one with ${lastExit}`;
    }
    return workers.some(({ uptime }) => uptime > SILENT_AFTER - LOOK_AGAIN) ? notStarted() : null;
  }
}

function noHandler(events) {
  const near = events.map((name) => [name, didYouMean(name, HANDLERS)]).find(([, meant]) => meant);
  const listens = near ? `; it listens for "${near[0]}"${near[1]}` : "";
  return `engine.on("request", async (page, item) => { … }) is missing in the worker${listens}`;
}

function notStarted() {
  const { exec } = cluster.settings;
  return (
    `none has called engine.start(). Workers run ${exec ?? "no file"}, which must make the same engines in the same ` +
    "order as the primary and start them; where that is another file than yours, as in a test runner or with node -e, " +
    'cluster.setupPrimary({ exec: "worker.js" }) names it'
  );
}

module.exports = { Silence };
