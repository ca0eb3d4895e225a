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

/** The items of a part of what native code has read (see NativeRecovered in binding.d.ts), and those without an attempt. */
function recoveredFrom({ ids, requests, spent, keyed, keys }) {
  const texts = requests.split("\n");
  const items = Array.from(ids, (id, index) => new RecoveredItem(id, texts[index]));
  keyed.forEach((place, index) => {
    items[place].key = keys[index];
  });
  return { items, spent: spent.map((place) => items[place]) };
}

module.exports = { recoveredFrom };
