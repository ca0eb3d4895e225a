"use strict";

const { randomUUID } = require("node:crypto");
const os = require("node:os");
const { EngineError } = require("../errors");
const { asError } = require("../failure");
const { dispatch } = require("../native/dispatch");
const { readRequestOptions } = require("../options");
const { idOfKey } = require("../store/redis/envelope");
const { RedisStore } = require("../store/redis/store");
const { Held } = require("./held");
const { Idle } = require("./idle");
const { QueueItem, kCleanUp, kEnd, kIsAwaited } = require("./item");
const outcomes = require("./outcomes");
const { OwnItem, sizedJson } = require("./own-item");
const { OwnJobs } = require("./own-jobs");
const { stamp } = require("./request");
const { follow } = require("./signals");
const { storeLost } = require("./store-lost");
const { enqueuedBeforeStart, started } = require("./unstarted");

/**
 * As Requests, over a queue that other primaries share: what is enqueued here goes to the store, and may be handled
 * anywhere; what is handled here (`Held`) may come from anywhere.
 */
class SharedRequests {
  #server;
  #primary;
  #store;
  #held;
  // What was enqueued here and is not over; the same by job.
  #own = new Set();
  #jobs = new OwnJobs();
  #nextId = 0;
  #base = randomUUID().slice(0, 13);
  #by = `${os.hostname()}:${process.pid}`;
  #isClosing = false;
  #hasStarted = false;
  #idle;
  #onNoneLeft = null;
  #left = null;

  constructor(server, primary) {
    this.#server = server;
    this.#primary = primary;
    this.#idle = new Idle(server);
    const { store, maxPending } = primary.options;
    this.#store = new RedisStore(
      { ...store, maxPending },
      {
        room: () => this.#held.room(),
        take: (lease) => this.#held.take(lease),
        callOff: (lease) => this.#held.callOff(lease),
        settled: (lease) => this.#settled(lease),
        ended: (id, outcome) => this.#jobEnded(id, outcome),
        missing: (id) => this.#addAgain(id),
        lost: (error) => process.nextTick(storeLost, server, error),
        found: () => process.nextTick(() => server.emit("storeFound")),
      },
    );
    this.#held = new Held(server, primary, this.#store, {
      ownOf: (id) => this.#jobs.entries(id)[0]?.item,
      onOver: () => this.#tellIdle(),
    });
    primary.use(this);
  }

  itemOf(id) {
    return this.#held.local.itemOf(id);
  }

  /** What was enqueued here, as long as it is not over. */
  item(id) {
    return [...this.#own].find(({ item }) => item.id === id)?.item;
  }

  /** Ends a request and removes it from Redis; "all" for every one that was enqueued here. */
  forget(target) {
    if (this.#server.done) {
      throw new EngineError("ERR_ENGINE_STOPPED", "the engine has stopped, and its connections are closed");
    }
    const items = target === "all" ? [...this.#own].map(({ item }) => item) : [this.#itemOfTarget(target)];
    dispatch(items, (item) => item?.cancel());
  }

  #itemOfTarget(target) {
    return typeof target === "number" ? this.item(target) : target;
  }

  enqueue(request, options) {
    const given = readRequestOptions(options);
    this.#refuse(given);
    const item = new QueueItem(this.#nextId, request);
    stamp(request, item.id);
    if (given.key !== undefined) {
      item.key = given.key;
    }
    const json = sizedJson(request, this.#primary.options.maxMessageSize);
    const jobId = given.key ? idOfKey(given.key) : `${this.#base}-${item.id}`;
    const entry = new OwnItem(this, item, json, jobId, given);
    if (this.#server.done) {
      process.nextTick(() => this.#end(entry, "failed", outcomes.stopped()));
    } else if (this.#jobs.add(entry)) {
      this.#send(entry);
    }
    this.#nextId += 1;
    this.#own.add(entry);
    if (!this.#hasStarted && this.#own.size === 1) {
      enqueuedBeforeStart(this.#server, () => this.#own.size);
    }
    if (given.signal) {
      const reason = () => outcomes.cancelled(`item ${item.id}`, given.signal);
      item[kCleanUp] = follow(given.signal, () => this.withdraw(entry, "cancelled", reason()));
    }
    this.#held.claimExpiring(request);
    return item;
  }

  #refuse({ signal, priority }) {
    const { done } = this.#server;
    if (signal?.aborted) {
      throw outcomes.cancelled("the request", signal);
    }
    if (this.#isClosing && !done) {
      throw new EngineError("ERR_ENGINE_CLOSING", "the engine is closing and takes no more requests");
    }
    this.#store.checkPriority(priority);
    const refusal = done ? null : this.#store.refusal;
    if (refusal) {
      throw refusal;
    }
  }

  #send(entry) {
    const { item, json, jobId, given } = entry;
    const nonce = `${this.#base}-${item.id}`;
    const { signal: _, ...fields } = given;
    const job = this.#jobs.current(jobId);
    this.#store.add(
      json,
      { ...fields, jobId, nonce, by: this.#by },
      () => this.#stored(entry, job, nonce),
      (error) => this.#endAll(jobId, { error }),
    );
  }

  /** With a key the job may have been there before: whose it is only the job itself tells, and it may be over. */
  async #stored({ jobId, given }, job, nonce) {
    const isAnothers = given.key ? await this.#store.isAnothers(jobId, nonce) : false;
    if (this.#jobs.stored(jobId, job, isAnothers)) {
      this.#store.await(jobId, isAnothers || job.isOver);
    }
  }

  /** Redis has lost it, with all its data maybe. */
  #addAgain(jobId) {
    const [entry] = this.#jobs.entries(jobId);
    if (entry && !this.#server.done) {
      this.#send(entry);
    }
  }

  #settled({ id, outcome, item }) {
    if (!this.#jobEnded(id, { ...outcome, attempts: item?.attempts })) {
      this.#tellIdle();
    }
  }

  /** True when an item here waited for it. */
  #jobEnded(jobId, outcome) {
    const job = this.#jobs.current(jobId);
    const [first] = this.#jobs.entries(jobId);
    if (first?.given.key && !first.isStored) {
      // Maybe that was said of an earlier one: it is looked at when it is known whose it is.
      job.isOver = true;
      return true;
    }
    return this.#endAll(jobId, outcome);
  }

  #endAll(jobId, { value, error, attempts }) {
    const entries = [...this.#jobs.entries(jobId)];
    const state = error === undefined ? "done" : error.code === "ERR_ITEM_TIMEOUT" ? "timedOut" : "failed";
    dispatch(entries, (entry) => this.#end(entry, state, error ?? value, attempts));
    return entries.length > 0;
  }

  #end(entry, state, outcome, attempts = 1) {
    const { item } = entry;
    if (!this.#own.delete(entry)) {
      return;
    }
    this.#jobs.leave(entry);
    entry.ended(state === "done" ? null : outcome);
    if (state === "failed" && item.listenerCount("failed") === 0 && !item[kIsAwaited]) {
      this.warnOfFailure(`request ${item.id} failed and nothing listens to its "failed" event`, outcome);
    }
    try {
      item[kEnd](state, outcome, attempts);
    } finally {
      if (this.#own.size === 0) {
        this.#onNoneLeft?.();
      }
      this.#tellIdle();
    }
  }

  /** Ends an item by its user's will. Its job goes too, unless another request waits for it. */
  withdraw(entry, state, outcome) {
    if (!this.#own.has(entry)) {
      return;
    }
    const { jobId, item } = entry;
    const isAnothers = this.#jobs.isAnothers(jobId);
    this.#end(entry, state, state === "failed" ? asError(outcome) : outcome, item.attempts);
    if (this.#jobs.has(jobId)) {
      return;
    }
    if (isAnothers) {
      this.#store.forget(jobId);
    } else {
      this.#store.cancel(jobId);
    }
  }

  stateOf(entry) {
    return this.#held.stateOf(entry);
  }

  attemptsOf(entry) {
    return this.#held.attemptsOf(entry);
  }

  requeue({ item, jobId }) {
    if (!this.#server.done) {
      this.#held.requeue(item, jobId);
    }
  }

  beforeStart() {
    started(this.#server);
  }

  afterStart() {
    if (!this.#hasStarted && !this.#server.done) {
      this.#hasStarted = true;
      this.#held.start();
    }
  }

  idle() {
    return this.#idle.wait(this.#isIdle());
  }

  #isIdle() {
    return this.#own.size === 0 && this.#store.held === 0;
  }

  #tellIdle() {
    if (this.#isIdle()) {
      this.#server.emit("idle");
    }
  }

  /** What was enqueued here is waited for, wherever it is; then what is held here. */
  async drain() {
    this.#isClosing = true;
    if (this.#own.size > 0) {
      await new Promise((resolve) => {
        this.#onNoneLeft = resolve;
      });
    }
    await this.#held.drain();
  }

  pause(isPaused) {
    this.#held.pause(isPaused);
  }

  handle(event) {
    this.#held.local.handle(event);
  }

  workerEnded(worker, how) {
    this.#held.local.workerEnded(worker, how);
  }

  warnOfFailure(what, error) {
    this.#held.local.warnOfFailure(what, error);
  }

  /** `stop()` was called: what is held goes to other primaries while the workers end. */
  stopping() {
    this.#held.stop();
    this.#left = this.#store.close();
  }

  /** Resolves when that is done, and no connection is left. */
  leave() {
    return this.#left;
  }

  release() {
    this.#held.local.release();
    dispatch([...this.#own], (entry) => {
      const error = outcomes.stopped();
      error.stored = entry.isStored;
      this.#end(entry, "failed", error, entry.item.attempts);
    });
  }

  stats() {
    return { ...this.#held.local.stats(), shared: this.#store.stats() };
  }
}

module.exports = { SharedRequests };
