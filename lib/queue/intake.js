"use strict";

const { DOCUMENTED, Handlers, PUBLISHED } = require("./handlers");
const { twoHandlers, unanswered } = require("./notices");
const { Prefetch } = require("./prefetch");

/** A worker that is ready may get its handler within this time, ms. */
const PATIENCE = 5_000;

/**
 * What a worker takes of the queue: offers its free slots to the primary, and keeps what comes until its turn. Its
 * methods are those that Worker calls: see engine/worker.js.
 */
class Intake {
  #client;
  #worker;
  #native;
  #handlers;
  // Free slots; and how many requests the primary may still send, for them and in advance.
  #slots = 0;
  #credit = 0;
  #creditAhead = 0;
  #prefetched = new Prefetch((id) => this.#native.giveBack(id));
  #isOffering = false;

  constructor(client, worker) {
    this.#client = client;
    this.#worker = worker;
    this.#native = worker.native;
    this.#handlers = new Handlers(client, worker, (ms) => this.#prefetched.measure(ms));
    // A request that is here already is begun before the user's own listeners hear of the free slot.
    client.prependListener("workerReady", () => {
      this.#slots += 1;
      this.#takePrefetched();
      this.#offerSoon();
    });
    client.on("newListener", (name) => {
      if (name === DOCUMENTED || name === PUBLISHED) {
        // The listener is in place only after this event.
        this.#offerSoon();
      }
    });
  }

  /** The answer of 0.1.x to the request whose handler is running. */
  answerCurrent(response) {
    this.#handlers.current?.answer(response);
  }

  phantomRuns({ watchdog }) {
    // What nobody has begun yet need not wait for what becomes of it.
    watchdog.onDoubt = () => this.#prefetched.clear();
    watchdog.onTrust = () => this.#offerSoon();
    watchdog.isShared = () => this.#handlers.size > 1;
    if (this.#handlers.areTwo) {
      this.#tell(twoHandlers());
    }
    if (!this.#handlers.isThere) {
      setTimeout(() => this.#tellOfNoHandler(), PATIENCE).unref();
    }
  }

  #tellOfNoHandler() {
    if (!this.#handlers.isThere) {
      this.#tell({ events: this.#client.eventNames().map(String) });
    }
  }

  /** The primary tells its user, once for all workers. */
  #tell(notice) {
    this.#native.notice(JSON.stringify(notice));
  }

  refuse() {
    this.#prefetched.clear();
  }

  holds() {
    return this.#handlers.size;
  }

  leases() {
    return this.#handlers.leases();
  }

  /** An event of a lease: see NativeWorkerEvent in binding.d.ts. */
  handle(event) {
    switch (event.kind) {
      case "leased":
        if (event.ahead) {
          this.#creditAhead -= 1;
        } else {
          this.#credit -= 1;
        }
        return this.#receive(event);
      case "recalled":
        return this.#prefetched.recalled(event.lease);
      case "expired":
        return this.#over(event.lease, (lease) => this.#expire(lease));
      case "cancelled":
        return this.#over(event.lease, (lease) => lease.withdraw());
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
    if (!this.#handlers.isThere || this.#refuses) {
      return;
    }
    const slots = Math.max(0, this.#slots - this.#credit);
    // In advance only what this worker will still serve.
    const depth = Math.min(this.#prefetched.depth, this.#worker.unasked);
    const inAdvance = this.#creditAhead + this.#prefetched.length + Math.max(0, this.#credit - this.#slots);
    const ahead = Math.max(0, depth - inAdvance);
    // Small offers for what is only in advance can wait for the next.
    if (slots > 0 || ahead * 2 > depth) {
      this.#credit += slots;
      this.#creditAhead += ahead;
      const all = this.#slots + this.#handlers.size;
      this.#native.offer(slots, ahead, all, this.#prefetched.patience, this.#handlers.arePublished);
    }
  }

  /** Whether it takes no requests, for good or for now. */
  get #refuses() {
    return this.#client.done || this.#worker.isRetiring || this.#worker.session?.watchdog.isDoubted;
  }

  #receive(event) {
    if (this.#refuses) {
      this.#native.giveBack(event.lease);
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

  #take(event) {
    if (event.begun || this.#native.begin(event.lease)) {
      this.#slots -= 1;
      this.#handlers.call(event);
    }
  }

  /** The primary has ended a lease. */
  #over(id, end) {
    // Said in any case: the primary takes a worker that says nothing for frozen.
    this.#native.released(id);
    this.#prefetched.remove(id);
    const lease = this.#handlers.end(id);
    if (!lease) {
      return;
    }
    this.#prefetched.clear();
    try {
      end(lease);
    } finally {
      lease.closePages();
      // A script that never ends holds up everything else there: others wait elsewhere until it has answered.
      this.#worker.session?.watchdog.doubt();
    }
  }

  #expire(lease) {
    if (lease.outcome) {
      this.#tell(unanswered(lease));
    }
    if (lease.published) {
      this.#client.emit("queueItemTimeout", lease.item.id);
    }
    lease.expire();
  }
}

module.exports = { Intake };
