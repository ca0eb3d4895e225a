"use strict";

const cluster = require("node:cluster");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const { createQueued } = require("../index");
const { openStoreFile } = require("../lib/store/inspection");
const { BROWSERS } = require("./browsers");
const { faultsOf } = require("./faults");
const { misdeedsOf } = require("./handlers");
const { Ledger } = require("./ledger");
const { Leftovers } = require("./leftovers");
const { OPTIONS, optionsOf } = require("./options");
const { Random } = require("./random");
const { startSite } = require("./site");
const { timeUntil } = require("./time");

const { workers: WORKERS, workerParallelism: PARALLELISM } = OPTIONS;
/** Requests under way beyond what the workers can hold, so that there is always one that waits. */
const WAITING = 4;
/** The part of the planned time in which faults come; the rest is for the last requests. */
const FAULTY_PART = 0.9;
const SETTLE_LIMIT = 60_000;
const CLOSE_LIMIT = 30_000;

/** How often a fault comes for each time that another does. */
const WEIGHTS = {
  "request cancelled": 2,
  "request aborted": 2,
  "SIGKILL of a worker": 3,
  "SIGKILL of a PhantomJS": 4,
  "SIGKILL of a Chromium": 4,
  "SIGKILL of a renderer": 4,
  "SIGSTOP of a worker": 2,
  "SIGSTOP of a PhantomJS": 2,
  "SIGSTOP of a Chromium": 2,
  "SIGSTOP of a renderer": 2,
  "SIGTERM of a worker": 2,
};

/** The faults in random order, then again, so that none is left out by chance. */
function* deck(random, names) {
  const all = names.flatMap((name) => Array(WEIGHTS[name] ?? 1).fill(name));
  for (;;) {
    yield* random.shuffled(all);
  }
}

/** The primary's half: one run from the first request to the last check. */
class Run {
  /** Workers that can take work, by id. */
  ready = new Set();
  /** Workers that had their fault: what a second one does to them could not be told from the first. */
  touched = new Set();
  /** The same of the processes that show pages. */
  touchedRenderers = new Set();
  /** Times from the end of a browser to the next delivery of its requests. */
  redeliveries = [];
  leftovers = new Leftovers((problem) => this.ledger.complain(problem));
  #plan;
  #faults;
  #misdeeds;
  #injections = [];
  #checks = [];
  #next = 0;
  #isOver = false;
  #stderr = [];
  /** Of the file, where there is one. */
  #folder;

  /** `plan`: `{ requests, faults, seconds, seed, browser }`. */
  constructor({ browser = "phantomjs", store, ...plan }) {
    this.#plan = plan;
    this.#folder = store ? fs.mkdtempSync(path.join(os.tmpdir(), "chaos-store-")) : null;
    this.browser = browser;
    this.#faults = faultsOf(BROWSERS[browser].name);
    this.#misdeeds = misdeedsOf(browser);
    this.ledger = new Ledger(this.#misdeeds);
    this.random = new Random(plan.seed);
  }

  /** What was done so far. */
  get progress() {
    return { faults: this.#injections.length, requests: this.ledger.counts.enqueued };
  }

  /** Resolves with the report. */
  async run() {
    const start = performance.now();
    const site = await startSite();
    this.#start(site);
    this.#load();
    await this.#inject();
    await this.#settle();
    const before = this.leftovers.list();
    await this.#close();
    await site.close();
    this.#checkStore();
    await this.leftovers.check();
    const lists = { before, after: this.leftovers.list() };
    return { ...this.#report(), lists, seconds: (performance.now() - start) / 1000 };
  }

  /** Enqueues a request; resolves with how it ended. `onItem` gets its item, and what the ledger wants to hear of it. */
  request({ misdeed, isQuick, signal, onItem = () => {} } = {}) {
    const request = { path: `/${this.#next}`, misdeed, isQuick };
    this.#next += 1;
    const item = this.engine.enqueue(request, { priority: this.random.between(0, 1), signal });
    return new Promise((resolve) => {
      const follower = this.ledger.follow(item, (how) => {
        resolve(how);
        // Others of the same batch of events come first.
        setImmediate(() => this.#load());
      });
      onItem(item, follower);
    });
  }

  #start({ url }) {
    cluster.setupPrimary({ exec: path.join(__dirname, "worker.js"), args: [url, this.browser], silent: true });
    this.engine = createQueued({ ...optionsOf(this.browser), ...this.#store() });
    this.engine.on("storeLost", (error) => this.ledger.complain(`the store was lost: ${error.message}`));
    this.engine.on("workerStarted", (worker) => this.#listen(worker));
    this.engine.on("error", (error) => this.ledger.complain(`the engine gave up: ${error.message}`));
    this.engine.start();
  }

  #store() {
    return this.#folder ? { store: { file: path.join(this.#folder, "queue.db") } } : {};
  }

  /** What is over is not in the file any more. */
  #checkStore() {
    if (this.#folder) {
      const { waiting } = openStoreFile(path.join(this.#folder, "queue.db")).counts();
      if (waiting > 0) {
        this.ledger.complain(`${waiting} requests are in the file at the end`);
      }
      fs.rmSync(this.#folder, { recursive: true });
    }
  }

  #listen(worker) {
    worker.on("message", (message) => {
      if (message.ready) {
        this.ready.add(worker.id);
      } else {
        this.ledger.delivered(message, worker.id);
      }
    });
    worker.process.stdout.resume();
    worker.process.stderr.on("data", (data) => this.#stderr.push(String(data)));
  }

  /** Keeps enough requests under way. */
  #load() {
    const most = this.engine.numWorkers * PARALLELISM + WAITING;
    while (!this.#isOver && this.ledger.open < most) {
      // Half of them need no page: there are more hand-overs to go wrong.
      this.request({ isQuick: this.random.next() < 0.5 });
    }
  }

  get #names() {
    return [...Object.keys(this.#faults), ...Object.keys(this.#misdeeds)];
  }

  async #inject() {
    const { requests, faults, seconds } = this.#plan;
    const mean = (seconds * 1000 * FAULTY_PART) / faults;
    const names = deck(this.random, this.#names);
    while (this.#injections.length < faults) {
      await sleep(this.random.pause(mean));
      this.#checks.push(this.#injectOne(names.next().value));
    }
    while (this.ledger.counts.enqueued < requests) {
      await sleep(mean);
    }
    // Under load to the end: what is frozen and has nothing to do is not missed by anyone.
    await Promise.race([Promise.all(this.#checks), sleep(SETTLE_LIMIT, undefined, { ref: false })]);
    this.#isOver = true;
  }

  async #injectOne(name) {
    const injection = { name, survived: false, after: null };
    this.#injections.push(injection);
    const {
      survived,
      after = null,
      what,
    } = await (this.#misdeeds[name] ? this.#misbehave(name) : this.#faults[name](this));
    Object.assign(injection, { survived, after });
    if (survived === false) {
      this.ledger.complain(`${name}: ${what}`);
    }
  }

  /** Survived when the request ended; the ledger sees to it that it ended as it should. */
  async #misbehave(misdeed) {
    const start = performance.now();
    await this.request({ misdeed });
    return { survived: true, after: performance.now() - start };
  }

  /** Waits for the last requests and for what the faults are to end in. */
  async #settle() {
    const { engine, ledger, leftovers, browser } = this;
    const { name } = BROWSERS[browser];
    engine.resize(WORKERS);
    if ((await timeUntil(() => ledger.open === 0, SETTLE_LIMIT)) === null) {
      ledger.complainOfOpen();
    }
    const workers = () => Object.keys(engine.workers).length;
    // One that is about to retire may have its successor beside it.
    const isWhole = () => [WORKERS, WORKERS + 1].includes(workers()) && leftovers.count(name) === workers();
    if ((await timeUntil(isWhole, SETTLE_LIMIT)) === null) {
      const phases = engine.stats().workers.map(({ id, phase }) => `${id} ${phase}`);
      const running = `${workers()} workers (${phases.join(", ")}) and ${leftovers.count(name)} ${name}`;
      ledger.complain(`${running} run at the end, not ${WORKERS}`);
    }
  }

  async #close() {
    const closed = this.engine.close({ timeout: CLOSE_LIMIT }).then(() => true);
    if (!(await Promise.race([closed, sleep(2 * CLOSE_LIMIT, false, { ref: false })]))) {
      this.ledger.complain("engine.close() did not resolve");
    }
  }

  #report() {
    const { ledger, leftovers, redeliveries } = this;
    const { counts, problems } = ledger;
    const { seed } = this.#plan;
    // Without those that found nobody to be done to.
    const injections = this.#injections.filter(({ survived }) => survived !== null);
    return {
      seed,
      browser: this.browser,
      faults: injections.length,
      counts,
      problems,
      kinds: kindsOf(injections, this.#names),
      redeliveries,
      processes: leftovers.seen,
      stderr: this.#stderr.join(""),
    };
  }
}

/** Injected faults and what became of them, by name. */
function kindsOf(injections, names) {
  return names.flatMap((name) => {
    const own = injections.filter((injection) => injection.name === name);
    const survived = own.filter((injection) => injection.survived);
    const times = survived.flatMap(({ after }) => (after === null ? [] : [after]));
    return own.length === 0 ? [] : [{ name, injected: own.length, survived: survived.length, times }];
  });
}

module.exports = { Run };
