"use strict";

const cluster = require("node:cluster");
const path = require("node:path");
const { NAMES } = require("./browsers");
const { CommandError } = require("./command-error");
const { HAND_OVERS, createEngine, restartsFor } = require("./engine");

/** The run ends after this many workers died before any worker had a browser. */
const FALSE_STARTS = 3;
/** What the engine says in a worker whose browser does not start. */
const CRASH = /^phantom-cluster: worker \d+: (?:\w+: )?(.*)/m;
/** HTTP statuses from 400 to 499 that may be different at the next attempt. */
const TRANSIENT = new Set([408, 425, 429]);

const NOTHING_SEEN = {
  status: null,
  reason: null,
  finalUrl: null,
  title: null,
  file: null,
  bytes: null,
  ms: null,
  consoleErrors: null,
  errors: [],
  worker: null,
};

/** A page of which nothing is known yet. */
function newPage(url) {
  return { url, state: "not done", attempts: 0, ...NOTHING_SEEN };
}

function setUpWorkers(settings) {
  cluster.setupPrimary({
    exec: path.join(__dirname, "worker.js"),
    args: [JSON.stringify(settings)],
    // Nothing they print is for the reader of our stdout.
    stdio: ["ignore", settings.verbose ? 2 : "ignore", "pipe", "ipc"],
  });
}

/** Rejects when the engine cannot go on. */
function trouble(engine, { browser, verbose }) {
  return new Promise((_, reject) => {
    let isReady = false;
    let deaths = 0;
    let reason = "";
    engine.on("error", reject);
    engine.on("workerStarted", (worker) => {
      worker.once("message", () => {
        isReady = true;
      });
      worker.process.stderr.setEncoding("utf8").on("data", (text) => {
        reason = CRASH.exec(text)?.[1] ?? reason;
        if (verbose) {
          process.stderr.write(text);
        }
      });
    });
    engine.on("workerDied", () => {
      deaths += 1;
      if (!isReady && deaths >= FALSE_STARTS) {
        reject(new CommandError(`no worker could start ${NAMES[browser]}${reason && `: ${reason}`}`));
      }
    });
  });
}

/** What is known of a page whose request failed. */
function seenIn(error, { browser, timeout }) {
  switch (error.code) {
    case "ERR_ITEM_TIMEOUT":
      return { ...NOTHING_SEEN, reason: `not done within ${timeout} ms`, ms: timeout };
    case "ERR_MAX_ATTEMPTS":
      return { ...NOTHING_SEEN, reason: `${NAMES[browser]} or its worker died of it ${HAND_OVERS} times` };
    default:
      return { ...NOTHING_SEEN, reason: error.message };
  }
}

/** Whether another attempt at a failed page may succeed. */
function isWorthwhile({ status }) {
  return !(status >= 400 && status < 500) || TRANSIENT.has(status);
}

/** The pages on their way through the engine. */
class Run {
  #engine;
  #settings;
  #drain;
  #onPage;
  #items = new Set();

  constructor(engine, settings, { drain, onPage }) {
    this.#engine = engine;
    this.#settings = settings;
    this.#drain = drain;
    this.#onPage = onPage;
  }

  /** Does all pages. Once `drain` is aborted, only those that a worker has by then. */
  async all(jobs) {
    this.#drain.addEventListener("abort", this.#cancelWaiting);
    try {
      await Promise.all(jobs.map((job) => this.#do(job)));
    } finally {
      this.#drain.removeEventListener("abort", this.#cancelWaiting);
    }
  }

  async #do({ page, target }) {
    for (let attempt = 0; attempt <= this.#settings.retries; attempt += 1) {
      const seen = await this.#attempt(page, target);
      if (!seen) {
        break;
      }
      Object.assign(page, seen, { state: seen.reason === null ? "ok" : "failed" });
      if (page.state === "ok" || !isWorthwhile(page)) {
        break;
      }
    }
    if (page.state !== "not done") {
      this.#onPage(page);
    }
  }

  /** What came of one attempt; null when there was none. */
  async #attempt(page, target) {
    if (this.#drain.aborted) {
      return null;
    }
    const item = this.#engine.enqueue({ url: page.url, file: target });
    this.#items.add(item);
    try {
      return await item.result();
    } catch (error) {
      const isOver = error.code === "ERR_ITEM_CANCELLED" || error.code === "ERR_ENGINE_STOPPED";
      return isOver ? null : seenIn(error, this.#settings);
    } finally {
      this.#items.delete(item);
      page.attempts += item.attempts;
    }
  }

  #cancelWaiting = () => {
    for (const item of this.#items) {
      if (item.state === "queued") {
        item.cancel();
      }
    }
  };
}

function stop(engine) {
  return new Promise((resolve) => {
    engine.once("stopped", resolve);
    engine.stop();
  });
}

/**
 * Renders `jobs` (`{ page, target }`), and writes what came of each into its `page`. `drain` is an AbortSignal that
 * asks for no new pages; `onPage(page)` hears of each that is done. Rejects when the engine cannot go on.
 */
async function run(jobs, given, listeners) {
  const workers = Math.min(given.workers, Math.ceil(jobs.length / given.parallel));
  const settings = { ...given, workers, restarts: restartsFor(jobs.length, given.retries) };
  setUpWorkers(settings);
  const engine = createEngine(settings);
  const failure = trouble(engine, settings);
  engine.start();
  try {
    await Promise.race([new Run(engine, settings, listeners).all(jobs), failure]);
  } finally {
    await stop(engine);
  }
}

module.exports = { run, newPage };
