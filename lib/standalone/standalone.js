"use strict";

const path = require("node:path");
const { inspect } = require("node:util");
const { findBinary } = require("../browser/binary");
const { guard } = require("../page/bridge-method");
const { Browser } = require("../browser/browser");
const { byLine, logLines } = require("../browser/output");
const { OptionRangeError, OptionTypeError } = require("../errors");
const { didYouMean } = require("../nearest");
const { readOption } = require("../options");
const { Session, warnOfAssignment } = require("../page/session");
const { StandalonePhantom, tellEnd } = require("./phantom");
const { LEVELS, UserLog } = require("./user-log");
const { assignmentText } = require("../page/properties");
const { warn, warnOnce } = require("../warn");

const FOREVER = 2 ** 31 - 1;
const LAST_PORT = 65_000;
const PORT_REMEDY = ": it is the first port to try, so write 12300, or leave it out";
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;
const EXECUTABLE = process.platform === "win32" ? "phantomjs.exe" : "phantomjs";
// What npm `phantom` 2 to 6 gave PhantomJS when its user gave nothing.
const DEFAULT_SWITCHES = ["--local-url-access=false"];

const ignored = () => undefined;

/** Every option of both generations: how it is read, and its default. */
const OPTIONS = {
  binary: { read: readAs("string") },
  dnodeOpts: { read: ignored },
  hostname: { read: readHostname },
  isolate: { read: readOption, fallback: false },
  logLevel: { read: readLevel },
  logger: { read: readLogger },
  onExit: { read: readAs("function") },
  onStderr: { read: readOption },
  onStdout: { read: readOption },
  pageTimeout: { read: readOption, fallback: 60_000 },
  parameters: { read: readParameters, fallback: [] },
  path: { read: readAs("string") },
  phantomPath: { read: readAs("string") },
  port: { read: readPort, fallback: 12_300 },
  shimPath: { read: ignored },
};

function show(value) {
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY });
}

function refuse(ErrorClass, name, allowed, value, remedy = "") {
  throw new ErrorClass(`option "${name}" must be ${allowed}, not ${show(value)}${remedy}`);
}

function readAs(type) {
  return (name, value) => {
    if (typeof value !== type) {
      refuse(OptionTypeError, name, `a ${type}`, value);
    }
    return value;
  };
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

function readPort(name, value) {
  // Callers pass process.env.X straight through.
  const number = typeof value === "string" ? Number(value) : value;
  if (!Number.isInteger(number) || number < 0 || number > LAST_PORT) {
    const isNumber = typeof number === "number" && !Number.isNaN(number);
    refuse(
      isNumber ? OptionRangeError : OptionTypeError,
      name,
      `an integer from 0 to ${LAST_PORT}`,
      value,
      PORT_REMEDY,
    );
  }
  return number === 0 ? undefined : number;
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

/** The options with all defaults filled in; as in the engines null, 0 and "" mean the default too. */
function readOptions(given) {
  const options = {};
  for (const [name, { read, fallback }] of Object.entries(OPTIONS)) {
    const value = given[name];
    const isAbsent = value === undefined || value === null || value === 0 || value === "";
    options[name] = (isAbsent ? undefined : read(name, value)) ?? fallback;
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(OPTIONS, name)) {
      warnUnknown(name);
    }
  }
  return options;
}

function warnUnknown(name) {
  const message = `phantom-cluster/phantom has no option "${name}"${didYouMean(name, Object.keys(OPTIONS))}`;
  warnOnce("PHANTOM_CLUSTER_UNKNOWN_OPTION", `phantom ${name}`, message);
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
  return { switches, options: readOptions(options) };
}

/** The binary, found under the name of the option that its user knows. */
function binaryOf({ binary, phantomPath, path: directory }, hasCallback) {
  if (binary || phantomPath) {
    return findBinary(binary ?? phantomPath, { option: binary ? "binary" : "phantomPath" });
  }
  if (directory) {
    // A path, also where the directory is ".".
    return findBinary(`${directory}${path.sep}${EXECUTABLE}`, { option: "path" });
  }
  return findBinary(undefined, { option: hasCallback ? "binary" : "phantomPath" });
}

/** Where PhantomJS's output goes: `onStdout` and `onStderr`, else the logger, else the console. */
function outputsOf({ onStdout, onStderr, logger }, log, stderrHandler) {
  const said = (level, toConsole) => {
    if (!log.isHeard(level)) {
      return ignored;
    }
    return logger ? byLine((line) => log.write(level, line)) : toConsole;
  };
  return {
    onStdout: onStdout ?? said("info", logLines("stdout", console.log)),
    onStderr: onStderr ?? said("warn", stderrHandler),
    ...log.commands,
  };
}

/** Keeps the process alive, as a child process does; gives the function that ends it. */
function holdProcess() {
  const timer = setInterval(() => {}, FOREVER);
  return () => clearInterval(timer);
}

/** How its session differs from that of a worker. */
function traits(log) {
  return {
    isOfWorker: false,
    onAssignment: (name) => log.write("warn", assignmentText(name)) || warnOfAssignment(name),
  };
}

async function start(args, hasCallback, stderrHandler) {
  const { switches, options } = sortArguments(args);
  const binary = binaryOf(options, hasCallback);
  const phantomArguments = [...(switches ?? (hasCallback ? [] : DEFAULT_SWITCHES)), ...options.parameters];
  const letGo = holdProcess();
  const log = new UserLog(options);
  log.write("debug", `Starting ${[binary, ...phantomArguments].join(" ")}`);
  const browser = new Browser(options, {
    ...outputsOf(options, log, stderrHandler),
    onExit: (exit) => {
      letGo();
      log.write("debug", `Child exited with ${exit.how}`);
      session.end();
      tellEnd(ph, exit);
    },
  });
  // Before the launch, so that an end right behind it is not missed.
  const session = new Session(browser, options, traits(log));
  const ph = new StandalonePhantom(session, options.onExit);
  try {
    await browser.launch({ binary, phantomArguments, basePort: options.port });
  } catch (error) {
    letGo();
    throw error;
  }
  return ph;
}

async function callBack(started, callback) {
  try {
    const ph = await started;
    guard({}, () => callback(ph, null));
    return ph;
  } catch (error) {
    // A callback of the days before 0.7.2 has no place for it.
    if (callback.length === 1) {
      warn("PHANTOM_CLUSTER_ERROR_IGNORED", `PhantomJS did not start: ${error.message}`, error);
    }
    guard({}, () => callback(null, error));
    return undefined;
  }
}

/** `create(...args)` of both generations of npm `phantom`; `stderrHandler(text)` stands for the console's stderr. */
function create(args, stderrHandler) {
  const callback = args.findLast((argument) => typeof argument === "function");
  const started = start(args, callback !== undefined, stderrHandler);
  return callback ? callBack(started, callback) : started;
}

module.exports = { create };
