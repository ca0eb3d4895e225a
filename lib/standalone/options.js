"use strict";

const { BROWSER_OPTIONS, checkBrowserOptions } = require("../browser-options");
const { OptionRangeError, OptionTypeError } = require("../errors");
const { didYouMean } = require("../nearest");
const { integer, limit, readInteger, readTable, show } = require("../option-table");
const { LEVELS } = require("./user-log");
const { warnOnce } = require("../warn");

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;

const PORT = { ...integer(0, 65_000), remedy: ": it is the first port to try, so write 12300, or leave it out" };

/** Of options that nothing is made of here. */
const ignored = () => undefined;

/** Options that name a PhantomJS. */
const NAMES_OF_PHANTOM = ["binary", "phantomPath", "path"];

/** Every option of both generations: see option-table.js. */
const OPTIONS = {
  ...BROWSER_OPTIONS,
  binary: { kind: "string" },
  dnodeOpts: { read: ignored },
  hostname: { read: readHostname },
  isolate: { kind: "boolean", fallback: false },
  logLevel: { read: readLevel },
  logger: { read: readLogger },
  onExit: { kind: "function" },
  onStderr: { kind: "function" },
  onStdout: { kind: "function" },
  pageTimeout: limit(60_000),
  parameters: { read: readParameters, fallback: () => [] },
  path: { kind: "string" },
  phantomPath: { kind: "string" },
  // Text that reads as 0 means the default too.
  port: { read: (name, value) => readInteger(name, value, PORT) || undefined, fallback: 12_300 },
  shimPath: { read: ignored },
};

function refuse(ErrorClass, name, allowed, value) {
  throw new ErrorClass(`option "${name}" must be ${allowed}, not ${show(value)}`);
}

/** Only checked: PhantomJS is reached on loopback alone. */
function readHostname(name, value) {
  if (!LOOPBACK.test(value)) {
    refuse(OptionRangeError, name, "localhost or an address of it, as nothing listens elsewhere", value);
  }
}

function readLevel(name, value) {
  if (!LEVELS.includes(value)) {
    refuse(OptionRangeError, name, `one of ${LEVELS.join(", ")}`, value);
  }
  return value;
}

function readLogger(name, value) {
  const isHolder = typeof value === "object" || typeof value === "function";
  if (!isHolder || LEVELS.some((level) => value[level] && typeof value[level] !== "function")) {
    refuse(OptionTypeError, name, `an object with functions ${LEVELS.join(", ")}`, value);
  }
  return value;
}

/** `{ name: value }` as switches. */
function readParameters(name, value) {
  if (typeof value !== "object" || Array.isArray(value)) {
    refuse(OptionTypeError, name, "an object", value);
  }
  const given = Object.entries(value).filter(([, setting]) => setting !== undefined && setting !== null);
  return given.map(([key, setting]) => {
    if (!["string", "number", "boolean"].includes(typeof setting)) {
      refuse(OptionTypeError, `${name}.${key}`, "a string, number or boolean", setting);
    }
    return `--${key}=${setting}`;
  });
}

function onUnknown(path, name, known) {
  const message = `phantom-cluster/phantom has no option "${path}"${didYouMean(name, known)}`;
  warnOnce("PHANTOM_CLUSTER_UNKNOWN_OPTION", `phantom ${path}`, message);
}

/** What `create()` was given, in whatever order; `switches` is null when there were none, not even an empty array. */
function sortArguments(args) {
  let switches = null;
  const options = {};
  for (const argument of args) {
    if (typeof argument === "string" || Array.isArray(argument)) {
      switches = (switches ?? []).concat(argument);
    } else if (typeof argument === "object" && argument !== null) {
      Object.assign(options, argument);
    } else if (typeof argument !== "function" && argument !== undefined && argument !== null) {
      throw new OptionTypeError(`create() takes switches, options and a callback, not ${show(argument)}`);
    }
  }
  const stranger = switches?.find((item) => typeof item !== "string");
  if (stranger !== undefined) {
    throw new OptionTypeError(`create(): switches must be strings, not ${show(stranger)}`);
  }
  const read = readTable(options, OPTIONS, onUnknown);
  checkBrowserOptions(read, options, NAMES_OF_PHANTOM);
  return { switches, options: read };
}

module.exports = { sortArguments };
