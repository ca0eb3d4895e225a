"use strict";

const { EndKind, TimeoutDecision, TimeoutFate } = require("../native/addon");
const { Crashes } = require("./crashes");
const { Idle } = require("./idle");
const { Keys } = require("./keys");
const { recoveredFrom } = require("./recovered");
const { dispatch } = require("../native/dispatch");
const { EngineError, ItemError, fromNative } = require("../errors");
const { asError, fromWire } = require("../failure");
const { ItemTable } = require("./item-table");
const { log } = require("../native/log");
const { readRequestOptions } = require("../options");
const { QueueItem, kCleanUp, kEnd, kIsAwaited, kOwner } = require("./item");
const outcomes = require("./outcomes");
const { stamp, toJson } = require("./request");
const { follow } = require("./signals");
const { Silence } = require("./silence");
const { storeLost } = require("./store-lost");
const { codeOf, messageOf } = require("../thrown");
const { enqueuedBeforeStart, started } = require("./unstarted");
const { warn } = require("../warn");

// Ends that users bring about.
const ENDS = { done: EndKind.Completed, failed: EndKind.Failed, cancelled: EndKind.Cancelled };

/**
 * The requests of an engine: all that are not done, and what becomes of them. Its methods are those that Primary calls,
 * see engine/primary.js, and those of the server's users.
 */
class Requests {
  #server;
  #primary;
  #native;
  #items = new ItemTable();
  #nextId = 0;
  // The item whose `timeout` is being emitted, and what its listeners did.
  #expiring = null;
  #warnedOfFailures = false;
  #isClosing = false;
  #isPaused = false;
  #hasStarted = false;
  #silence = new Silence(() => this.#facts());
  #idle;
  #crashes = new Crashes();
  #keys = new Keys();
  // Beside memory; null without.
  #store = null;
  // What an earlier process has left, until it is told.
  #recovered = null;
  // The engine stops: what is not over stays in the store.
  #isLeaving = false;

  constructor(server, primary) {
    this.#server = server;
    this.#primary = primary;
    this.#native = primary.native;
    this.#idle = new Idle(server);
    this.#open(primary.options);
    primary.use(this, this.#store?.native);
  }

  #open({ store, maxPending }) {
    if (!store?.file) {
      return;
    }
    const { FileStore } = require("../store/file-store");
    this.#store = new FileStore(store, maxPending, {
      onLost: (error) => storeLost(this.#server, error),
      onFound: () => this.#server.emit("storeFound"),
    });
    this.#nextId = this.#store.nextId;
    this.#recovered = { below: this.#nextId, spent: new Set() };
    for (const part of this.#store.recovered()) {
      const { items, spent } = recoveredFrom(part);
      for (const item of items) {
        this.#add(item);
      }
      for (const item of spent) {
        this.#recovered.spent.add(item);
      }
    }
  }

  #add(item) {
    item[kOwner] = this.#owner;
    this.#items.add(item.id, item);
    this.#keys.add(item);
  }

  itemOf(id) {
    return this.#items.get(id);
  }

  /** What was enqueued here, as long as it is not over. */
  item(id) {
    return this.#items.get(id);
  }

  enqueue(request, options) {
    const given = readRequestOptions(options);
    const { signal } = given;
    const { done } = this.#server;
    if (signal?.aborted) {
      throw outcomes.cancelled("the request", signal);
    }
    if (this.#isClosing && !done) {
      throw new EngineError("ERR_ENGINE_CLOSING", "the engine is closing and takes no more requests");
    }
    const known = this.#keys.of(given.key);
    if (known) {
      return this.#again(known);
    }
    const item = new QueueItem(this.#nextId, request);
    stamp(request, item.id);
    const json = toJson(request);
    if (given.key !== undefined) {
      item.key = given.key;
    }
    if (done) {
      // Unless it is cancelled, or ended in another way, before that.
      process.nextTick(() => this.#end(item.id, "failed", outcomes.stopped(), 0));
    } else {
      this.#handOver(item, json, given);
    }
    this.#nextId += 1;
    this.#add(item);
    this.#hasRequests();
    if (signal) {
      this.#follow(item, signal);
    }
    this.#claimExpiring(request);
    return item;
  }

  /** A request whose key one that is not over has. */
  #again(item) {
    this.#keys.note(item);
    if (this.#expiring?.item === item) {
      this.#expiring.requeue = true;
    }
    return item;
  }

  #handOver({ id, key }, json, given) {
    const { maxAttempts, maxCrashes } = this.#primary.options;
    const { timeout = this.#server.messageTimeout, priority } = given;
    const attempts = bounded(given.maxAttempts ?? maxAttempts);
    const crashes = bounded(given.maxCrashes ?? maxCrashes);
    if (this.#store) {
      this.#store.admit();
      if (key !== undefined) {
        this.#store.sayKey(id, key);
      }
    }
    try {
      this.#native.enqueue(id, json, timeout, attempts, crashes, priority);
    } catch (error) {
      throw fromNative(error);
    }
  }

  /** Ends the item when the signal says so. */
  #follow(item, signal) {
    item[kCleanUp] = follow(signal, () =>
      this.#endFromOutside(item, "cancelled", outcomes.cancelled(`item ${item.id}`, signal)),
    );
  }

  beforeStart() {
    started(this.#server);
  }

  /** Tells of what an earlier process has left, before anything is handed out. */
  beforeWorkers() {
    if (!this.#recovered) {
      return;
    }
    const { below, spent } = this.#recovered;
    this.#recovered = null;
    // Those that were ended meanwhile are not among them.
    const items = this.#items.values().filter(({ id }) => id < below);
    dispatch(items, (item) => {
      try {
        this.#server.emit("recovered", item);
      } finally {
        // The process ended under its last attempt.
        if (spent.has(item) && this.#items.has(item.id)) {
          this.#native.cancel(item.id, EndKind.Failed);
          this.#exhaust(item.id, item.attempts, outcomes.primaryEnded(item.id));
        }
      }
    });
  }

  afterStart() {
    this.#hasStarted = true;
    this.#hasRequests();
  }

  /** Sees to warnings of requests that no worker will ever take. */
  #hasRequests() {
    if (this.#hasStarted) {
      this.#silence.watch();
    } else if (this.#items.size === 1) {
      enqueuedBeforeStart(this.#server, () => this.#items.size);
    }
  }

  #facts() {
    const { workers: all, forked, crashLoop } = this.#native.supervisorStats();
    const workers = all.map((worker) => ({ ...worker, isConnected: this.#native.isConnected(worker.id) }));
    const { waiting, leased, delivered } = this.#native.queueStats();
    const { numWorkers: wanted } = this.#server;
    const { lastExit } = this.#primary;
    return { waiting, leased, delivered, isPaused: this.#isPaused, wanted, workers, forked, crashLoop, lastExit };
  }

  idle() {
    return this.#idle.wait(this.#items.size === 0);
  }

  async drain() {
    this.#isClosing = true;
    await this.#server.idle();
  }

  pause(isPaused) {
    this.#isPaused = isPaused;
    this.#native.setPaused(isPaused);
  }

  /** An event of an item, or a notice of a worker's: see NativeEvent in binding.d.ts. */
  handle(event) {
    const { item, attempts } = event;
    switch (event.kind) {
      case "answered":
        return this.#end(item, "done", JSON.parse(event.response), attempts);
      case "failed":
        return this.#fail(item, fromWire(event.error), attempts);
      case "exhausted":
        return this.#crashes.whenKnown(item, () => this.#exhaust(item, attempts, this.#crashError(item)));
      case "crashed":
        return this.#crashes.add(item, event.worker, event.fault);
      case "doomed":
        return this.#crashes.whenKnown(item, () => this.#fail(item, this.#crashError(item), attempts));
      case "expired":
        return this.#expire(item);
      case "notice":
        return this.#silence.heard(event.worker, JSON.parse(event.what));
    }
  }

  workerEnded(worker, how) {
    this.#crashes.workerEnded(worker, how);
  }

  #crashError(id) {
    return outcomes.crashed(id, this.#crashes.describe(id));
  }

  #exhaust(id, attempts, cause) {
    this.#fail(id, outcomes.exhausted(id, attempts, cause), attempts);
  }

  release() {
    this.#silence.stop();
    this.#isLeaving = true;
    this.#store?.flush();
    dispatch(this.#items.values(), ({ id }) => {
      const attempts = this.#native.attempts(id) ?? 0;
      this.#native.cancel(id, EndKind.Failed);
      this.#end(id, "failed", outcomes.stopped(this.#store?.isStored(id)), attempts);
    });
  }

  closed() {
    this.#store?.close();
  }

  /** Ends a request and removes it from the store, also after the engine has stopped; "all" for every one. */
  forget(target) {
    if (target === "all") {
      dispatch(this.#items.values(), (item) => item.cancel());
      return this.#store?.forgetAll();
    }
    const item = typeof target === "number" ? this.#items.get(target) : target;
    if (this.#items.get(item?.id) === item) {
      item?.cancel();
    }
    const id = item?.id ?? target;
    if (this.#store && Number.isSafeInteger(id)) {
      this.#store.forget(id);
    }
  }

  #expire(id) {
    const item = this.#items.get(id);
    if (!item) {
      return;
    }
    const isHeard = item.listenerCount("timeout") > 0;
    const { attempts } = item;
    const expiring = { item, replaced: false, requeue: false };
    this.#expiring = expiring;
    try {
      item.emit("timeout");
    } finally {
      this.#expiring = null;
      this.#decide(expiring, isHeard, attempts);
    }
  }

  /** What becomes of an item whose time was over, by what its listeners did. */
  #decide({ item: { id }, replaced, requeue }, isHeard, attempts) {
    const decision = this.#items.has(id) ? decisionOf(replaced, requeue, isHeard) : TimeoutDecision.Cancelled;
    const fate = this.#native.decide(id, decision);
    if (fate === TimeoutFate.Exhausted) {
      this.#exhaust(id, attempts, outcomes.timedOut(id));
    } else if (fate === TimeoutFate.TimedOut) {
      this.#end(id, "timedOut", outcomes.timedOut(id), attempts);
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
      this.warnOfFailure(`request ${id} failed and nothing listens to its "failed" event`, error);
    }
    this.#end(id, "failed", error, attempts);
  }

  /** The first of all failures that nobody hears of. */
  warnOfFailure(what, error) {
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
    this.#keys.delete(item);
    this.#crashes.forget(id);
    log.trace?.("ended", { item: id, state, attempts, code: state === "done" ? undefined : codeOf(outcome) });
    try {
      item[kEnd](state, outcome, attempts);
    } finally {
      if (this.#store && !this.#isLeaving) {
        this.#store.ended(item);
      }
      if (this.#items.size === 0) {
        this.#server.emit("idle");
      }
    }
  }

  stats() {
    const { wait, run, ...queue } = this.#native.queueStats();
    return { queue, latency: { wait, run } };
  }

  /** What the items' own methods do on this side. */
  #owner = {
    stateOf: ({ id }) => {
      if (this.#expiring?.item.id === id) {
        return "expired";
      }
      return this.#native.isLeased(id) ? "leased" : "queued";
    },
    isDuplicate: (item) => this.#keys.isDuplicate(item),
    storedOf: ({ id }) => this.#store?.storedOf(id),
    attemptsOf: ({ id }) => this.#native.attempts(id) ?? 0,
    finish: (item, response) => this.#endFromOutside(item, "done", response),
    fail: (item, error) => this.#endFromOutside(item, "failed", asError(error)),
    cancel: (item, error) => this.#endFromOutside(item, "cancelled", error),
    requeue: (item) => {
      if (this.#server.done) {
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
    this.#native.cancel(id, ENDS[state]);
    this.#end(id, state, outcome, attempts);
  }
}

function decisionOf(replaced, requeue, isHeard) {
  if (replaced) {
    return TimeoutDecision.Replaced;
  }
  if (requeue) {
    return TimeoutDecision.Requeue;
  }
  return isHeard ? TimeoutDecision.Heard : TimeoutDecision.Unheard;
}

/** For the native half no limit is 0. */
function bounded(limit) {
  return limit === Number.POSITIVE_INFINITY ? 0 : limit;
}

module.exports = { Requests };
