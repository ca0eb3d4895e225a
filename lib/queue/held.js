"use strict";

const { now } = require("../clock");
const { readJob } = require("../store/redis/envelope");
const outcomes = require("./outcomes");
const { ItemError } = require("../errors");
const { Requests } = require("./requests");

/** Workers that become ready say nothing here: they are looked for so often, ms. */
const LOOK = 200;
/** Where requests take longer than this, ms, none is fetched before a worker is free: it costs little, and others may be. */
const SLOW = 100;
/** Where they are short, so many may wait for each slot. As they wait, they take longer, so that it is seldom that many. */
const MOST_AHEAD = 50;
/** One that has waited so long, ms, goes back: a worker of another primary may be free. */
const LONG_WAIT = 1_000;
/** How much one request counts in the moving mean of how long they take. */
const WEIGHT = 1 / 8;
const OPEN = new Set(["queued", "leased", "expired"]);

/** What the requests of a process of its own know of their engine. */
class Host {
  #server;

  constructor(server) {
    this.#server = server;
  }

  get done() {
    return this.#server.done;
  }

  get messageTimeout() {
    return this.#server.messageTimeout;
  }

  get numWorkers() {
    return this.#server.numWorkers;
  }

  // Whether the engine is idle is not theirs to say: others may have what was enqueued here.
  emit() {}
}

/** The jobs that this primary has fetched, each as an item of its own that its workers handle. */
class Held {
  #native;
  #options;
  #server;
  #store;
  #hooks;
  #local;
  #room = null;
  #look = null;
  // How long requests take from their fetch to their answer, ms.
  #mean = Number.POSITIVE_INFINITY;
  #isServing = false;
  #isPaused = false;
  #isStopped = false;
  // The item of a user that emits `timeout` just now, and what its listeners did.
  #expiring = null;

  /** `hooks`: `ownOf(jobId)` gives the item here that waits for a job; `onOver()`: a lease ended. */
  constructor(server, primary, store, hooks) {
    const { native, options } = primary;
    this.#native = native;
    this.#options = options;
    this.#server = server;
    this.#store = store;
    this.#hooks = hooks;
    this.#local = new Requests(new Host(server), {
      native,
      options,
      get lastExit() {
        return primary.lastExit;
      },
      use: () => {},
    });
  }

  /** The requests as the workers' side knows them. */
  get local() {
    return this.#local;
  }

  start() {
    this.#isServing = true;
    this.#local.afterStart();
    this.#look = setInterval(() => this.#lookAround(), LOOK).unref();
    this.#store.serve();
  }

  stop() {
    this.#isStopped = true;
    clearInterval(this.#look);
  }

  pause(isPaused) {
    this.#isPaused = isPaused;
    this.#room = null;
    this.#local.pause(isPaused);
    if (isPaused) {
      this.#giveBackWaiting(0);
    } else {
      this.#store.pump();
    }
  }

  #lookAround() {
    this.#giveBackWaiting(LONG_WAIT);
    this.#store.pump();
  }

  /** Others may have workers for what has waited here so long, ms. */
  #giveBackWaiting(limit) {
    if (this.#native.waitingLength === 0) {
      return;
    }
    const time = now();
    for (const lease of this.#store.leases()) {
      if (lease.item?.state === "queued" && time - lease.since >= limit) {
        this.#mean = Math.max(this.#mean, limit);
        this.#store.giveBack(lease);
        this.callOff(lease);
      }
    }
  }

  /**
   * How many jobs the workers can take soon: one for each free place, what they hold in advance included; where requests
   * are short, some more for each slot, so that none waits for Redis.
   */
  room() {
    if (!this.#isServing || this.#isPaused || this.#isStopped) {
      return 0;
    }
    if (this.#room === null) {
      this.#room = this.#count();
      setImmediate(() => {
        this.#room = null;
      });
    }
    return this.#room;
  }

  #count() {
    const places = this.#native.idleWorkers.length;
    const waiting = this.#native.waitingLength;
    const busy = this.#store.held - waiting;
    const slots = this.#server.numWorkers * this.#options.workerParallelism;
    const ahead = slots * Math.min(Math.floor(SLOW / this.#mean), MOST_AHEAD);
    // As long as no worker is ready, other primaries may have some.
    return places + busy <= 0 ? 0 : places + ahead - waiting;
  }

  take(lease) {
    if (this.#room !== null) {
      this.#room -= 1;
    }
    if (this.#isPaused || this.#isStopped) {
      // Its fetch was under way.
      this.#store.giveBack(lease);
      return;
    }
    const { job } = lease;
    const { isOurs, options } = readJob(job);
    try {
      lease.item = this.#local.enqueue(job.data, isOurs ? this.#left(job, options) : options);
    } catch (error) {
      this.#store.fail(lease, error, true);
      return;
    }
    lease.since = now();
    this.#forwardTimeout(lease);
    lease.item.result().then(
      (response) => this.#over(lease, () => this.#store.finish(lease, response)),
      (error) => this.#over(lease, () => this.#store.fail(lease, error, isOurs)),
    );
  }

  #over(lease, tell) {
    if (!lease.isOff) {
      const took = now() - lease.since;
      this.#mean = Number.isFinite(this.#mean) ? this.#mean + WEIGHT * (took - this.#mean) : took;
      tell();
    }
  }

  /** A primary that vanished may have handed it to a worker: that was an attempt. */
  #left({ id, stalledCounter }, options) {
    const limit = Number(options.maxAttempts ?? this.#options.maxAttempts);
    if (!stalledCounter || !Number.isFinite(limit)) {
      return options;
    }
    if (stalledCounter >= limit) {
      const cause = new ItemError("ERR_ITEM_CRASHED", "the primary that had it ended, or did not renew its lock");
      throw outcomes.exhausted(id, stalledCounter, cause);
    }
    return { ...options, maxAttempts: limit - stalledCounter };
  }

  /** The listeners of `timeout` are those of the item that was enqueued, where that was here. */
  #forwardTimeout(lease) {
    const own = this.#hooks.ownOf(lease.id);
    if (!own || own.listenerCount("timeout") === 0) {
      return;
    }
    lease.item.on("timeout", () => {
      const expiring = { own, replaced: false };
      this.#expiring = expiring;
      try {
        own.emit("timeout");
      } finally {
        this.#expiring = null;
        if (expiring.replaced && !lease.isOff) {
          lease.item.fail(outcomes.timedOut(own.id));
        }
      }
    });
  }

  /** The published example enqueues the same request again in its `timeout` listener: that call is the re-enqueue. */
  claimExpiring(request) {
    if (this.#expiring && Object.is(request, this.#expiring.own.request)) {
      this.#expiring.replaced = true;
    }
  }

  requeue(item, jobId) {
    if (this.#expiring?.own !== item) {
      throw new ItemError("ERR_ITEM_STATE", `item ${item.id} can only be requeued while it emits "timeout"`);
    }
    this.#store.lease(jobId)?.item?.requeue();
  }

  /** Whatever its worker says does not count any more. */
  callOff(lease) {
    lease.isOff = true;
    lease.item?.cancel();
    this.#hooks.onOver();
  }

  stateOf({ item, jobId }) {
    if (this.#expiring?.own === item) {
      return "expired";
    }
    const held = this.#store.lease(jobId)?.item;
    // One that is over here is still under way to Redis.
    return held ? (OPEN.has(held.state) ? held.state : "leased") : "queued";
  }

  attemptsOf({ jobId }) {
    return this.#store.lease(jobId)?.item?.attempts ?? 0;
  }

  /** Resolves when all that is held is answered, and Redis has the answers. */
  async drain() {
    this.#store.stopFetching();
    while (this.#store.held > 0 && !this.#isStopped) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

module.exports = { Held };
