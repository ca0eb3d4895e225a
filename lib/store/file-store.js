"use strict";

const path = require("node:path");
const { NativeStore } = require("../native/addon");
const { answer } = require("../answer");
const { dispatch } = require("../native/dispatch");
const { EngineError, StoreError, fromNative } = require("../errors");
const { describe } = require("../thrown");

/** So many that the file need not know any more are said in one call, at least once a turn of the event loop. */
const AT_ONCE = 1_000;
// Node keeps the event loop alive for a timer that is never meant to fire.
const FOREVER = 2 ** 31 - 1;

/**
 * The file of one primary: a journal of its requests. The queue itself is in memory, and told of nothing here but what
 * was in the file.
 */
class FileStore {
  #native;
  #keep;
  #onLost;
  #onFound;
  #lost = null;
  #isClosed = false;
  #over = [];
  // Promises of items that are not in the file yet, by their ids, nearly always in their order. Who waits keeps the process
  // from ending.
  #awaited = new Map();
  #isInOrder = true;
  #lastAwaited = -1;
  #keepAlive = null;

  /**
   * Opens the file. `onLost(error)` and `onFound()` are told when it cannot be written to, and when it can again.
   * @throws {StoreError} ERR_STORE_LOCKED, ERR_STORE_CORRUPT, ERR_STORE_FULL, ERR_STORE_UNAVAILABLE
   */
  constructor({ file, sync, keep }, maxPending, { onLost, onFound }) {
    this.#keep = keep;
    this.#onLost = onLost;
    this.#onFound = onFound;
    const interval = sync === "always" ? undefined : sync;
    try {
      this.#native = new NativeStore({ file: path.resolve(file), interval, maxPending }, (events) =>
        dispatch(events, (event) => this.#handle(event)),
      );
    } catch (error) {
      throw fromNative(error);
    }
  }

  get native() {
    return this.#native;
  }

  /** The end of all ids that were ever given. */
  get nextId() {
    return this.#native.nextId;
  }

  /** What was in the file, in parts: see NativeRecovered in binding.d.ts. */
  *recovered() {
    for (let part = this.#read(); part; part = this.#read()) {
      yield part;
    }
  }

  #read() {
    try {
      return this.#native.recovered();
    } catch (error) {
      throw fromNative(error);
    }
  }

  /** @throws {StoreError} when the file cannot be written to, and `maxPending` requests wait for it */
  admit() {
    if (this.#lost && this.#native.isFull) {
      const message =
        'the request is not enqueued, as the store cannot be written to and "maxPending" requests wait for it: ';
      throw new StoreError(this.#lost.code, message + this.#lost.message, { cause: this.#lost });
    }
  }

  sayKey(id, key) {
    this.#native.sayKey(id, key);
  }

  isStored(id) {
    return this.#native.isStored(id);
  }

  /** Resolves when an item is in the file, or over; rejects where the engine stopped before that. */
  storedOf(id) {
    let entry = this.#awaited.get(id);
    if (!entry) {
      entry = settleable();
      if (this.#native.whenStored(id)) {
        entry.resolve();
        return entry.promise;
      }
      if (this.#isClosed) {
        entry.reject(tooLate());
        return entry.promise;
      }
      this.#isInOrder &&= id > this.#lastAwaited;
      this.#lastAwaited = id;
      this.#awaited.set(id, entry);
      this.#keepAlive ??= setInterval(ignore, FOREVER);
    }
    return entry.promise;
  }

  /** An item is over, and its listeners have heard of it. */
  ended({ id, state, response, error }) {
    const isDone = state === "done";
    const isKept = isDone ? this.#keep === "all" : this.#keep !== undefined && state !== "cancelled";
    if (isKept) {
      this.#native.keep(id, isDone, isDone ? textOf(response) : textOfError(error));
    } else {
      this.forget(id);
    }
  }

  /** The file need not know of a request any more. */
  forget(id) {
    if (this.#isClosed) {
      throw new EngineError("ERR_ENGINE_STOPPED", "the engine has stopped, and its file is closed");
    }
    this.#over.push(id);
    if (this.#over.length === 1) {
      process.nextTick(() => this.#say());
    } else if (this.#over.length >= AT_ONCE) {
      this.#say();
    }
  }

  /** Nor of any. */
  forgetAll() {
    this.#say();
    this.#native.forgetAll();
  }

  /** Writes all that is known, as far as the file can be written to. */
  flush() {
    this.#say();
    this.#native.flush();
  }

  close() {
    if (this.#isClosed) {
      return;
    }
    this.#say();
    this.#native.close();
    this.#isClosed = true;
    const error = tooLate();
    for (const [id, { resolve, reject }] of this.#awaited) {
      if (this.#native.isStored(id)) {
        resolve();
      } else {
        reject(error);
      }
    }
    this.#awaited.clear();
    this.#letEnd();
  }

  #letEnd() {
    clearInterval(this.#keepAlive);
    this.#keepAlive = null;
  }

  #say() {
    if (this.#over.length > 0) {
      const ids = this.#over;
      this.#over = [];
      this.#native.forget(ids);
    }
  }

  #handle(event) {
    switch (event.kind) {
      case "stored":
        return this.#settle(event.below);
      case "lost":
        this.#lost = new StoreError(event.code, event.message);
        return this.#onLost(this.#lost);
      case "found":
        this.#lost = null;
        return this.#onFound();
    }
  }

  #settle(below) {
    for (const [id, { resolve }] of this.#awaited) {
      if (id < below) {
        this.#awaited.delete(id);
        resolve();
      } else if (this.#isInOrder) {
        return;
      }
    }
    if (this.#awaited.size === 0) {
      this.#isInOrder = true;
      this.#letEnd();
    }
  }
}

/** A promise that may be dropped, with what settles it. */
function settleable() {
  const entry = {};
  entry.promise = answer((resolve, reject) => Object.assign(entry, { resolve, reject }), ignore);
  return entry;
}

function ignore() {}

function tooLate() {
  return new EngineError("ERR_ENGINE_STOPPED", "the engine stopped before the request was stored");
}

/** A response as JSON text; none where it was given here and JSON cannot carry it. */
function textOf(response) {
  try {
    return JSON.stringify(response);
  } catch {
    return undefined;
  }
}

function textOfError(error) {
  const { name, code, message } = describe(error);
  return JSON.stringify({ name, code, message });
}

module.exports = { FileStore };
