"use strict";

const { now } = require("../clock");
const { Lease } = require("./lease");
const { log } = require("../native/log");
const { currentOwner } = require("../page/owner");

/** The documented handler, which gets a page. */
const DOCUMENTED = "request";
/** That of the published 0.1.x, without one. */
const PUBLISHED = "queueItemReady";

/** The user's handlers, and the requests that they have been given. */
class Handlers {
  #client;
  #worker;
  #onDone;
  #leases = new Map();
  /** Leases whose 0.1.x handler failed: for the primary they go on until their timeout. */
  #abandoned = new Set();

  /** `onDone(ms)` hears how long each request took. */
  constructor(client, worker, onDone) {
    this.#client = client;
    this.#worker = worker;
    this.#onDone = onDone;
  }

  get isThere() {
    return this.#count(DOCUMENTED) + this.#count(PUBLISHED) > 0;
  }

  get areTwo() {
    return this.#count(DOCUMENTED) > 0 && this.#count(PUBLISHED) > 0;
  }

  /** Whether requests go to handlers of 0.1.x. */
  get arePublished() {
    return this.#count(DOCUMENTED) === 0;
  }

  #count(name) {
    return this.#client.listenerCount(name);
  }

  /** How many requests they have. */
  get size() {
    return this.#leases.size;
  }

  leases() {
    return [...this.#leases.keys(), ...this.#abandoned];
  }

  /** The lease whose handler is running, or, where that is not known, the newest. */
  get current() {
    return currentOwner.getStore() ?? [...this.#leases.values()].at(-1);
  }

  /** The primary has ended a lease; gives it if a handler still has it. */
  end(id) {
    this.#abandoned.delete(id);
    return this.#leases.get(id);
  }

  /** Gives a request to its handler; `json` is its text. */
  call({ lease: id, item, attempt, request: json }) {
    const published = this.arePublished;
    const { native, options } = this.#worker;
    const given = { lease: id, item, attempt, request: JSON.parse(json), published, limit: options.maxMessageSize };
    const lease = new Lease(native, given, () => this.#free(id, lease));
    this.#leases.set(id, lease);
    log.trace?.("given to its handler", { item, lease: id, attempt });
    if (published) {
      this.#client.currentRequestId = item;
      currentOwner.run(lease, () => this.#run(PUBLISHED, this.#viewFor(lease), [lease.item.request], lease));
    } else {
      const { target, created } = this.#worker.session.openPage(lease);
      created.catch((error) => lease.fail(error));
      lease.ownPage = target;
      this.#run(DOCUMENTED, this.#client, [target.page, lease.item], lease);
    }
  }

  /** Calls the handlers; whatever they throw or reject with is the request's failure, and the worker goes on. */
  #run(name, self, args, lease) {
    for (const handler of this.#client.rawListeners(name)) {
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

  #free(id, lease) {
    this.#leases.delete(id);
    if (lease.isAbandoned) {
      this.#abandoned.add(id);
    }
    this.#onDone(now() - lease.since);
    lease.ownPage?.drop();
    if (lease.pages.length > 0) {
      this.#worker.session?.watchdog.watchClosing(this.#leases.size > 0);
    }
    this.#client.next();
  }

  /** The engine as the handler of one request sees it: it answers this request, whatever others are under way. */
  #viewFor(lease) {
    if (this.#client.parallelism === 1) {
      return this.#client;
    }
    const own = {
      currentRequestId: lease.item.id,
      queueItemResponse: (response) => lease.answer(response),
    };
    return new Proxy(this.#client, {
      get(client, key) {
        if (Object.hasOwn(own, key)) {
          return own[key];
        }
        const value = Reflect.get(client, key, client);
        return typeof value === "function" ? value.bind(client) : value;
      },
      set: (client, key, value) => Reflect.set(client, key, value, client),
    });
  }
}

module.exports = { DOCUMENTED, Handlers, PUBLISHED };
