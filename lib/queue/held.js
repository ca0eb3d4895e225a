"use strict";

const { now } = require("../clock");
const { readJob } = require("../store/redis/envelope");
const outcomes = require("./outcomes");
const { ItemError } = require("../errors");
const { Requests } = require("./requests");

/** Workers that become ready say nothing here: they are looked for so often, ms. */
const LOOK = 200;
/**
 * As many are fetched before a worker is free as are answered in so long, s: none where requests are long. That costs
 * little then, and another primary may have workers for them.
 */
const AHEAD = 0.05;
/** From so many answers a second on it pays to send several at once. */
const BUSY = 500;
/** One that has waited so long, ms, goes back: a worker of another primary may be free. */
const LONG_WAIT = 1_000;
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
  #store;
  #hooks;
  #local;
  #room = null;
  #look = null;
  // How many were answered since the last look, when that was, and how many a second, as a moving mean.
  #answered = 0;
  #lookedAt = now();
  #rate = 0;
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
    const time = now();
    this.#rate = (this.#rate + (1e3 * this.#answered) / (time - this.#lookedAt)) / 2;
    this.#answered = 0;
    this.#lookedAt = time;
    this.#store.isBusy = this.#rate > BUSY;
    this.#giveBackWaiting(LONG_WAIT);
    this.#store.pump();
  }

  /** Others may have workers for what has waited here so long, ms. */
  #giveBackWaiting(limit) {
    if (this.#native.waitingLength === 0) {
      return;
    }
    const time = now();
    for (const lease of this.#store.leases.values()) {
      if (lease.item?.state === "queued" && time - lease.since >= limit) {
        this.#rate = 0;
        this.#store.giveBack(lease);
        this.callOff(lease);
      }
    }
  }

  /**
   * How many jobs the workers can take soon: one for each free place, what they hold in advance included; where requests
   * are short, some more, so that none waits for Redis.
   */
  room() {
    if (!this.#isServing || this.#isPaused || this.#isStopped) {
      return Number.NEGATIVE_INFINITY;
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
    const ahead = Math.floor(this.#rate * AHEAD);
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
      this.#answered += 1;
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
    this.#store.leases.get(jobId)?.item?.requeue();
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
    const held = this.#store.leases.get(jobId)?.item;
    // One that is over here is still under way to Redis.
    return held ? (OPEN.has(held.state) ? held.state : "leased") : "queued";
  }

  attemptsOf({ jobId }) {
    return this.#store.leases.get(jobId)?.item?.attempts ?? 0;
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
