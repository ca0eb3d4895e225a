"use strict";

/** As many requests are taken in advance as keep a worker busy for this time, ms: a few times that of a hand-over. */
const AHEAD = 1;
const MAX_DEPTH = 64;
/** None are taken in advance where a handler takes longer than this, ms: there a hand-over costs little. */
const WORTHWHILE = 20;
/** When no request here is begun for this time, ms and multiples of the mean, the primary takes them back. */
const PATIENCE = 5;
const PATIENCE_MEANS = 3;
/** Weight of the newest request in the mean. */
const WEIGHT = 0.1;

/** Requests that were handed over before their turn, so that a worker with short handlers need not wait for each. */
class Prefetch {
  #held = [];
  #mean = Number.POSITIVE_INFINITY;
  #giveBack;

  /** `giveBack(lease id)` returns one to the primary. */
  constructor(giveBack) {
    this.#giveBack = giveBack;
  }

  get length() {
    return this.#held.length;
  }

  /** How many to have here. */
  get depth() {
    const least = this.#mean < WORTHWHILE ? 1 : 0;
    return Math.min(MAX_DEPTH, Math.max(least, Math.floor(AHEAD / this.#mean)));
  }

  /** How long one may wait here while nothing moves, ms. */
  get patience() {
    return Math.max(PATIENCE, Math.min(WORTHWHILE, this.#mean) * PATIENCE_MEANS);
  }

  /** A request took `ms` from its turn to its end. */
  measure(ms) {
    this.#mean = this.#mean === Number.POSITIVE_INFINITY ? ms : this.#mean + (ms - this.#mean) * WEIGHT;
  }

  /** Keeps a request until its turn. */
  push(event) {
    this.#held.push(event);
  }

  shift() {
    return this.#held.shift();
  }

  /** Takes one out whose lease ended before its turn; false when it is not here. */
  remove(id) {
    const index = this.#held.findIndex(({ lease }) => lease === id);
    return index >= 0 && this.#held.splice(index, 1).length === 1;
  }

  /** The primary has taken one back: the requests here are slower than it seemed. */
  recalled(id) {
    this.#mean = Number.POSITIVE_INFINITY;
    this.remove(id);
  }

  /** Gives all back. */
  clear() {
    for (const { lease } of this.#held.splice(0)) {
      this.#giveBack(lease);
    }
  }
}

module.exports = { Prefetch };
