"use strict";

const path = require("node:path");
const { kindOf } = require("../browser/kinds");
const { guard } = require("../page/bridge-method");
const { Browser } = require("../browser/browser");
const { byLine, logLines } = require("../browser/output");
const { sortArguments } = require("./options");
const { Session, warnOfAssignment } = require("../page/session");
const { StandalonePhantom, tellEnd } = require("./phantom");
const { UserLog } = require("./user-log");
const { assignmentText } = require("../page/properties");
const { warn } = require("../warn");

const FOREVER = 2 ** 31 - 1;
const EXECUTABLE = process.platform === "win32" ? "phantomjs.exe" : "phantomjs";
// What npm `phantom` 2 to 6 gave PhantomJS when its user gave nothing.
const DEFAULT_SWITCHES = ["--local-url-access=false"];

const ignored = () => undefined;

/** What names PhantomJS, and the name of the option that does, by which its user knows it. */
function nameOfPhantom({ binary, phantomPath, path: directory }, hasCallback) {
  if (binary || phantomPath) {
    return [binary ?? phantomPath, binary ? "binary" : "phantomPath"];
  }
  if (directory) {
    // A path, also where the directory is ".".
    return [`${directory}${path.sep}${EXECUTABLE}`, "path"];
  }
  return [undefined, hasCallback ? "binary" : "phantomPath"];
}

/** The binary of the browser that the options choose. */
function binaryOf(kind, options, hasCallback) {
  const [phantomBinary, phantomOption] = nameOfPhantom(options, hasCallback);
  return kind.findBinary({ ...options, phantomBinary, phantomOption });
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
  const kind = kindOf(options);
  const phantomArguments = [...(switches ?? (hasCallback ? [] : DEFAULT_SWITCHES)), ...options.parameters];
  kind.check({ ...options, phantomArguments, switchesOption: "create()" });
  const binary = binaryOf(kind, options, hasCallback);
  const letGo = holdProcess();
  const log = new UserLog(options);
  log.write("debug", `Starting ${[binary ?? "a browser elsewhere", ...phantomArguments].join(" ")}`);
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
    await browser.launch({ ...options, binary, phantomArguments, basePort: options.port });
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
      warn("PHANTOM_CLUSTER_ERROR_IGNORED", `the browser did not start: ${error.message}`, error);
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
