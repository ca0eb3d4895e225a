"use strict";

/** The items that have keys, by these, as long as they are not over. */
class Keys {
  #items = new Map();
  #duplicates = new WeakSet();

  /** The item that has the key; undefined when there is none, or no key. */
  of(key) {
    return key === undefined ? undefined : this.#items.get(key);
  }

  /** Another request had the item's key. */
  note(item) {
    this.#duplicates.add(item);
  }

  isDuplicate(item) {
    return this.#duplicates.has(item);
  }

  add(item) {
    if (item.key !== undefined) {
      this.#items.set(item.key, item);
    }
  }

  delete(item) {
    if (item.key !== undefined && this.#items.get(item.key) === item) {
      this.#items.delete(item.key);
    }
  }
}

module.exports = { Keys };
