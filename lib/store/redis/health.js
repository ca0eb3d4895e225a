"use strict";

const { log } = require("../../native/log");
const { storeError } = require("./failures");

/** Whether Redis does what it is asked for: tells of each change once. */
class Health {
  #onLost;
  #onFound;
  #error = null;
  #isOver = false;

  constructor(onLost, onFound) {
    this.#onLost = onLost;
    this.#onFound = onFound;
  }

  /** Why it does not; null while it does. */
  get error() {
    return this.#error;
  }

  get isFull() {
    return this.#error?.code === "ERR_STORE_FULL";
  }

  /** Nobody is told any more. */
  stop() {
    this.#isOver = true;
  }

  /** Something failed, other than for a job's own sake. */
  failed(thrown) {
    const error = storeError(thrown);
    // What follows of the first reason says less than it: "cannot be reached", of a wrong password.
    const isNews = this.#error?.code !== error.code && error.code !== "ERR_STORE_UNAVAILABLE";
    if (this.#isOver || (this.#error && !isNews)) {
      return;
    }
    this.#error = error;
    log.warn?.("store is lost", { code: error.code, reason: error.message });
    this.#onLost(error);
  }

  /** Something was done; `isWrite`: it needed room. */
  worked(isWrite = false) {
    if (this.#error && !this.#isOver && (isWrite || !this.isFull)) {
      this.#error = null;
      log.info?.("store is found");
      this.#onFound();
    }
  }
}

module.exports = { Health };
