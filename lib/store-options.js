"use strict";

// Option `store`: where requests are kept, beside memory.

const { OptionRangeError, OptionTypeError } = require("./errors");
const { integer, isAbsent, ms, readRow, readTable, show } = require("./option-table");

const KEPT = ["failed", "all"];

function readSync(name, value) {
  if (value === "always") {
    return value;
  }
  if (typeof value !== "number") {
    throw new OptionTypeError(`option "${name}" must be "always" or a number of ms, not ${show(value)}`);
  }
  return readRow(name, value, ms());
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

function readUrl(name, value) {
  if (!/^rediss?:\/\//i.test(value) || !URL.canParse(value)) {
    // It may hold a password.
    throw new OptionRangeError(`option "${name}" must be an address such as "redis://localhost:6379" or "rediss://…"`);
  }
  return value;
}

/** A URL, options of ioredis, or what ioredis made of them. */
function readRedis(name, value) {
  if (typeof value === "string") {
    return readUrl(name, value);
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new OptionTypeError(
      `option "${name}" must be an address, options of ioredis or its client, not ${show(value)}`,
    );
  }
  return value;
}

/** BullMQ joins names by colons. */
function readName(name, value) {
  if (typeof value !== "string") {
    throw new OptionTypeError(`option "${name}" must be a string, not ${show(value)}`);
  }
  if (value.includes(":")) {
    throw new OptionRangeError(`option "${name}" must have no colon, unlike ${show(value)}`);
  }
  return value;
}

const REDIS = {
  redis: { read: readRedis },
  queue: { read: readName },
  prefix: { kind: "string" },
  // A stalled check takes place three times in it.
  lock: integer(1_000, 2 ** 31 - 1, 15_000),
  keep: integer(1, 2 ** 31 - 1, 1_000),
};

/** The options of either kind of store, by what names the kind: `{ file }`, or `{ redis, queue }`. */
function readStore(name, value, _row, onUnknown = () => {}) {
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new OptionTypeError(`option "${name}" must be an object such as { file: "queue.db" }, not ${show(value)}`);
  }
  const [isFile, isRedis] = [!isAbsent(value.file), !isAbsent(value.redis) || !isAbsent(value.queue)];
  if (isFile === isRedis) {
    const problem = isFile ? "names both" : "names none";
    throw new OptionTypeError(`option "${name}" must name a file, or redis and queue: it ${problem}`);
  }
  const table = isFile ? FILE : REDIS;
  const options = readTable(value, table, onUnknown, `${name}.`);
  for (const needed of isFile ? ["file"] : ["redis", "queue"]) {
    if (isAbsent(options[needed])) {
      throw new OptionTypeError(`option "${name}.${needed}" is missing`);
    }
  }
  return options;
}

module.exports = { readStore };
