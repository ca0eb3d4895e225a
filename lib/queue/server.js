"use strict";

const { EndKind, ServerEventKind: Kind } = require("../native/addon");
const { answer } = require("../answer");
const { Crashes } = require("./crashes");
const { dispatch } = require("../native/dispatch");
const { EngineError, ItemError, RequestError, fromNative } = require("../errors");
const { asError, codeOf, fromWire, messageOf } = require("../failure");
const { ItemTable } = require("./item-table");
const { log } = require("../native/log");
const { readRequestOptions } = require("../options");
const { QueueItem, kCleanUp, kEnd, kIsAwaited, kOwner } = require("./item");
const { liveArray } = require("./views");
const { PhantomClusterServer } = require("../engine/server");
const { follow } = require("./signals");
const { Silence } = require("./silence");
const { Stamp } = require("./stamp");
const { enqueuedBeforeStart, started } = require("./unstarted");
const { warn } = require("../warn");

// The ends that come from outside of the queue.
const ENDS = { done: EndKind.Completed, failed: EndKind.Failed, cancelled: EndKind.Cancelled };

/** Takes requests, hands them to workers, and brings their responses back. */
class PhantomQueuedClusterServer extends PhantomClusterServer {
  #items = new ItemTable();
  #nextId = 0;
  // The item whose `timeout` is being emitted, and what its listeners did.
  #expiring = null;
  #warnedOfFailures = false;
  #isClosing = false;
  #isPaused = false;
  #hasStarted = false;
  #silence = new Silence(() => this.#facts());
  #idle = null;
  #crashes = new Crashes();

  constructor(options) {
    super(options);
    this.messageTimeout = this._options.messageTimeout;
    this.queue = liveArray(
      () => this._native.waitingLength,
      () => this._native.waitingIds.map((id) => this.#items.get(id)),
    );
    this.itemsQueue = this.queue;
    this.clientsQueue = liveArray(
      () => this.#idleWorkers().length,
      () => this.#idleWorkers().map((id) => this.workers[id]),
    );
    this.workersQueue = this.clientsQueue;
  }

  enqueue(request, options) {
    const given = readRequestOptions(options);
    const { signal } = given;
    if (signal?.aborted) {
      throw cancelledError("the request", signal);
    }
    if (this.#isClosing && !this.done) {
      throw new EngineError("ERR_ENGINE_CLOSING", "the engine is closing and takes no more requests");
    }
    const item = new QueueItem(this.#nextId, request);
    this.#stamp(item);
    const json = this.#stringify(request);
    if (this.done) {
      // Unless it is cancelled, or ended in another way, before that.
      process.nextTick(() => this.#end(item.id, "failed", stoppedError(), 0));
    } else {
      this.#handOver(item, json, given);
    }
    this.#nextId += 1;
    item[kOwner] = this.#owner;
    this.#items.add(item.id, item);
    this.#hasRequests();
    if (signal) {
      this.#follow(item, signal);
    }
    this.#claimExpiring(request);
    return item;
  }

  #handOver({ id }, json, given) {
    const { maxAttempts, maxCrashes } = this._options;
    const { timeout = this.messageTimeout, priority } = given;
    const attempts = bounded(given.maxAttempts ?? maxAttempts);
    const crashes = bounded(given.maxCrashes ?? maxCrashes);
    try {
      this._native.enqueue(id, json, timeout, attempts, crashes, priority);
    } catch (error) {
      throw fromNative(error);
    }
  }

  /** Ends the item when the signal says so. */
  #follow(item, signal) {
    item[kCleanUp] = follow(signal, () =>
      this.#endFromOutside(item, "cancelled", cancelledError(`item ${item.id}`, signal)),
    );
  }

  start() {
    started(this);
    super.start();
    this.#hasStarted = true;
    this.#hasRequests();
  }

  /** Looks after those that nobody may ever ask for. */
  #hasRequests() {
    if (this.#hasStarted) {
      this.#silence.watch();
    } else if (this.#items.size === 1) {
      enqueuedBeforeStart(this, () => this.#items.size);
    }
  }

  #facts() {
    const { workers, forked, crashLoop } = this._native.supervisorStats();
    const { waiting, leased, delivered } = this._native.queueStats();
    const { numWorkers: wanted, _lastExit: lastExit } = this;
    return { waiting, leased, delivered, isPaused: this.#isPaused, wanted, workers, forked, crashLoop, lastExit };
  }

  run(request, options) {
    return answer(
      (resolve, reject) => {
        this.enqueue(request, options).result().then(resolve, reject);
      },
      (error) => this.#warnOfFailure("a request of run() failed and nobody waits for it", error),
    );
  }

  idle() {
    if (this.#items.size === 0) {
      return Promise.resolve();
    }
    // One for all who ask: each would be a listener, and more than ten of them a leak to Node.
    this.#idle ??= new Promise((resolve) => {
      this.once("idle", () => {
        this.#idle = null;
        resolve();
      });
    });
    return this.#idle;
  }

  async _drain() {
    this.#isClosing = true;
    await this.idle();
  }

  pause() {
    this.#isPaused = true;
    this._native.setPaused(true);
  }

  resume() {
    this.#isPaused = false;
    this._native.setPaused(false);
  }

  /** Workers with a free slot, one entry per slot. What they take in advance is no slot. */
  #idleWorkers() {
    const seen = new Map();
    return this._native.idleWorkers.filter((id) => {
      seen.set(id, (seen.get(id) ?? 0) + 1);
      return seen.get(id) <= this._options.workerParallelism;
    });
  }

  _handle(event) {
    const [kind, id, text, attempts] = event;
    switch (kind) {
      case Kind.Answered:
        return this.#end(id, "done", JSON.parse(text), attempts);
      case Kind.Failed:
        return this.#fail(id, fromWire(text), attempts);
      case Kind.Exhausted:
        return this.#crashes.whenKnown(id, () => this.#exhaust(id, attempts, this.#crashError(id)));
      case Kind.Crashed:
        return this.#crashes.add(id, attempts, text);
      case Kind.Doomed:
        return this.#crashes.whenKnown(id, () => this.#fail(id, this.#crashError(id), attempts));
      case Kind.Expired:
        return this.#expire(id);
      case Kind.Joined:
        return this.#silence.connected(id);
      case Kind.Notice:
        return this.#silence.heard(id, JSON.parse(text));
      default:
        return super._handle(event);
    }
  }

  _workerEnded(worker, how) {
    this.#crashes.workerEnded(worker, how);
  }

  /** What is to be said of an item whose workers ended under it. */
  #crashError(id) {
    const ends = this.#crashes.describe(id);
    return new ItemError(
      "ERR_ITEM_CRASHED",
      `the worker of item ${id}, or its PhantomJS, ended before its answer: ${ends}`,
    );
  }

  #exhaust(id, attempts, cause) {
    const times = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
    const message = `item ${id} was not answered in ${times}, as many as "maxAttempts" allows: ${cause.message}`;
    this.#fail(id, new ItemError("ERR_MAX_ATTEMPTS", message, { cause }), attempts);
  }

  _released() {
    this.#silence.stop();
    dispatch(this.#items.values(), ({ id }) => {
      const attempts = this._native.attempts(id) ?? 0;
      this._native.cancel(id, EndKind.Failed);
      this.#end(id, "failed", stoppedError(), attempts);
    });
  }

  /** 0.1.x puts the item's id on requests that have none of their own. */
  #stamp({ id, request }) {
    if (typeof request !== "object" || request === null || !Object.isExtensible(request)) {
      return;
    }
    // Enqueued again, it gets the new item's.
    if (Stamp.isOn(request)) {
      request.id = id;
      return;
    }
    const prototype = Object.getPrototypeOf(request);
    const isPlain = prototype === Object.prototype || prototype === null;
    if (isPlain && !Object.hasOwn(request, "id")) {
      request.id = id;
      Stamp.put(request);
    }
  }

  #stringify(request) {
    let json;
    try {
      json = JSON.stringify(request);
    } catch (error) {
      throw new RequestError(`the request cannot be made JSON: ${messageOf(error)}`, { cause: error });
    }
    if (json === undefined) {
      throw new RequestError(`a request must be a value that JSON can carry, not ${typeof request}`);
    }
    return json;
  }

  #expire(id) {
    const item = this.#items.get(id);
    if (!item) {
      return;
    }
    const hasListener = item.listenerCount("timeout") > 0;
    const { attempts } = item;
    const expiring = { item, replaced: false, requeue: false };
    this.#expiring = expiring;
    try {
      item.emit("timeout");
    } finally {
      this.#expiring = null;
      const cancelled = !this.#items.has(id);
      const waits = this._native.decide(id, hasListener, expiring.replaced, expiring.requeue, cancelled);
      if (waits === null) {
        this.#exhaust(id, attempts, timeoutError(id));
      } else if (!waits) {
        this.#end(id, "timedOut", timeoutError(id), attempts);
      }
    }
  }

  /** The published example enqueues the same request again in its `timeout` listener: that call is the re-enqueue. */
  #claimExpiring(request) {
    const expiring = this.#expiring;
    if (expiring && Object.is(request, expiring.item.request)) {
      expiring.replaced = true;
    }
  }

  #fail(id, error, attempts) {
    const item = this.#items.get(id);
    if (item?.listenerCount("failed") === 0 && !item[kIsAwaited]) {
      this.#warnOfFailure(`request ${id} failed and nothing listens to its "failed" event`, error);
    }
    this.#end(id, "failed", error, attempts);
  }

  #warnOfFailure(what, error) {
    if (!this.#warnedOfFailures) {
      this.#warnedOfFailures = true;
      warn("PHANTOM_CLUSTER_REQUEST_FAILED", `${what} (further ones are not reported): ${messageOf(error)}`, error);
    }
  }

  #end(id, state, outcome, attempts) {
    const item = this.#items.get(id);
    if (!item) {
      return;
    }
    this.#items.delete(id);
    this.#crashes.forget(id);
    log.trace?.("ended", { item: id, state, attempts, code: state === "done" ? undefined : codeOf(outcome) });
    try {
      item[kEnd](state, outcome, attempts);
    } finally {
      if (this.#items.size === 0) {
        this.emit("idle");
      }
    }
  }

  _stats() {
    const { wait, run, ...queue } = this._native.queueStats();
    return { ...super._stats(), queue, latency: { wait, run } };
  }

  /** What the items' own methods do on this side. */
  #owner = {
    stateOf: ({ id }) => {
      if (this.#expiring?.item.id === id) {
        return "expired";
      }
      return this._native.isLeased(id) ? "leased" : "queued";
    },
    attemptsOf: ({ id }) => this._native.attempts(id) ?? 0,
    finish: (item, response) => this.#endFromOutside(item, "done", response),
    fail: (item, error) => this.#endFromOutside(item, "failed", asError(error)),
    cancel: (item, error) => this.#endFromOutside(item, "cancelled", error),
    requeue: (item) => {
      if (this.done) {
        // It fails in this turn, and says why.
        return;
      }
      if (this.#expiring?.item !== item) {
        throw new ItemError("ERR_ITEM_STATE", `item ${item.id} can only be requeued while it emits "timeout"`);
      }
      this.#expiring.requeue = true;
    },
  };

  #endFromOutside({ id, attempts }, state, outcome) {
    this._native.cancel(id, ENDS[state]);
    this.#end(id, state, outcome, attempts);
  }
}

function stoppedError() {
  return new EngineError("ERR_ENGINE_STOPPED", "the engine was stopped before the request was answered");
}

function cancelledError(what, { reason }) {
  return new ItemError("ERR_ITEM_CANCELLED", `${what} was cancelled by its signal`, { cause: reason });
}

function timeoutError(id) {
  return new ItemError("ERR_ITEM_TIMEOUT", `item ${id} was not answered in time`);
}

/** For the native half no limit is 0. */
function bounded(limit) {
  return limit === Number.POSITIVE_INFINITY ? 0 : limit;
}

module.exports = { PhantomQueuedClusterServer };
