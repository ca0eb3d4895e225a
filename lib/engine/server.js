"use strict";

const cluster = require("node:cluster");
const { EventEmitter } = require("node:events");
const { NativeAlarm, NativeServer, ServerEventKind: Kind } = require("../native/addon");
const { answer } = require("../answer");
const { EARLY_END, lateStart } = require("./bad-start");
const { findBinary, nameOf } = require("../browser/binary");
const { dispatch } = require("../native/dispatch");
const { EngineError, fromNative } = require("../errors");
const { log } = require("../native/log");
const { readOption, readOptions } = require("../options");
const { warn } = require("../warn");
const { refuseRecursion, refuseWithoutScript } = require("./where");
const { environment, nextEngine } = require("./worker-contact");

// Node keeps the event loop alive for a timer that is never meant to fire.
const FOREVER = 2 ** 31 - 1;

/** Forks workers, replaces those that die, and ends them. */
class PhantomClusterServer extends EventEmitter {
  #engine = nextEngine();
  #native;
  #options;
  #contact = null;
  // Looked for once: a search takes a worker 3 ms of its start.
  #binary;
  #binaryName;
  #keepAlive = null;
  #lastExit = "";
  #isReleased = false;
  #drained = null;
  #stopped = null;
  #faults = new Map();
  // The workers that are not ready yet.
  #starting = new Set();
  // What `stats()` says once the native half is closed.
  #lastStats = null;

  constructor(options) {
    super();
    refuseRecursion();
    this.#options = readOptions(options);
    this.numWorkers = this.#options.workers;
    this.workers = {};
    this.done = false;
    const { requeue, retryErrors, maxMessageSize, restart, startTimeout, stopTimeout } = this.#options;
    this.#native = new NativeServer(
      { requeue, retryErrors, maxMessage: maxMessageSize, startTimeout, stopTimeout, ...restart },
      (events) => this._handleAll(events),
    );
  }

  addWorker() {
    refuseWithoutScript();
    this.#listen();
    this._handleAll(this.#native.addWorker());
    this.numWorkers = Math.max(this.numWorkers, this.#native.target);
  }

  start() {
    if (this.#keepAlive || this.done) {
      return;
    }
    refuseWithoutScript();
    this.#binary = findBinary(this.#options.phantomBinary);
    this.#binaryName = nameOf(this.#options.phantomBinary);
    log.info?.("engine starts", { engine: this.#engine, workers: this.numWorkers, binary: this.#binary });
    this.#listen();
    this.#keepAlive = setInterval(() => {}, FOREVER);
    this._handleAll(this.#native.start(this.numWorkers));
    this.emit("started");
  }

  stop() {
    if (this.done) {
      return;
    }
    this.done = true;
    log.info?.("engine stops", { engine: this.#engine });
    this._handleAll(this.#native.stop());
  }

  /** Keeps `workers` workers from now on; those that are too many finish what they hold first. */
  resize(workers) {
    // Here 0 is a number like others: all workers end, and what is enqueued waits.
    this.numWorkers = workers === 0 || workers === "0" ? 0 : readOption("workers", workers, this.numWorkers);
    log.info?.("engine is resized", { engine: this.#engine, workers: this.numWorkers });
    this._handleAll(this.#native.resize(this.numWorkers));
  }

  /**
   * Lets the workers finish what they hold, and stops then: after `timeout` ms at the latest. Resolves when it has
   * stopped.
   */
  close(options) {
    return answer(
      (resolve, reject) => this.#drainAndStop(options).then(resolve, reject),
      (error) => warn("PHANTOM_CLUSTER_ERROR_IGNORED", `nobody takes this error: ${error.message}`, error),
    );
  }

  async #drainAndStop({ timeout } = {}) {
    if (this.#isReleased) {
      return;
    }
    // One for all who close: each would be a listener, and more than ten of them a leak to Node.
    this.#stopped ??= new Promise((resolve) => this.once("stopped", resolve));
    const limit = readOption("messageTimeout", timeout, Number.POSITIVE_INFINITY, "timeout");
    log.info?.("engine closes", { engine: this.#engine, timeout });
    const alarm = Number.isFinite(limit) ? new NativeAlarm(limit, () => this.stop()) : null;
    this.#drained ??= this._drain();
    this.#drained.then(() => this.stop());
    await this.#stopped;
    alarm?.cancel();
  }

  stats() {
    return structuredClone(this.#lastStats ?? this._stats());
  }

  /** Tells the two sides of `create()` apart. */
  get role() {
    return "server";
  }

  /** How the last worker ended, "" before. */
  get _lastExit() {
    return this.#lastExit;
  }

  get _native() {
    return this.#native;
  }

  get _options() {
    return this.#options;
  }

  _handleAll(events) {
    dispatch(events, (event) => this._handle(event));
  }

  /** One event of the native half: `[kind, worker or item, text]`. */
  _handle([kind, id, text]) {
    switch (kind) {
      case Kind.Fork:
        return this.#fork();
      case Kind.Ready:
        this.#starting.delete(id);
        return this._handleAll(this.#native.ready(id));
      case Kind.Retiring:
        return this.#retiring(id, text);
      case Kind.Leaving:
        return this._handleAll(this.#native.leaving(id));
      case Kind.Frozen:
        return this.#frozen(id, text);
      case Kind.Retire:
        return this.#native.retire(id);
      case Kind.Release:
        return this.#native.release(id);
      case Kind.Terminate:
        return this.#terminate(id);
      case Kind.KillLate:
        this.#faults.set(id, lateStart(this.#options.startTimeout, this.#native.isConnected(id)));
        return this.#kill(id);
      case Kind.Kill:
        return this.#kill(id);
      case Kind.Fault:
        log.warn?.("worker reports a fault", { worker: id, fault: text });
        return void this.#faults.set(id, text);
      case Kind.CrashLoop:
        return this.#reportCrashLoop();
      case Kind.Stopped:
        return process.nextTick(() => this.#release());
    }
  }

  /** Figures of the native half, which is open. */
  _stats() {
    const { workers, ...restarts } = this.#native.supervisorStats();
    const pidOf = ({ id }) => this.workers[id]?.process.pid;
    const pids = workers.flatMap((worker) => [pidOf(worker), worker.phantom]).filter(Boolean);
    const bytes = this.#native.residentMemory(pids);
    const memory = new Map(pids.map((pid, index) => [pid, bytes[index]]));
    const process = (pid) => ({ pid: pid ?? null, rss: memory.get(pid) ?? null });
    return {
      workers: workers.map(({ phantom, ...worker }) => ({
        ...worker,
        ...process(pidOf(worker)),
        phantom: phantom ? process(phantom) : null,
      })),
      restarts,
    };
  }

  /** Resolves when nothing is under way. Without a queue only the workers know what is: all of them finish and end. */
  _drain() {
    this._handleAll(this.#native.resize(0));
    return this.#onEmpty();
  }

  async #onEmpty() {
    while (Object.keys(this.workers).length > 0) {
      await new Promise((resolve) => this.once("workerDied", resolve));
    }
  }

  #retiring(id, reason) {
    const worker = this.workers[id];
    log.info?.("worker retires", { worker: id, reason });
    this._handleAll(this.#native.retiring(id, reason === "iterations"));
    if (worker) {
      this.emit("workerRetired", worker, reason);
    }
  }

  // Its requests have been handed to others; what does not react to anything cannot be asked to end.
  #frozen(id, what) {
    this.#faults.set(id, `it did not react to ${what}`);
    this._handleAll(this.#native.frozen(id));
  }

  #kill(id) {
    log.warn?.("worker is killed", { worker: id });
    this.workers[id]?.process.kill("SIGKILL");
  }

  // One that is connected ends its PhantomJS first. One that is not has none, or will hear of it by the signal.
  #terminate(id) {
    if (!this.#native.halt(id)) {
      this.workers[id]?.kill();
    }
  }

  #listen() {
    if (this.#contact || this.done) {
      return;
    }
    this.#contact = this.#listenNow();
    cluster.on("exit", this.#onExit);
    process.on("exit", this.#onProcessExit);
  }

  #listenNow() {
    try {
      return this.#native.listen();
    } catch (error) {
      throw fromNative(error);
    }
  }

  #fork() {
    let worker;
    try {
      // Somebody may have removed the socket: it is made again then.
      this.#contact = this.#listenNow();
      worker = cluster.fork(environment(this.#engine, this.#contact, { binary: this.#binary, name: this.#binaryName }));
    } catch (error) {
      this.#lastExit = `fork failed: ${error.message}`;
      return this._handleAll(this.#native.forkFailed());
    }
    this.workers[worker.id] = worker;
    this.#starting.add(worker.id);
    log.info?.("worker forked", { worker: worker.id, worker_pid: worker.process.pid });
    // A worker that cannot be run says so here, and in its exit as well.
    worker.on("error", (error) => this.#faults.set(worker.id, error.message));
    this._handleAll(this.#native.forked(worker.id));
    this.emit("workerStarted", worker);
  }

  #onExit = (worker, code, signal) => {
    if (this.workers[worker.id] !== worker) {
      return;
    }
    delete this.workers[worker.id];
    const fault = this.#faults.get(worker.id);
    this.#faults.delete(worker.id);
    const isEarly = this.#starting.delete(worker.id) && code === 0 && !fault;
    const reason = fault ? `: ${fault}` : isEarly ? EARLY_END : "";
    this.#lastExit = `${signal ? `signal ${signal}` : `code ${code}`}${reason}`;
    log.info?.("worker ended", { worker: worker.id, code, signal, fault });
    this._workerEnded(worker.id, this.#lastExit);
    const clean = !fault && (code === 0 || worker.exitedAfterDisconnect === true);
    try {
      this.emit("workerDied", worker, code, signal);
    } finally {
      this._handleAll(this.#native.exited(worker.id, clean));
    }
  };

  // Runs when the script ends without stop(): the workers must not go on without it.
  #onProcessExit = () => {
    for (const worker of Object.values(this.workers)) {
      worker.process.kill("SIGKILL");
    }
    this.#close();
  };

  #reportCrashLoop() {
    const { maxRestarts, window } = this.#options.restart;
    const error = new EngineError(
      "ERR_WORKER_CRASH_LOOP",
      `more than ${maxRestarts} workers crashed within ${window} ms and none is restarted any more ` +
        `(option "restart"); the last one ended with ${this.#lastExit}`,
    );
    this.emit("error", error);
  }

  #release() {
    clearInterval(this.#keepAlive);
    this.#keepAlive = null;
    this.#isReleased = true;
    cluster.removeListener("exit", this.#onExit);
    process.removeListener("exit", this.#onProcessExit);
    this._released();
    this.#close();
    log.info?.("engine stopped", { engine: this.#engine });
    this.emit("stopped");
  }

  #close() {
    this.#lastStats ??= this._stats();
    this.#native.close();
  }

  /** For subclasses: a worker's process has ended, and how. */
  _workerEnded() {}

  /** For subclasses: the engine is about to say `stopped`. */
  _released() {}
}

module.exports = { PhantomClusterServer };
