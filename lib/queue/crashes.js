"use strict";

/** How long the end of an item waits for the end of its last worker, ms: its connection ends a little before it does. */
const PATIENCE = 1_000;
/** How many ends of workers are remembered, for items that need them later. */
const REMEMBERED = 100;
/** How many of an item's ends an error names. */
const NAMED = 3;

/** How the workers ended that ended under items. */
class Crashes {
  /** Item: the ends under it, each `{ worker, how }`; `how` is null as long as it is not known. */
  #byItem = new Map();
  #ends = new Map();
  /** Those who wait to hear how a worker ended. */
  #waiting = new Set();

  /** A worker ended under an item. `fault` is what it said itself, if anything. */
  add(item, worker, fault) {
    const ends = this.#byItem.get(item) ?? [];
    ends.push({ worker, how: fault ?? this.#ends.get(worker) ?? null });
    this.#byItem.set(item, ends);
  }

  /** A worker's process has ended. */
  workerEnded(worker, how) {
    this.#ends.set(worker, how);
    if (this.#ends.size > REMEMBERED) {
      this.#ends.delete(this.#ends.keys().next().value);
    }
    for (const ends of this.#byItem.values()) {
      for (const end of ends) {
        end.how ??= end.worker === worker ? how : null;
      }
    }
    for (const look of [...this.#waiting]) {
      look();
    }
  }

  /** Calls back as soon as it is known how the last worker of an item ended, at once if it is. */
  whenKnown(item, callback) {
    const last = this.#byItem.get(item)?.at(-1);
    if (!last || last.how !== null) {
      callback();
      return;
    }
    const look = (isLate) => {
      if (isLate || last.how !== null) {
        clearTimeout(timer);
        this.#waiting.delete(look);
        callback();
      }
    };
    const timer = setTimeout(look, PATIENCE, true).unref();
    this.#waiting.add(look);
  }

  /** How often workers ended under an item, and how the last ones did. */
  describe(item) {
    const ends = this.#byItem.get(item);
    if (!ends) {
      return "by itself";
    }
    const ways = ends.slice(-NAMED).map(({ how }) => how ?? "its connection ended");
    return `${ends.length === 1 ? "once" : `${ends.length} times`} (${[...new Set(ways)].join("; ")})`;
  }

  /** The item is over. */
  forget(item) {
    if (this.#byItem.size > 0) {
      this.#byItem.delete(item);
    }
  }
}

module.exports = { Crashes };
