"use strict";

const { EventEmitter } = require("node:events");
const { answer } = require("../answer");
const { ItemError } = require("../errors");

/** The longest time of a timer in Node, ms. */
const MAX_TIMEOUT = 2 ** 31 - 1;

// Keys for the engine alone; users see the methods.
const kOwner = Symbol("owner");
const kEnd = Symbol("end");
const kIsAwaited = Symbol("isAwaited");
const kCleanUp = Symbol("cleanUp");

/**
 * The listeners of an item, by event. Node's own object for them takes 150 bytes more, as its kind is made for many
 * keys; a waiting request takes less than 1 KB with this one.
 */
function Listeners() {}
Listeners.prototype = Object.create(null);

function ignore() {}

/** A request and what becomes of it. `owner` is the engine's side of it; an item made by hand has none. */
class QueueItem extends EventEmitter {
  #state = "new";
  #timer = null;
  #result = null;
  #onEnd = null;
  #attempts = 0;

  /** What makes the request the same as another. An own property where there is one. */
  static {
    Object.defineProperty(QueueItem.prototype, "key", { value: undefined, writable: true });
  }

  constructor(id, request) {
    super();
    this._events = new Listeners();
    this.id = id;
    this.request = request;
    this.response = null;
    this.error = null;
    this[kOwner] = null;
    this[kCleanUp] = null;
  }

  get state() {
    return this.#state === "new" ? (this[kOwner]?.stateOf(this) ?? "new") : this.#state;
  }

  get attempts() {
    return this.#isOpen() ? (this[kOwner]?.attemptsOf(this) ?? 0) : this.#attempts;
  }

  get duplicate() {
    return this[kOwner]?.isDuplicate?.(this) ?? false;
  }

  get stored() {
    return this[kOwner]?.storedOf?.(this) ?? Promise.resolve();
  }

  /** True when somebody waits for `result()`. */
  get [kIsAwaited]() {
    return this.#result?.isTaken ?? false;
  }

  start(timeout) {
    if (this.state !== "new") {
      throw new ItemError("ERR_ITEM_STATE", `item ${this.id} cannot start: it is ${this.state}`);
    }
    this.#state = "started";
    // Node would take a longer time for 1 ms.
    if (!(timeout > MAX_TIMEOUT)) {
      this.#timer = setTimeout(() => this.emit("timeout"), timeout);
    }
  }

  finish(response) {
    if (this.#isLate()) {
      return;
    }
    if (this[kOwner]) {
      this.#mustBeOpen("finish");
      this[kOwner].finish(this, response);
    } else {
      this[kEnd]("done", response);
    }
  }

  fail(error) {
    if (this.#isLate()) {
      return;
    }
    if (this[kOwner]) {
      this.#mustBeOpen("fail");
      this[kOwner].fail(this, error);
    } else {
      this[kEnd]("failed", error);
    }
  }

  cancel() {
    const error = new ItemError("ERR_ITEM_CANCELLED", `item ${this.id} was cancelled`);
    if (this[kOwner]) {
      this[kOwner].cancel(this, error);
    } else if (this.#isOpen()) {
      this[kEnd]("cancelled", error);
    }
  }

  requeue() {
    this.#mustBeOpen("requeue");
    this[kOwner]?.requeue(this);
  }

  result() {
    this.#result ??= answer((resolve, reject) => {
      if (this.#state === "done") {
        resolve(this.response);
      } else if (!this.#isOpen()) {
        reject(this.error);
      } else {
        this.#onEnd = () => (this.#state === "done" ? resolve(this.response) : reject(this.error));
      }
      // The engine itself warns of failures that nobody listens to.
    }, ignore);
    return this.#result;
  }

  /** Ends the item, once: "done" with its response; "failed", "timedOut" or "cancelled" with an error. */
  [kEnd](state, outcome, attempts = this.attempts) {
    this.#mustBeOpen("end");
    clearTimeout(this.#timer);
    this[kCleanUp]?.();
    this.#attempts = attempts;
    this.#state = state;
    if (state === "done") {
      this.response = outcome;
    } else {
      this.error = outcome;
    }
    this.#onEnd?.();
    if (state === "done") {
      this.emit("response", outcome);
    } else if (state === "failed") {
      this.emit("failed", outcome);
    }
  }

  /** On a worker: the lease was lost before its handler came to an end. */
  #isLate() {
    return this[kOwner]?.ignoresLate === true && (this.#state === "timedOut" || this.#state === "cancelled");
  }

  #isOpen() {
    return this.#state === "new" || this.#state === "started";
  }

  #mustBeOpen(verb) {
    if (!this.#isOpen()) {
      throw new ItemError("ERR_ITEM_STATE", `item ${this.id} cannot ${verb}: it is ${this.#state}`);
    }
  }
}

module.exports = { QueueItem, kOwner, kCleanUp, kEnd, kIsAwaited };
