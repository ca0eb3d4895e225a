"use strict";

// Reads options by tables. A row is `{ kind, fallback, … }`, or `{ read(name, value), fallback }` where the kinds do not
// do. `fallback` is the default, or a function that gives it.

const { inspect } = require("node:util");
const { OptionTypeError, OptionRangeError } = require("./errors");

const integer = (min, max, fallback) => ({ kind: "integer", min, max, fallback });
const ms = (fallback) => integer(1, 2 ** 31 - 1, fallback);
// Infinity for no limit.
const limit = (fallback) => ({ ...ms(fallback), infinite: true });

/** A value as an error shows it. */
function show(value) {
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY });
}

function readInteger(name, value, { min, max, infinite, remedy = "" }) {
  // Callers pass process.env.X straight through.
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  const allowed = `an integer from ${min} to ${max}${infinite ? " or Infinity" : ""}`;
  if (typeof number !== "number" || (typeof value === "string" && Number.isNaN(number))) {
    throw new OptionTypeError(`option "${name}" must be ${allowed}, not ${show(value)}`);
  }
  if (infinite && number === Number.POSITIVE_INFINITY) {
    return number;
  }
  if (number === 0 && min > 0) {
    return undefined;
  }
  if (!Number.isInteger(number) || number < min || number > max) {
    throw new OptionRangeError(`option "${name}" must be ${allowed}, not ${show(value)}${remedy}`);
  }
  return number;
}

function readStrings(name, value) {
  const list = typeof value === "string" ? [value] : value;
  if (!Array.isArray(list) || !list.every((item) => typeof item === "string")) {
    throw new OptionTypeError(`option "${name}" must be an array of strings, not ${show(value)}`);
  }
  return [...list];
}

function readAs(type) {
  return (name, value) => {
    if (typeof value !== type) {
      throw new OptionTypeError(`option "${name}" must be a ${type}, not ${show(value)}`);
    }
    return value;
  };
}

function readGroup(name, value, { options }, onUnknown) {
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new OptionTypeError(`option "${name}" must be an object, not ${show(value)}`);
  }
  return readTable(value, options, onUnknown, `${name}.`);
}

function readSignal(name, value) {
  if (typeof value?.addEventListener !== "function" || typeof value.aborted !== "boolean") {
    throw new OptionTypeError(`option "${name}" must be an AbortSignal, not ${show(value)}`);
  }
  return value;
}

const READERS = {
  integer: readInteger,
  strings: readStrings,
  string: readAs("string"),
  function: readAs("function"),
  boolean: readAs("boolean"),
  group: readGroup,
  signal: readSignal,
};

// What the original's `options.x or default` took for not given. `false` is a value where booleans are.
function isAbsent(value) {
  return value === undefined || value === null || value === 0 || value === "";
}

function fallbackOf({ kind, options, fallback }, path) {
  if (kind === "group") {
    return readTable({}, options, undefined, `${path}.`);
  }
  return typeof fallback === "function" ? fallback() : fallback;
}

/** One value as a row of a table says; the row's default where it is absent. `path` is its name in errors. */
function readRow(path, value, row, onUnknown) {
  const read = row.read ?? READERS[row.kind];
  return (isAbsent(value) ? undefined : read(path, value, row, onUnknown)) ?? fallbackOf(row, path);
}

/**
 * All options of a table, with their defaults. `onUnknown(path, name, names)` hears of what is not in it.
 * @throws {OptionTypeError | OptionRangeError} naming option, value and what is allowed
 */
function readTable(given, table, onUnknown, prefix = "") {
  const result = {};
  for (const [name, row] of Object.entries(table)) {
    result[name] = readRow(prefix + name, given[name], row, onUnknown);
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(table, name)) {
      onUnknown(prefix + name, name, Object.keys(table));
    }
  }
  return result;
}

module.exports = { integer, isAbsent, limit, ms, readInteger, readRow, readTable, show };
