"use strict";

// Option `store`: where requests are kept beside memory.

const { OptionTypeError } = require("./errors");
const { ms, readTable, show } = require("./option-table");

const KEPT = ["failed", "all"];

function readSync(name, value) {
  if (value === "always") {
    return value;
  }
  if (typeof value !== "number") {
    throw new OptionTypeError(`option "${name}" must be "always" or a number of ms, not ${show(value)}`);
  }
  return readTable({ value }, { value: ms() }, undefined, `${name}: `).value;
}

function readKeep(name, value) {
  if (!KEPT.includes(value)) {
    throw new OptionTypeError(`option "${name}" must be "failed" or "all", not ${show(value)}`);
  }
  return value;
}

const FILE = {
  file: { kind: "string" },
  sync: { read: readSync, fallback: "always" },
  keep: { read: readKeep },
};

/**
 * The options of a store with their defaults; undefined for memory alone.
 * @throws {OptionTypeError | OptionRangeError} naming option, value and what is allowed
 */
function readStore(name, value, _row, onUnknown) {
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new OptionTypeError(`option "${name}" must be an object such as { file: "queue.db" }, not ${show(value)}`);
  }
  const store = readTable(value, FILE, onUnknown, `${name}.`);
  if (store.file === undefined) {
    throw new OptionTypeError(`option "${name}" must name a file, as { file: "queue.db" }, not ${show(value)}`);
  }
  return store;
}

module.exports = { readStore };
