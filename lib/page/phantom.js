"use strict";

const os = require("node:os");
const path = require("node:path");
const { inspect } = require("node:util");
const { defineMethods, settle, takeCallback } = require("./bridge-method");
const { PageError } = require("../errors");
const { isEventLike } = require("./events");
const { Handle } = require("./handle");
const { OutObject, liveCallback, liveFunction } = require("./live");
const { currentOwner } = require("./owner");

/** `addCookie(cookie)`, or `addCookie(name, value, domain)` as npm `phantom` had it up to 0.7.1. */
function cookie([first, value, domain]) {
  return [typeof first === "object" ? first : { name: first, value, domain }];
}

/** PhantomJS cannot call a function of Node's. Where the function is the last argument, it is the callback. */
function refuseFunction([name, value, ...more]) {
  if (typeof value === "function" && (more.length > 0 || isEventLike(name))) {
    throw new PageError("ERR_PAGE_COMMAND", `"${String(name)}" cannot be set to a function: use ph.defineMethod()`);
  }
}

function nameAndValue(args) {
  if (args.length < 2) {
    throw new PageError("ERR_PAGE_COMMAND", "ph.set() wants a name and a value");
  }
  return args;
}

function scriptFile([file]) {
  if (typeof file !== "string") {
    throw new PageError("ERR_PAGE_COMMAND", `injectJs: the file must be a string, not ${inspect(file)}`);
  }
  return [path.resolve(file)];
}

const property = { command: (args) => (args.length > 1 ? "set" : "get") };

// Functions may be among the arguments: the callback is behind them all.
const behindAll = { callbackAt: 0 };

/** Every method of `ph` that is a command, in both generations of npm `phantom`; see bridge-method.js. */
const METHODS = {
  addCookie: { encode: cookie, failed: false },
  clearCookies: { failed: false },
  cookies: { command: "getCookies", failed: [] },
  defineMethod: { callbackAt: 2, encode: ([name, fn]) => [name, liveFunction(fn)] },
  deleteCookie: { failed: false },
  get: {},
  getCookies: { failed: [] },
  injectJs: { encode: scriptFile, failed: false },
  invokeMethod: behindAll,
  property,
  set: { check: refuseFunction, encode: nameAndValue },
  setProxy: {},
  windowProperty: {},
};

/** "code 1" and "signal 9" as Node gives the end of a process. */
function endOf(how) {
  const [, kind, number] = /^(code|signal) (-?\d+)$/.exec(how) ?? [];
  const signals = Object.entries(os.constants.signals);
  return {
    code: kind === "code" ? Number(number) : null,
    signal: kind === "signal" ? (signals.find(([, value]) => value === Number(number))?.[0] ?? null) : null,
  };
}

/** PhantomJS, as npm `phantom` gives it to its users. */
class Phantom extends Handle {
  #session;
  #browser;
  #nextObject = 1;

  constructor(session) {
    super(session);
    this.#session = session;
    this.#browser = session.browser;
    this.onExit = null;
  }

  /** The PhantomJS process: `pid` and `kill()`. */
  get process() {
    return { pid: this.#browser.pid, kill: () => this.#browser.kill() };
  }

  createPage(...args) {
    const callback = takeCallback(args);
    const { target, created } = this.#session.openPage(currentOwner.getStore());
    // The page's commands wait behind its creation, and so need not wait for its answer. Only a PhantomJS that is gone
    // makes none.
    created.catch(() => undefined);
    const opened = this.#browser.isGone ? created : Promise.resolve(target.page);
    return settle(this, opened, callback);
  }

  exit(...args) {
    const callback = takeCallback(args);
    return settle(this, this.#browser.exit(args[0] ?? 0), callback);
  }

  /** Ends PhantomJS at once; done when it is gone. */
  kill(...args) {
    // npm `phantom` 6 took a message as argument; it is ignored.
    const callback = takeCallback(args);
    this.#browser.kill();
    return settle(this, this.#browser.gone, callback);
  }

  callback(fn) {
    return liveCallback(fn);
  }

  createOutObject() {
    const id = this.#nextObject;
    this.#nextObject += 1;
    // Commands that name it wait behind this one.
    this.#session.command("createOutObject", [id]).catch(() => undefined);
    return new OutObject((method, args) => this.#session.command(method, args), id);
  }
}

defineMethods(Phantom, METHODS);

module.exports = { Phantom, endOf };
