"use strict";

const { LATE, ON_PURPOSE } = require("./handlers");

const PAGE_CRASHED = "ERR_PAGE_CRASHED";

/** Why a request's end is wrong, or null. */
function fault({ path, misdeed }, how, outcome, misdeeds) {
  if (how === "cancelled") {
    return null;
  }
  if (how === "response") {
    const isRight = outcome !== LATE && outcome?.status === "success" && outcome.title === `page ${path}`;
    return isRight ? null : `was answered with ${JSON.stringify(outcome)}`;
  }
  const { ends, code } = misdeeds[misdeed] ?? {};
  const isMeant = ends === "failed" && (code ? outcome.code === code : outcome.message === ON_PURPOSE);
  return isMeant ? null : `failed with ${outcome.code}: ${outcome.message}`;
}

/** Follows every request to its end, and writes down what must not happen. */
class Ledger {
  #open = new Map();
  #deliveries = new Map();
  #awaited = new Map();
  #crashesAllowed = 0;
  #misdeeds;
  /** `pages`: answers that a page was opened for. `crashed`: of the failed, those whose page's process was killed. */
  counts = { enqueued: 0, response: 0, failed: 0, cancelled: 0, timeouts: 0, deliveries: 0, pages: 0, crashed: 0 };
  problems = [];

  /** `misdeeds`: what requests may ask for, by name. */
  constructor(misdeeds) {
    this.#misdeeds = misdeeds;
  }

  get open() {
    return this.#open.size;
  }

  /** Calls `onEnd(how)` at the request's end; who ends it from outside calls the result's `cancelled()`. */
  follow(item, onEnd) {
    this.counts.enqueued += 1;
    this.#open.set(item.id, item);
    let ended = null;
    const end = (how, outcome) => {
      if (ended) {
        this.#complain(item, `ended by "${how}" after it had ended by "${ended}"`);
        return;
      }
      ended = how;
      this.counts[how] += 1;
      this.#forget(item.id);
      this.counts.pages += Number(how === "response" && !item.request.isQuick);
      const problem = fault(item.request, how, outcome, this.#misdeeds);
      if (problem && !this.#isAllowed(how, outcome)) {
        this.#complain(item, problem);
      }
      onEnd(how);
    };
    item.on("response", (response) => end("response", response));
    item.on("failed", (error) => end("failed", error));
    item.on("timeout", () => {
      this.counts.timeouts += 1;
    });
    return { cancelled: () => end("cancelled") };
  }

  /** The process of a page is about to be killed: one request, and no more, may fail by that. */
  allowCrash() {
    this.#crashesAllowed += 1;
  }

  /** A worker says that it was handed a request. */
  delivered({ delivered: id, attempts, at }, worker) {
    this.counts.deliveries += 1;
    if (this.#open.has(id)) {
      this.#deliveries.set(id, { worker, attempts });
    }
    const awaited = this.#awaited.get(id);
    if (awaited && attempts > awaited.attempts) {
      this.#awaited.delete(id);
      awaited.onDelivery(at);
    }
  }

  /** The requests that `worker` holds, as far as is known: `[id, delivery]`. */
  heldBy(worker) {
    return [...this.#deliveries].filter(([, delivery]) => delivery.worker === worker);
  }

  /** Calls `onDelivery(at)` for each request that `worker` holds now, when it is delivered once more. */
  awaitRedelivery(worker, onDelivery) {
    for (const [id, { attempts }] of this.heldBy(worker)) {
      this.#awaited.set(id, { attempts, onDelivery });
    }
  }

  complainOfOpen() {
    for (const item of this.#open.values()) {
      this.#complain(item, `never ended: it is ${item.state}`);
    }
  }

  complain(problem) {
    this.problems.push(problem);
  }

  #complain({ id, request, attempts }, what) {
    this.complain(`request ${id} ${JSON.stringify(request)}, attempt ${attempts}, ${what}`);
  }

  #isAllowed(how, outcome) {
    if (how !== "failed" || outcome.code !== PAGE_CRASHED || this.counts.crashed >= this.#crashesAllowed) {
      return false;
    }
    this.counts.crashed += 1;
    return true;
  }

  #forget(id) {
    this.#open.delete(id);
    this.#deliveries.delete(id);
    this.#awaited.delete(id);
  }
}

module.exports = { Ledger };
