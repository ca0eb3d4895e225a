"use strict";

const { now } = require("../clock");

/** How much longer than its own start a worker's successor may take to start. */
const MARGIN = 2;
/** Only when so few items, or so small a share of them, are left: the first few say little about the rest. */
const FEW = 8;
const SHARE = 0.75;

/** When a worker tells its primary that it ends before long: early enough for its successor to be ready by then. */
class Retirement {
  #startup = 0;
  #readyAt = 0;
  #served = 0;
  #near;

  /** `iterations`: how many items it will serve in all. */
  constructor(iterations) {
    this.#near = Math.max(FEW, iterations * SHARE);
  }

  /** The worker can take work. */
  ready() {
    this.#readyAt = now();
    this.#startup = process.uptime() * 1000;
  }

  /** One more item is done. */
  count() {
    this.#served += 1;
  }

  get hasServed() {
    return this.#served > 0;
  }

  /** True when `left` items will take no longer than another worker takes to start. */
  isNear(left) {
    if (left <= 0) {
      return true;
    }
    if (this.#served === 0 || left > this.#near) {
      return false;
    }
    const each = (now() - this.#readyAt) / this.#served;
    return left * each <= this.#startup * MARGIN;
  }
}

module.exports = { Retirement };
