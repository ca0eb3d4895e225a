"use strict";

// Option `store`: where requests wait.

const { OptionRangeError, OptionTypeError } = require("./errors");
const { integer, isAbsent, readTable, show } = require("./option-table");

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
  maxPending: integer(1, 2 ** 31 - 1, 10_000),
  keep: integer(1, 2 ** 31 - 1, 1_000),
};

/** Throws an OptionTypeError or OptionRangeError that names option, value and what is allowed. */
function readStore(name, value, _row, onUnknown = () => {}) {
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new OptionTypeError(`option "${name}" must be an object such as { redis, queue }, not ${show(value)}`);
  }
  const options = readTable(value, REDIS, onUnknown, `${name}.`);
  for (const needed of ["redis", "queue"]) {
    if (isAbsent(options[needed])) {
      throw new OptionTypeError(`option "${name}.${needed}" is missing`);
    }
  }
  return options;
}

module.exports = { readStore };
