"use strict";

/** So many ids share a block. */
const BLOCK = 1024;

/**
 * Items by their ids, which grow one by one. A Map of a million copies all it has again and again while it grows, and
 * while it empties; blocks stay where they are. A block goes with the last item in it, but for the newest.
 */
class ItemTable {
  #blocks = new Map();
  #newest = -1;
  #size = 0;

  get size() {
    return this.#size;
  }

  get(id) {
    return this.#blocks.get(Math.floor(id / BLOCK))?.items[id % BLOCK];
  }

  has(id) {
    return this.get(id) !== undefined;
  }

  /** Adds an item under an id above all before it. */
  add(id, item) {
    const number = Math.floor(id / BLOCK);
    if (number !== this.#newest) {
      this.#dropIfEmpty(this.#newest);
      this.#newest = number;
      this.#blocks.set(number, { items: new Array(BLOCK), count: 0 });
    }
    const block = this.#blocks.get(number);
    block.items[id % BLOCK] = item;
    block.count += 1;
    this.#size += 1;
  }

  delete(id) {
    const number = Math.floor(id / BLOCK);
    const block = this.#blocks.get(number);
    if (block?.items[id % BLOCK] === undefined) {
      return;
    }
    block.items[id % BLOCK] = undefined;
    block.count -= 1;
    this.#size -= 1;
    if (number !== this.#newest) {
      this.#dropIfEmpty(number);
    }
  }

  /** All items, oldest first. */
  values() {
    return [...this.#blocks.values()].flatMap(({ items }) => items.filter((item) => item !== undefined));
  }

  #dropIfEmpty(number) {
    if (this.#blocks.get(number)?.count === 0) {
      this.#blocks.delete(number);
    }
  }
}

module.exports = { ItemTable };
