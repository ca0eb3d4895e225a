"use strict";

const cluster = require("node:cluster");
const { NativeAlarm, NativeClient } = require("../native/addon");
const { kindOf } = require("../browser/kinds");
const { dispatch } = require("../native/dispatch");
const { fromNative } = require("../errors");
const { log } = require("../native/log");
const { launch, makeBrowser } = require("./own-browser");
const { contact } = require("./worker-contact");

// Loaded while PhantomJS starts: loaded earlier, they would take 2 ms of a worker's start.
let Phantom;
let Retirement;
let Session;
let describeEnd;
let endOf;

const FOREVER = 2 ** 31 - 1;
const MIB = 2 ** 20;

/**
 * The internals of a client: PhantomJS, the connection to the primary, and the end of both.
 *
 * A client with a queue names what makes its intake, by `use()`. An intake has these methods:
 * - `handle(event)`: an event of the primary's that is not of the worker as such
 * - `phantomRuns(session)`
 * - `refuse()`: no more work is taken from now on
 * - `holds()`: how many requests have been begun and are not done
 * - `leases()`: the leases of those, which the goodbye names
 */
class Worker {
  #client;
  #number;
  #options;
  #native = new NativeClient((events) => dispatch(events, (event) => this.#handle(event)));
  #makeIntake = () => null;
  #intake = null;
  #browser = null;
  #session = null;
  #ph = null;
  #launched = null;
  #inFlight = 0;
  #keepAlive = null;
  #retirement = null;
  #isAnnounced = false;
  #isRetiring = false;
  #isTooLarge = false;
  #haltAlarm = null;

  /** `number` is that of the engine: see worker-contact.js. */
  constructor(client, number, options) {
    this.#client = client;
    this.#number = number;
    this.#options = options;
    kindOf(options).check(options);
  }

  /** `makeIntake()` is called while PhantomJS starts, so that loading it costs no time. */
  use(makeIntake) {
    this.#makeIntake = makeIntake;
  }

  get native() {
    return this.#native;
  }

  get options() {
    return this.#options;
  }

  /** Its PhantomJS, null before it runs. */
  get session() {
    return this.#session;
  }

  get isRetiring() {
    return this.#isRetiring;
  }

  /** Iterations that no request under way, or asked for, will spend. */
  get unasked() {
    return this.#client.iterations - this.#inFlight;
  }

  start() {
    // In a worker that another engine of the same script forked, this one has nothing to do.
    if (this.#keepAlive || this.#client.done || (contact && contact.engine !== this.#number)) {
      return;
    }
    const known = { known: contact?.binary, knownAs: contact?.name };
    const binary = kindOf(this.#options).findBinary(this.#options, known);
    this.#keepAlive = setInterval(() => {}, FOREVER);
    process.on("SIGTERM", this.#onSigterm);
    const { iterations, parallelism } = this.#client;
    log.info?.("worker started", { iterations, parallelism, binary });
    this.#launched = this.#launch(binary);
    this.#client.emit("started");
  }

  /** One piece of work is done. */
  next() {
    this.#client.iterations -= 1;
    this.#inFlight -= 1;
    this.#retirement?.count();
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
    if (this.#client.done) {
      return;
    }
    this.#client.done = true;
    log.info?.("worker stops", { left: this.#client.iterations });
    this.#intake?.refuse();
    this.#end(stay).then(
      () => this.#exit(0),
      (error) => this.#crash(error),
    );
  }

  /** One event of the native half: see NativeWorkerEvent in binding.d.ts. */
  #handle(event) {
    switch (event.kind) {
      case "retire":
        return this.#retire("resize");
      case "halt":
        return this.#halt();
      case "memoryExceeded":
        this.#isTooLarge = true;
        return this.#retireIfTooLarge();
      case "lost":
        // Without its primary a worker has no purpose. Its answers are of no use to anyone any more.
        return this.#stop(false);
      default:
        return this.#intake?.handle(event);
    }
  }

  /** How many requests it holds; undefined where only its user knows. */
  #holds() {
    return this.#intake?.holds();
  }

  /** Takes no more work, finishes what it holds, and stops. */
  #retire(reason) {
    if (this.#client.done || this.#isRetiring) {
      return;
    }
    this.#isRetiring = true;
    this.#intake?.refuse();
    log.info?.("worker retires", { reason, holds: this.#holds() });
    this.#announce(reason);
    this.#native.withdraw();
    if (this.#holds() === 0) {
      this.#client.stop();
    } else if (reason === "signal" || this.#holds() === undefined) {
      this.#haltAlarm = new NativeAlarm(this.#options.stopTimeout, () => this.#giveUp());
    }
  }

  // Only after its first request: with a limit below what an idle worker takes, workers would never do any work.
  #retireIfTooLarge() {
    if (this.#isTooLarge && this.#retirement?.hasServed) {
      this.#retire("memory");
    }
  }

  async #launch(binary) {
    this.#browser = makeBrowser(this.#options, (exit) => this.#onBrowserExit(exit));
    const started = Promise.all([launch(this.#browser, binary, this.#options), this.#connect()]);
    ({ Phantom, endOf } = require("../page/phantom"));
    ({ Session } = require("../page/session"));
    ({ describeEnd } = require("../browser/end"));
    ({ Retirement } = require("./retirement"));
    this.#retirement = new Retirement(this.#client.iterations);
    this.#intake = this.#makeIntake();
    try {
      await started;
    } catch (error) {
      this.#crash(fromNative(error));
      return;
    }
    if (!this.#client.done) {
      this.#takeUpWork();
    }
  }

  async #connect() {
    if (contact) {
      const workerId = cluster.worker?.id ?? 0;
      this.#native.endWithPrimary();
      await this.#native.connect(contact.address, contact.token, workerId, this.#options.maxMessageSize);
    }
  }

  /** PhantomJS runs, and the primary is connected. */
  #takeUpWork() {
    this.#session = new Session(this.#browser, this.#options);
    this.#ph = new Phantom(this.#session);
    this.#client.ph = this.#ph;
    this.#intake?.phantomRuns(this.#session);
    this.#retirement.ready();
    // One that runs elsewhere has no process here.
    if (this.#browser.pid !== null) {
      this.#native.browser(this.#browser.pid);
    }
    this.#native.ready();
    this.#watchMemory();
    this.#client.emit("phantomStarted");
    for (let slot = 0; slot < this.#client.parallelism; slot += 1) {
      this.#askForWork();
    }
  }

  #watchMemory() {
    const { workerMemoryLimit, phantomMemoryLimit } = this.#options;
    if (workerMemoryLimit) {
      this.#native.watchMemory(process.pid, workerMemoryLimit * MIB);
    }
    if (phantomMemoryLimit && this.#browser.pid !== null) {
      this.#native.watchBrowserMemory(this.#browser.pid, phantomMemoryLimit * MIB);
    }
  }

  /** `workerReady`, as long as there are iterations that no request under way will spend. */
  #askForWork() {
    if (this.#client.done || this.#isRetiring) {
      return;
    }
    if (this.unasked > 0) {
      this.#inFlight += 1;
      this.#client.emit("workerReady");
    }
    if (this.#retirement?.isNear(this.unasked)) {
      this.#announce("iterations");
    }
  }

  #stopIfSpent() {
    const isSpent = this.#inFlight <= 0 && this.#client.iterations <= 0;
    if (isSpent || (this.#isRetiring && (this.#holds() ?? this.#inFlight) <= 0)) {
      this.#client.stop();
    }
  }

  /** Tells the primary, once, that this worker ends before long, and why. */
  #announce(reason) {
    if (!this.#isAnnounced) {
      this.#isAnnounced = true;
      this.#native.retiring(reason);
    }
  }

  #onBrowserExit(exit) {
    const how = describeEnd(exit);
    const { output } = exit;
    if (this.#ph) {
      this.#session.end();
      const { code, signal } = endOf(exit.how);
      this.#ph.onExit?.(code, signal);
    }
    if (this.#client.done) {
      return;
    }
    const { name } = this.#browser.kind;
    log.warn?.(`${name} gone, and with it this worker`, { phantom: this.#browser.pid, how });
    // A fault makes this end a crash for the primary, which then waits before it forks again.
    const { signal } = endOf(how);
    this.#native.fault(`${name} ended (${signal ? `signal ${signal}` : how})${output ? `, saying: ${output}` : ""}`);
    this.#client.emit("phantomDied");
    this.#stop(false);
  }

  #onSigterm = () => this.#retire("signal");

  /** Ends although it holds requests. Other workers get them, and this end counts as no crash of theirs. */
  #giveUp() {
    this.#closeNative(false);
    this.#halt();
  }

  #closeNative(stay) {
    return this.#native.close(stay, this.#intake?.leases() ?? []);
  }

  // Ends this worker at once. PhantomJS is ended and reaped first: a container without an init would keep it as a zombie
  // otherwise.
  async #halt() {
    log.info?.("worker ends at once");
    this.#client.done = true;
    process.removeListener("SIGTERM", this.#onSigterm);
    await this.#browser?.close(0);
    // As in 0.1.x: where the user listens for SIGTERM, that listener decides when the process ends.
    process.kill(process.pid, "SIGTERM");
  }

  async #end(stay) {
    this.#haltAlarm?.cancel();
    // Answers go out first, none may be lost. PhantomJS may still be starting.
    await this.#closeNative(stay);
    await this.#launched;
    await this.#browser?.close();
    clearInterval(this.#keepAlive);
    this.#keepAlive = null;
    process.removeListener("SIGTERM", this.#onSigterm);
    this.#client.emit("stopped");
  }

  async #crash(error) {
    this.#client.done = true;
    log.error?.("worker cannot go on", { error: error.message });
    console.error(`phantom-cluster: worker ${cluster.worker?.id ?? 0}: ${error.stack}`);
    this.#native.fault(error.message);
    await this.#closeNative(false);
    await this.#browser?.close();
    this.#exit(1);
  }

  #exit(code) {
    // A script that made a client by hand, outside of a cluster, goes on.
    if (cluster.isWorker) {
      process.exit(code);
    }
  }
}

module.exports = { Worker };
