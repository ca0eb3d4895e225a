"use strict";

const cluster = require("node:cluster");
const { inspect } = require("node:util");
const os = require("node:os");
const { OptionTypeError, OptionRangeError } = require("./errors");

const integer = (min, max, fallback) => ({ kind: "integer", min, max, fallback });
const ms = (fallback) => integer(1, 2 ** 31 - 1, fallback);
// Infinity for no limit.
const limit = (fallback) => ({ ...ms(fallback), infinite: true });

/** Every option: its kind, range and default. Times in ms, sizes in MiB unless they say bytes. */
const OPTIONS = {
  workers: integer(1, 1024, () => os.availableParallelism()),
  workerIterations: integer(1, 2 ** 31 - 1, 100),
  workerParallelism: integer(1, 1024, 1),
  phantomArguments: { kind: "strings", fallback: () => [] },
  phantomBinary: { kind: "string" },
  phantomBasePort: {
    ...integer(1, 65_000, 12_300),
    remedy: ": it is the first port to try, so write 12300, or leave it out",
  },
  messageTimeout: limit(60_000),
  onStdout: { kind: "function" },
  onStderr: { kind: "function" },
  requeue: { kind: "boolean" },
  maxAttempts: { ...integer(1, 2 ** 31 - 1, Number.POSITIVE_INFINITY), infinite: true },
  maxCrashes: { ...integer(1, 2 ** 31 - 1, 3), infinite: true },
  retryErrors: integer(0, 2 ** 31 - 1, 0),
  restart: {
    kind: "group",
    options: {
      minDelay: ms(100),
      maxDelay: ms(10_000),
      maxRestarts: integer(1, 2 ** 31 - 1, 10),
      window: ms(60_000),
    },
  },
  startTimeout: ms(30_000),
  stopTimeout: ms(5_000),
  workerMemoryLimit: integer(1, 2 ** 31 - 1),
  phantomMemoryLimit: integer(1, 2 ** 31 - 1),
  isolate: { kind: "boolean", fallback: false },
  pageTimeout: limit(60_000),
  maxMessageSize: integer(1024, 2 ** 30, 64 * 2 ** 20),
};

/** What `enqueue` takes for one request. */
const REQUEST_OPTIONS = {
  timeout: limit(),
  maxAttempts: { ...integer(1, 2 ** 31 - 1), infinite: true },
  maxCrashes: { ...integer(1, 2 ** 31 - 1), infinite: true },
  priority: integer(-(2 ** 31), 2 ** 31 - 1, 0),
  signal: { kind: "signal" },
};

// The README of 0.1.x named these two; the plain name wins where both stand.
const ALIASES = { numWorkers: "workers", iterations: "workerIterations" };

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

function readGroup(name, value, { options }) {
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new OptionTypeError(`option "${name}" must be an object, not ${show(value)}`);
  }
  return readAll(value, options, `${name}.`);
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

function fallbackOf(spec, path) {
  if (spec.kind === "group") {
    return readAll({}, spec.options, path);
  }
  return typeof spec.fallback === "function" ? spec.fallback() : spec.fallback;
}

function readAll(given, table, prefix) {
  const result = {};
  for (const [name, spec] of Object.entries(table)) {
    const path = prefix + name;
    const value = isAbsent(given[name]) ? undefined : READERS[spec.kind](path, given[name], spec);
    result[name] = value ?? fallbackOf(spec, `${path}.`);
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(table, name) && !(prefix === "" && Object.hasOwn(ALIASES, name))) {
      warnUnknown(prefix + name, Object.keys(table), name);
    }
  }
  return result;
}

function warnUnknown(path, known, name) {
  // Workers run the same script: one voice is enough.
  if (!cluster.isWorker) {
    const { didYouMean } = require("./nearest");
    const { warnOnce } = require("./warn");
    const message = `phantom-cluster has no option "${path}"${didYouMean(name, known)}`;
    warnOnce("PHANTOM_CLUSTER_UNKNOWN_OPTION", path, message);
  }
}

/**
 * The options with all defaults filled in.
 * @throws {OptionTypeError | OptionRangeError} naming option, value and what is allowed
 */
function readOptions(given) {
  if (given === undefined || given === null) {
    return readAll({}, OPTIONS, "");
  }
  if (typeof given !== "object") {
    throw new OptionTypeError(`options must be an object, not ${show(given)}`);
  }
  const plain = { ...given };
  for (const [alias, name] of Object.entries(ALIASES)) {
    if (isAbsent(plain[name])) {
      plain[name] = plain[alias];
    }
  }
  return readAll(plain, OPTIONS, "");
}

const NO_REQUEST_OPTIONS = Object.freeze(readAll({}, REQUEST_OPTIONS, ""));

/**
 * The options of one request; `timeout` and `maxAttempts` are undefined where the engine's hold.
 * @throws {OptionTypeError | OptionRangeError} as `readOptions`
 */
function readRequestOptions(given) {
  if (given === undefined || given === null) {
    return NO_REQUEST_OPTIONS;
  }
  if (typeof given !== "object") {
    throw new OptionTypeError(`the options of a request must be an object, not ${show(given)}`);
  }
  return readAll(given, REQUEST_OPTIONS, "");
}

/**
 * One value that is read as option `name` is, for calls that override it.
 * @throws {OptionTypeError | OptionRangeError} as `readOptions`
 */
function readOption(name, value, fallback, label = name) {
  return isAbsent(value) ? fallback : (READERS[OPTIONS[name].kind](label, value, OPTIONS[name]) ?? fallback);
}

module.exports = { readOptions, readOption, readRequestOptions };
