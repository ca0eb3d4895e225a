"use strict";

const cluster = require("node:cluster");
const os = require("node:os");
const { BROWSER_OPTIONS, checkBrowserOptions } = require("./browser-options");
const { OptionTypeError } = require("./errors");
const { integer, isAbsent, limit, ms, readRow, readTable, show } = require("./option-table");
const { readStore } = require("./store-options");

/** Every option: its kind, range and default. Times in ms, sizes in MiB unless they say bytes. */
const OPTIONS = {
  workers: integer(1, 1024, () => os.availableParallelism()),
  workerIterations: integer(1, 2 ** 31 - 1, 100),
  workerParallelism: integer(1, 1024, 1),
  ...BROWSER_OPTIONS,
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
  store: { read: readStore },
};

/** What `enqueue` takes for one request. */
const REQUEST_OPTIONS = {
  timeout: limit(),
  maxAttempts: { ...integer(1, 2 ** 31 - 1), infinite: true },
  maxCrashes: { ...integer(1, 2 ** 31 - 1), infinite: true },
  priority: integer(-(2 ** 31), 2 ** 31 - 1, 0),
  signal: { kind: "signal" },
  key: { kind: "string" },
};

// Names in the README of 0.1.x; where both are given, the other one counts.
const ALIASES = { numWorkers: "workers", iterations: "workerIterations" };

function onUnknown(path, name, known) {
  // Workers run the same script: one warning is enough.
  if (!cluster.isWorker && !Object.hasOwn(ALIASES, path)) {
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
  if (given !== undefined && given !== null && typeof given !== "object") {
    throw new OptionTypeError(`options must be an object, not ${show(given)}`);
  }
  const plain = { ...given };
  for (const [alias, name] of Object.entries(ALIASES)) {
    if (isAbsent(plain[name])) {
      plain[name] = plain[alias];
    }
  }
  const options = readTable(plain, OPTIONS, onUnknown);
  checkBrowserOptions(options, plain, ["phantomBinary"]);
  return options;
}

const NO_REQUEST_OPTIONS = Object.freeze(readTable({}, REQUEST_OPTIONS, onUnknown));

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
  return readTable(given, REQUEST_OPTIONS, onUnknown);
}

/**
 * One value that is read as option `name` is, for calls that override it.
 * @throws {OptionTypeError | OptionRangeError} as `readOptions`
 */
function readOption(name, value, fallback, label = name) {
  return readRow(label, value, { ...OPTIONS[name], fallback });
}

module.exports = { readOptions, readOption, readRequestOptions };
