"use strict";

const cluster = require("node:cluster");
const { NativeServer } = require("../native/addon");
const { EARLY_END, lateStart } = require("./bad-start");
const { kindOf } = require("../browser/kinds");
const { Closing } = require("./closing");
const { dispatch } = require("../native/dispatch");
const { EngineError, fromNative } = require("../errors");
const { log } = require("../native/log");
const { readOption } = require("../options");
const { workerStats } = require("./stats");
const { refuseWithoutScript } = require("./where");
const { environment } = require("./worker-contact");

// Node keeps the event loop alive for a timer that is never meant to fire.
const FOREVER = 2 ** 31 - 1;

/**
 * The internals of a server: its workers, from fork to exit, and the native half, which decides about them.
 *
 * A server with a queue gives it its requests by `use()`, which have these methods:
 * - `handle(event)`: an event of the native half that is not of the workers as such
 * - `drain()`: resolves when nothing is under way
 * - `workerEnded(id, how)`: a worker's process has ended
 * - `stopping()`, where there is one: the engine was told to stop
 * - `leave()`, where there is one: what `stopped` waits for, a promise or null
 * - `release()`: the engine is about to say `stopped`
 * - `stats()`: figures beside those of the workers
 * - `beforeWorkers()`, where there is one: workers are about to be forked
 * - `closed()`, where there is one: the native half is closed
 */
class Primary {
  #server;
  #number;
  #options;
  #native;
  #requests = null;
  #contact = null;
  // Found once for all workers: a search would take 3 ms of each start.
  #binary;
  #binaryName;
  #keepAlive = null;
  #lastExit = "";
  #isReleased = false;
  #closing;
  #faults = new Map();
  // What `stats()` says once the native half is closed.
  #lastStats = null;

  /** `number` is that of the engine: see worker-contact.js. */
  constructor(server, number, options) {
    this.#server = server;
    this.#number = number;
    this.#options = options;
    kindOf(options).check(options);
    const { maxMessageSize: maxMessage, restart, startTimeout, stopTimeout } = options;
    this.#native = new NativeServer({ maxMessage, startTimeout, stopTimeout, ...restart }, (events) =>
      this.#handleAll(events),
    );
    this.#closing = new Closing(server, number, () => this.#requests?.drain() ?? this.#drainWorkers());
  }

  /** `store`: the native half of where the requests are kept, beside memory. */
  use(requests, store) {
    const { requeue, retryErrors, maxMessageSize: maxMessage } = this.#options;
    this.#requests = requests;
    this.#native.openQueue({ requeue, retryErrors, maxMessage }, store);
  }

  get native() {
    return this.#native;
  }

  get options() {
    return this.#options;
  }

  /** How the last worker ended, "" before. */
  get lastExit() {
    return this.#lastExit;
  }

  addWorker() {
    refuseWithoutScript();
    this.#requests?.beforeWorkers?.();
    this.#listen();
    this.#handleAll(this.#native.addWorker());
    this.#server.numWorkers = Math.max(this.#server.numWorkers, this.#native.target);
  }

  start() {
    if (this.#keepAlive || this.#server.done) {
      return;
    }
    refuseWithoutScript();
    this.#requests?.beforeWorkers?.();
    const { numWorkers } = this.#server;
    const kind = kindOf(this.#options);
    this.#binary = kind.findBinary(this.#options);
    this.#binaryName = kind.nameOf(this.#options);
    log.info?.("engine starts", { engine: this.#number, workers: numWorkers, binary: this.#binary });
    this.#listen();
    this.#keepAlive = setInterval(() => {}, FOREVER);
    this.#handleAll(this.#native.start(numWorkers));
    this.#server.emit("started");
  }

  stop() {
    if (this.#server.done) {
      return;
    }
    this.#server.done = true;
    log.info?.("engine stops", { engine: this.#number });
    this.#requests?.stopping?.();
    this.#handleAll(this.#native.stop());
  }

  resize(workers) {
    // Here 0 is a number like others: all workers end, and what is enqueued waits.
    const isNone = workers === 0 || workers === "0";
    this.#server.numWorkers = isNone ? 0 : readOption("workers", workers, this.#server.numWorkers);
    log.info?.("engine is resized", { engine: this.#number, workers: this.#server.numWorkers });
    this.#handleAll(this.#native.resize(this.#server.numWorkers));
  }

  close(options) {
    return this.#closing.begin(options, this.#isReleased);
  }

  stats() {
    return structuredClone(this.#lastStats ?? this.#stats());
  }

  /** The figures while the native half is open. */
  #stats() {
    return { ...workerStats(this.#native, this.#server.workers), ...this.#requests?.stats() };
  }

  #handleAll(events) {
    dispatch(events, (event) => this.#handle(event));
  }

  /** One event of the native half: see NativeEvent in binding.d.ts. */
  #handle(event) {
    switch (event.kind) {
      case "fork":
        return this.#fork();
      case "terminate":
        // It is not connected, so it has no PhantomJS, or will hear of it by the signal.
        return void this.#server.workers[event.worker]?.kill();
      case "kill":
        return this.#kill(event.worker);
      case "late":
        return this.#kill(event.worker, lateStart(this.#options.startTimeout, event.connected));
      case "frozen":
        // Its requests have been handed to others; what does not react to anything cannot be asked to end.
        return this.#kill(event.worker, `it did not react to ${event.to}`);
      case "retiring":
        return this.#retiring(event.worker, event.reason);
      case "fault":
        log.warn?.("worker reports a fault", { worker: event.worker, fault: event.message });
        return void this.#faults.set(event.worker, event.message);
      case "crashLoop":
        return this.#reportCrashLoop();
      case "stopped":
        return this.#leave();
      default:
        return this.#requests?.handle(event);
    }
  }

  /** Without a queue only the workers know what is under way: all of them finish, and end. */
  async #drainWorkers() {
    this.#handleAll(this.#native.resize(0));
    while (Object.keys(this.#server.workers).length > 0) {
      await new Promise((resolve) => this.#server.once("workerDied", resolve));
    }
  }

  #retiring(id, reason) {
    const worker = this.#server.workers[id];
    log.info?.("worker retires", { worker: id, reason });
    if (worker) {
      this.#server.emit("workerRetired", worker, reason);
    }
  }

  /** `fault`: what its end is put down to. */
  #kill(id, fault) {
    if (fault) {
      this.#faults.set(id, fault);
    }
    log.warn?.("worker is killed", { worker: id });
    this.#server.workers[id]?.process.kill("SIGKILL");
  }

  #listen() {
    if (this.#contact || this.#server.done) {
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
      worker = cluster.fork(environment(this.#number, this.#contact, { binary: this.#binary, name: this.#binaryName }));
    } catch (error) {
      this.#lastExit = `fork failed: ${error.message}`;
      return this.#handleAll(this.#native.forkFailed());
    }
    this.#server.workers[worker.id] = worker;
    log.info?.("worker forked", { worker: worker.id, worker_pid: worker.process.pid });
    // A worker that cannot be run says so here, and in its exit as well.
    worker.on("error", (error) => this.#faults.set(worker.id, error.message));
    this.#handleAll(this.#native.forked(worker.id));
    this.#server.emit("workerStarted", worker);
  }

  #onExit = (worker, code, signal) => {
    const { workers } = this.#server;
    if (workers[worker.id] !== worker) {
      return;
    }
    delete workers[worker.id];
    const fault = this.#faults.get(worker.id);
    this.#faults.delete(worker.id);
    const isEarly = this.#native.isStarting(worker.id) && code === 0 && !fault;
    const reason = fault ? `: ${fault}` : isEarly ? EARLY_END : "";
    this.#lastExit = `${signal ? `signal ${signal}` : `code ${code}`}${reason}`;
    log.info?.("worker ended", { worker: worker.id, code, signal, fault });
    this.#requests?.workerEnded(worker.id, this.#lastExit);
    if (signal) {
      kindOf(this.#options).workerKilled(worker.process.pid);
    }
    const clean = !fault && (code === 0 || worker.exitedAfterDisconnect === true);
    try {
      this.#server.emit("workerDied", worker, code, signal);
    } finally {
      this.#handleAll(this.#native.exited(worker.id, clean));
    }
  };

  // Runs when the script ends without stop(): the workers must not go on without it.
  #onProcessExit = () => {
    for (const worker of Object.values(this.#server.workers)) {
      worker.process.kill("SIGKILL");
    }
    this.#closeNative();
  };

  #reportCrashLoop() {
    const { maxRestarts, window } = this.#options.restart;
    const error = new EngineError(
      "ERR_WORKER_CRASH_LOOP",
      `more than ${maxRestarts} workers crashed within ${window} ms and none is restarted any more ` +
        `(option "restart"); the last one ended with ${this.#lastExit}`,
    );
    this.#server.emit("error", error);
  }

  #leave() {
    const left = this.#requests?.leave?.();
    if (left) {
      left.then(() => this.#release());
    } else {
      process.nextTick(() => this.#release());
    }
  }

  #release() {
    clearInterval(this.#keepAlive);
    this.#keepAlive = null;
    this.#isReleased = true;
    cluster.removeListener("exit", this.#onExit);
    process.removeListener("exit", this.#onProcessExit);
    this.#requests?.release();
    this.#closeNative();
    log.info?.("engine stopped", { engine: this.#number });
    this.#server.emit("stopped");
  }

  #closeNative() {
    this.#lastStats ??= this.#stats();
    this.#native.close();
    this.#requests?.closed?.();
  }
}

module.exports = { Primary };
