"use strict";

/** Pseudo-random numbers (mulberry32): the same seed gives the same choices in the same order. */
class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** From 0, below 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let bits = this.#state;
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from `min` to `max`. */
  between(min, max) {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** One of `list`; undefined when it is empty. */
  pick(list) {
    return list[Math.floor(this.next() * list.length)];
  }

  /** A pause in ms after which something comes that comes every `mean` ms on average, whenever it came last. */
  pause(mean) {
    return -Math.log(1 - this.next()) * mean;
  }

  shuffled(list) {
    const rest = [...list];
    return list.map(() => rest.splice(Math.floor(this.next() * rest.length), 1)[0]);
  }
}

module.exports = { Random };
