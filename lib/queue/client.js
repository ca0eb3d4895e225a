"use strict";

const cluster = require("node:cluster");
const { ClientEventKind: Kind } = require("../native/addon");
const { PhantomClusterClient } = require("../engine/client");
const { now } = require("../clock");
const { log } = require("../native/log");
const { twoHandlers, unanswered, warnOfNoEngine } = require("./notices");
const { Prefetch } = require("./prefetch");
const { contact } = require("../engine/worker-contact");

// What is not needed before PhantomJS runs is loaded while it starts.
let Lease;
let currentLease;

// D: the documented handler, with a page. P: that of the published 0.1.x, without one.
const DOCUMENTED = "request";
const PUBLISHED = "queueItemReady";
/** A worker that is ready may get its handler within this time, ms. */
const PATIENCE = 5_000;

/** Takes requests from the queue and gives each to the user's handler. */
class PhantomQueuedClusterClient extends PhantomClusterClient {
  #leases = new Map();
  /** Of failed handlers of 0.1.x: the master has them until their time is over. */
  #abandoned = new Set();
  // Free slots; and how many requests the master may still send, for them and in advance.
  #slots = 0;
  #credit = 0;
  #creditAhead = 0;
  #prefetched = new Prefetch((id) => this._queue.giveBack(id));
  #isOffering = false;
  #isRetiring = false;

  constructor(options) {
    super(options);
    this.currentRequestId = null;
    if (cluster.isWorker && !contact) {
      warnOfNoEngine();
    }
    this.on("workerReady", () => {
      this.#slots += 1;
      this.#takePrefetched();
      this.#offerSoon();
    });
    this.on("newListener", (name) => {
      if (name === DOCUMENTED || name === PUBLISHED) {
        // The listener is in place only after this event.
        this.#offerSoon();
      }
    });
  }

  start() {
    if (!contact) {
      warnOfNoEngine();
    }
    super.start();
  }

  /** Answers the request whose handler is running (0.1.x). */
  queueItemResponse(response) {
    this.#respond(currentLease?.getStore() ?? this.#newest(), response);
  }

  _whileStarting() {
    super._whileStarting();
    ({ Lease } = require("./lease"));
    ({ currentLease } = require("../page/bridge-method"));
  }

  _phantomRuns() {
    const { _vigil: vigil } = this.ph;
    // What nobody has begun yet need not wait for what becomes of it.
    vigil.onDoubt = () => this.#prefetched.clear();
    vigil.onTrust = () => this.#offerSoon();
    vigil.isShared = () => this.#leases.size > 1;
    if (this.listenerCount(DOCUMENTED) > 0 && this.listenerCount(PUBLISHED) > 0) {
      this.#tell(twoHandlers());
    }
    if (!this.#hasHandler) {
      setTimeout(() => this.#hasHandler || this.#tell({ events: this.eventNames().map(String) }), PATIENCE).unref();
    }
  }

  /** The primary tells its user, once for all workers. */
  #tell(notice) {
    this._queue.notice(JSON.stringify(notice));
  }

  get #hasHandler() {
    return this.listenerCount(DOCUMENTED) + this.listenerCount(PUBLISHED) > 0;
  }

  _holds() {
    return this.#leases.size;
  }

  _started() {
    return [...this.#leases.keys(), ...this.#abandoned];
  }

  _retire(reason) {
    this.#isRetiring = true;
    this.#prefetched.clear();
    super._retire(reason);
  }

  _ending() {
    this.#prefetched.clear();
  }

  _handle(event) {
    const [kind, id] = event;
    switch (kind) {
      case Kind.Leased:
        this.#credit -= 1;
        return this.#receive(event);
      case Kind.Ahead:
        this.#creditAhead -= 1;
        return this.#receive(event);
      case Kind.Recalled:
        return this.#prefetched.recalled(id);
      case Kind.Expired:
        return this.#over(id, (lease) => this.#expire(lease));
      case Kind.Cancelled:
        return this.#over(id, (lease) => lease.withdraw());
      default:
        return super._handle(event);
    }
  }

  /** Offers once for all that becomes free in this turn of the event loop. */
  #offerSoon() {
    if (!this.#isOffering) {
      this.#isOffering = true;
      process.nextTick(() => {
        this.#isOffering = false;
        this.#offer();
      });
    }
  }

  #offer() {
    const published = this.listenerCount(DOCUMENTED) === 0;
    if (!this.#hasHandler || this.#refuses) {
      return;
    }
    const slots = Math.max(0, this.#slots - this.#credit);
    // In advance only what this worker will still serve.
    const depth = Math.min(this.#prefetched.depth, this._unasked);
    const inAdvance = this.#creditAhead + this.#prefetched.length + Math.max(0, this.#credit - this.#slots);
    const ahead = Math.max(0, depth - inAdvance);
    // Small offers for what is only in advance can wait for the next.
    if (slots > 0 || ahead * 2 > depth) {
      this.#credit += slots;
      this.#creditAhead += ahead;
      const all = this.#slots + this.#leases.size;
      this._queue.offer(slots, ahead, all, this.#prefetched.patience, published);
    }
  }

  /** Whether it takes no requests, for good or for now. */
  get #refuses() {
    return this.done || this.#isRetiring || this.ph?._vigil.isDoubted;
  }

  #receive(event) {
    if (this.#refuses) {
      this._queue.giveBack(event[1]);
    } else if (this.#slots > 0) {
      this.#take(event);
    } else {
      this.#prefetched.push(event);
    }
  }

  #takePrefetched() {
    while (this.#slots > 0 && this.#prefetched.length > 0) {
      this.#take(this.#prefetched.shift());
    }
  }

  #take([, id, json, item, attempt, , isBegun]) {
    if (!isBegun && !this._queue.begin(id)) {
      return;
    }
    this.#slots -= 1;
    const published = this.listenerCount(DOCUMENTED) === 0;
    const given = {
      lease: id,
      item,
      attempt,
      request: JSON.parse(json),
      published,
      limit: this._options.maxMessageSize,
    };
    const lease = new Lease(this._queue, given, () => this.#free(id, lease));
    this.#leases.set(id, lease);
    log.trace?.("given to its handler", { item, lease: id, attempt });
    if (published) {
      this.currentRequestId = item;
      currentLease.run(lease, () => this.#call(PUBLISHED, this.#viewFor(lease), [lease.item.request], lease));
    } else {
      const { page, created } = this.ph._openPage(lease);
      created.catch((error) => lease.fail(error));
      lease.page = page;
      this.#call(DOCUMENTED, this, [page, lease.item], lease);
    }
  }

  /** Calls the handlers; whatever they throw or reject with is the request's failure, and the worker goes on. */
  #call(name, self, args, lease) {
    for (const handler of this.rawListeners(name)) {
      try {
        const result = Reflect.apply(handler, self, args);
        if (typeof result?.then === "function") {
          result.then(
            (value) => lease.returned(value),
            (error) => lease.fail(error),
          );
        }
      } catch (error) {
        lease.fail(error);
      }
    }
  }

  /** The master has ended a lease. */
  #over(id, end) {
    const lease = this.#leases.get(id);
    // Said in any case: the master takes a worker that says nothing for frozen.
    this._queue.released(id);
    this.#abandoned.delete(id);
    this.#prefetched.remove(id);
    if (!lease) {
      return;
    }
    this.#prefetched.clear();
    try {
      end(lease);
    } finally {
      for (const page of lease.pages) {
        log.trace?.("a page is closed: the lease ended", { item: lease.item.id });
        page._drop();
      }
      // A script that never ends holds up everything else there: others wait elsewhere until it has answered.
      this.ph?._vigil.doubt();
    }
  }

  #expire(lease) {
    if (lease.outcome) {
      this.#tell(unanswered(lease));
    }
    if (lease.published) {
      this.emit("queueItemTimeout", lease.item.id);
    }
    lease.expire();
  }

  #respond(lease, response) {
    // Answered twice, or after its time: the original's "ignored".
    lease?.answer(response);
  }

  #newest() {
    return [...this.#leases.values()].at(-1);
  }

  #free(id, lease) {
    this.#leases.delete(id);
    if (lease.isAbandoned) {
      this.#abandoned.add(id);
    }
    this.#prefetched.measure(now() - lease.since);
    lease.page?._drop();
    if (lease.pages.length > 0) {
      this.ph?._vigil.watchClosing(this.#leases.size > 0);
    }
    this.next();
  }

  /** The engine as the handler of one request sees it: it answers this request, whatever others are under way. */
  #viewFor(lease) {
    if (this.parallelism === 1) {
      return this;
    }
    const own = {
      currentRequestId: lease.item.id,
      queueItemResponse: (response) => this.#respond(lease, response),
    };
    return new Proxy(this, {
      get(engine, key) {
        if (Object.hasOwn(own, key)) {
          return own[key];
        }
        const value = Reflect.get(engine, key, engine);
        return typeof value === "function" ? value.bind(engine) : value;
      },
      set: (engine, key, value) => Reflect.set(engine, key, value, engine),
    });
  }
}

module.exports = { PhantomQueuedClusterClient };
