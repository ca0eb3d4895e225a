"use strict";

const { ClientEventKind: Kind } = require("../binding");
const { currentLease } = require("./bridge-method");
const { PhantomClusterClient } = require("./client");
const { Lease } = require("./lease");

// D: the documented handler, with a page. P: that of the published 0.1.x, without one.
const DOCUMENTED = "request";
const PUBLISHED = "queueItemReady";

/** Takes requests from the queue and gives each to the user's handler. */
class PhantomQueuedClusterClient extends PhantomClusterClient {
  #leases = new Map();
  #slots = 0;

  constructor(options) {
    super(options);
    this.currentRequestId = null;
    this.on("workerReady", () => {
      this.#slots += 1;
      this.#offer();
    });
    this.on("newListener", (name) => {
      if (name === DOCUMENTED || name === PUBLISHED) {
        // The listener is in place only after this event.
        process.nextTick(() => this.#offer());
      }
    });
  }

  /** Answers the request whose handler is running (0.1.x). */
  queueItemResponse(response) {
    this.#respond(currentLease.getStore() ?? this.#newest(), response);
  }

  _handle(event) {
    const [kind, id, request, item, attempt] = event;
    switch (kind) {
      case Kind.Leased:
        return this.#take(id, item, attempt, request);
      case Kind.Expired:
        return this.#expire(this.#leases.get(id));
      case Kind.Cancelled:
        return this.#leases.get(id)?.withdraw();
      default:
        return super._handle(event);
    }
  }

  #offer() {
    const published = this.listenerCount(DOCUMENTED) === 0;
    const hasHandler = !published || this.listenerCount(PUBLISHED) > 0;
    if (hasHandler && this.#slots > 0 && !this.done) {
      this._queue.offer(this.#slots, published);
      this.#slots = 0;
    }
  }

  #take(id, item, attempt, json) {
    if (this.done) {
      this._queue.giveBack(id);
      return;
    }
    const published = this.listenerCount(DOCUMENTED) === 0;
    const lease = new Lease(this._queue, { lease: id, item, attempt, request: JSON.parse(json), published }, () =>
      this.#free(id, lease),
    );
    this.#leases.set(id, lease);
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
          result.then(undefined, (error) => lease.fail(error));
        }
      } catch (error) {
        lease.fail(error);
      }
    }
  }

  #expire(lease) {
    if (!lease) {
      return;
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
    // Its failure means that the page, or PhantomJS, is gone already.
    lease.page?.close().catch(() => undefined);
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
