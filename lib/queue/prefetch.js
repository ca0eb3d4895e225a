"use strict";

/** Requests are taken in advance as far as they keep a worker busy for so long, ms: some times what a hand-over takes. */
const AHEAD = 1;
const MAX_DEPTH = 64;
/** Behind a handler that takes longer, ms, none is taken: a hand-over is nothing to it. */
const WORTHWHILE = 20;
/** After so long, ms and times the mean, without any moving the primary takes them back, for other workers. */
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
