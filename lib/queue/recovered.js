"use strict";

const { QueueItem } = require("./item");

const kText = Symbol("text");
const kRequest = Symbol("request");

/** An item of an earlier process. Its request is read when somebody looks at it: there may be a million of them. */
class RecoveredItem extends QueueItem {
  get request() {
    if (this[kText] !== undefined) {
      this[kRequest] = JSON.parse(this[kText]);
      this[kText] = undefined;
    }
    return this[kRequest];
  }

  /** The constructor sets the text, and users may set what they like. */
  set request(value) {
    const isText = !(kText in this);
    this[kText] = isText ? value : undefined;
    this[kRequest] = isText ? undefined : value;
  }
}

/**
 * The items of what native code has read: see NativeRecovered in binding.d.ts. `isSpent`: it has no attempt left.
 */
function recoveredFrom({ nextId, ids, requests, attempts, maxAttempts, keys }) {
  const waiting = ids.map((id, index) => {
    const item = new RecoveredItem(id, requests[index]);
    if (keys[index] !== undefined && keys[index] !== null) {
      item.key = keys[index];
    }
    return { item, isSpent: maxAttempts[index] > 0 && attempts[index] >= maxAttempts[index] };
  });
  return { nextId, waiting };
}

module.exports = { recoveredFrom };
