"use strict";

const cluster = require("node:cluster");
const { EventEmitter } = require("node:events");
const { NativeAlarm, NativeClient, ClientEventKind: Kind } = require("../native/addon");
const { findBinary } = require("../browser/binary");
const { Browser, describeEnd, logLines } = require("../browser/browser");
const { dispatch } = require("../native/dispatch");
const { fromNative } = require("../errors");
const { log } = require("../native/log");
const { readOptions } = require("../options");
const { Retirement } = require("./retirement");
const { contact, nextEngine } = require("./worker-contact");

// Loaded while PhantomJS starts: before, it would take a worker's start 2 ms.
let Phantom;
let endOf;

const FOREVER = 2 ** 31 - 1;
const MAX_WORKER_PORT = 65_000;
const MIB = 2 ** 20;
const SHARE_OF_START = 0.9;

/** Runs PhantomJS in a worker and asks for work, a bounded number of times. */
class PhantomClusterClient extends EventEmitter {
  #engine = nextEngine();
  #options;
  #queue = new NativeClient((events) => dispatch(events, (event) => this._handle(event)));
  #browser = null;
  #launched = null;
  #inFlight = 0;
  #keepAlive = null;
  #retirement;
  #isAnnounced = false;
  #isRetiring = false;
  #isTooLarge = false;
  #haltAlarm = null;

  constructor(options) {
    super();
    this.#options = readOptions(options);
    this.ph = null;
    this.iterations = this.#options.workerIterations;
    this.parallelism = this.#options.workerParallelism;
    this.done = false;
    this.#retirement = new Retirement(this.iterations);
  }

  start() {
    // In a worker that another engine of the same script forked, this one has nothing to do.
    if (this.#keepAlive || this.done || (contact && contact.engine !== this.#engine)) {
      return;
    }
    const binary = findBinary(this.#options.phantomBinary, { known: contact?.binary, knownAs: contact?.name });
    this.#keepAlive = setInterval(() => {}, FOREVER);
    process.on("SIGTERM", this.#onSigterm);
    log.info?.("worker started", { iterations: this.iterations, parallelism: this.parallelism, binary });
    this.#launched = this.#launch(binary);
    this.emit("started");
  }

  next() {
    this.iterations -= 1;
    this.#inFlight -= 1;
    this.#retirement.count();
    this.#retireIfTooLarge();
    this.#askForWork();
    this.#stopIfSpent();
  }

  stop() {
    this.#announce("stopped");
    this.#stop(true);
  }

  /** With `stay` this worker may remain until another can take its place. */
  #stop(stay) {
    if (this.done) {
      return;
    }
    this.done = true;
    log.info?.("worker stops", { left: this.iterations });
    this._ending();
    this.#end(stay).then(
      () => this.#exit(0),
      (error) => this.#crash(error),
    );
  }

  /** Tells the two sides of `create()` apart. */
  get role() {
    return "client";
  }

  get _options() {
    return this.#options;
  }

  get _queue() {
    return this.#queue;
  }

  /** One event of the master's: `[kind, lease, …]`. */
  _handle([kind]) {
    switch (kind) {
      case Kind.Retire:
        return this._retire("resize");
      case Kind.Halt:
        return this.#halt();
      case Kind.MemoryExceeded:
        this.#isTooLarge = true;
        return this.#retireIfTooLarge();
      case Kind.Lost:
        // Without its master a worker has no purpose. Its answers are of no use to anyone any more.
        return this.#stop(false);
    }
  }

  /** Takes no more work, finishes what it holds, and stops. */
  _retire(reason) {
    if (this.done || this.#isRetiring) {
      return;
    }
    this.#isRetiring = true;
    log.info?.("worker retires", { reason, holds: this._holds() });
    this.#announce(reason);
    this.#queue.withdraw();
    if (this._holds() === 0) {
      this.stop();
    } else if (reason === "signal" || this._holds() === undefined) {
      this.#haltAlarm = new NativeAlarm(this.#options.stopTimeout, () => this.#giveUp());
    }
  }

  // Not before its first request is done: with a limit below what an idle worker takes, workers would do nothing but start.
  #retireIfTooLarge() {
    if (this.#isTooLarge && this.#retirement.hasServed) {
      this._retire("memory");
    }
  }

  /** Iterations that no request under way, or asked for, will spend. */
  get _unasked() {
    return this.iterations - this.#inFlight;
  }

  /** PhantomJS is starting: the time for what is needed from then on. */
  _whileStarting() {
    ({ Phantom, endOf } = require("../page/phantom"));
  }

  /** For subclasses: `ph` is there. */
  _phantomRuns() {}

  /** For subclasses: no more work is taken from now on. */
  _ending() {}

  /** How many requests it holds; undefined where only its user knows. */
  _holds() {
    return undefined;
  }

  /** The leases it holds of the queue. */
  _started() {
    return [];
  }

  async #launch(binary) {
    const { phantomArguments, phantomBasePort, onStdout, onStderr } = this.#options;
    const workerId = cluster.worker?.id ?? 0;
    this.#browser = new Browser(this.#options, {
      onStdout: onStdout ?? logLines("stdout", console.log),
      onStderr: onStderr ?? logLines("stderr", console.warn),
      onExit: (exit) => this.#onBrowserExit(exit),
    });
    // Ids grow with each recycling; the ports must not grow out of their range.
    const basePort = phantomBasePort + ((workerId + 1) % (MAX_WORKER_PORT - phantomBasePort + 1));
    const started = Promise.all([
      this.#browser.launch({
        binary,
        phantomArguments,
        basePort,
        fileTypes: contact?.fileTypes,
        startTimeout: this.#phantomStartTimeout(),
      }),
      this.#connect(workerId),
    ]);
    this._whileStarting();
    try {
      await started;
    } catch (error) {
      this.#crash(fromNative(error));
      return;
    }
    if (this.done) {
      return;
    }
    this.ph = new Phantom(this.#browser, this.#options);
    this._phantomRuns();
    this.#retirement.ready();
    this.#queue.phantom(this.#browser.pid);
    this.#queue.ready();
    this.#watchMemory();
    this.emit("phantomStarted");
    for (let slot = 0; slot < this.parallelism; slot += 1) {
      this.#askForWork();
    }
  }

  // In a worker less than the primary allows, so that the worker can still say itself what is wrong with PhantomJS.
  #phantomStartTimeout() {
    const { startTimeout } = this.#options;
    const left = startTimeout - process.uptime() * 1000;
    return contact ? SHARE_OF_START * Math.max(left, startTimeout / 2) : startTimeout;
  }

  async #connect(workerId) {
    if (contact) {
      this.#queue.endWithMaster();
      await this.#queue.connect(contact.address, contact.token, workerId, this.#options.maxMessageSize);
    }
  }

  #watchMemory() {
    const { workerMemoryLimit, phantomMemoryLimit } = this.#options;
    if (workerMemoryLimit) {
      this.#queue.watchMemory(process.pid, workerMemoryLimit * MIB);
    }
    if (phantomMemoryLimit) {
      this.#queue.watchMemory(this.#browser.pid, phantomMemoryLimit * MIB);
    }
  }

  /** `workerReady`, as long as there are iterations that no request under way will spend. */
  #askForWork() {
    if (this.done || this.#isRetiring) {
      return;
    }
    if (this._unasked > 0) {
      this.#inFlight += 1;
      this.emit("workerReady");
    }
    if (this.#retirement.isNear(this._unasked)) {
      this.#announce("iterations");
    }
  }

  #stopIfSpent() {
    const isSpent = this.#inFlight <= 0 && this.iterations <= 0;
    if (isSpent || (this.#isRetiring && (this._holds() ?? this.#inFlight) <= 0)) {
      this.stop();
    }
  }

  /** Tells the master, once, that this worker ends before long, and why. */
  #announce(reason) {
    if (!this.#isAnnounced) {
      this.#isAnnounced = true;
      this.#queue.retiring(reason);
    }
  }

  #onBrowserExit(exit) {
    const how = describeEnd(exit);
    const { output } = exit;
    this.ph?._ended(exit.how);
    if (this.done) {
      return;
    }
    log.warn?.("PhantomJS gone, and with it this worker", { phantom: this.#browser.pid, how });
    // Tells the master that this end was none of the worker's own choice, so that it does not fork as fast as it can.
    const { signal } = endOf(how);
    this.#queue.fault(`PhantomJS ended (${signal ? `signal ${signal}` : how})${output ? `, saying: ${output}` : ""}`);
    this.emit("phantomDied");
    this.#stop(false);
  }

  #onSigterm = () => this._retire("signal");

  /** Ends with requests in hand, which others get: they are not why. */
  #giveUp() {
    this.#queue.close(false, this._started());
    this.#halt();
  }

  // Ends this worker at once. PhantomJS is ended and reaped first: a container without an init would keep it as a zombie
  // otherwise.
  async #halt() {
    log.info?.("worker ends at once");
    this.done = true;
    process.removeListener("SIGTERM", this.#onSigterm);
    await this.#browser?.close(0);
    // As whoever stops an engine of 0.1.x sees it: a listener of the user's decides about the end of the process.
    process.kill(process.pid, "SIGTERM");
  }

  async #end(stay) {
    this.#haltAlarm?.cancel();
    // First what was answered: nothing of it may be lost. The browser may still be starting.
    await this.#queue.close(stay, this._started());
    await this.#launched;
    await this.#browser?.close();
    clearInterval(this.#keepAlive);
    this.#keepAlive = null;
    process.removeListener("SIGTERM", this.#onSigterm);
    this.emit("stopped");
  }

  async #crash(error) {
    this.done = true;
    log.error?.("worker cannot go on", { error: error.message });
    console.error(`phantom-cluster: worker ${cluster.worker?.id ?? 0}: ${error.stack}`);
    this.#queue.fault(error.message);
    await this.#queue.close(false, this._started());
    await this.#browser?.close();
    this.#exit(1);
  }

  #exit(code) {
    // Only a worker's life is the engine's; a script that made a client by hand goes on.
    if (cluster.isWorker) {
      process.exit(code);
    }
  }
}

module.exports = { PhantomClusterClient };
