"use strict";

const os = require("node:os");
const path = require("node:path");
const { inspect } = require("node:util");
const { currentLease, defineMethods, settle, takeCallback } = require("./bridge-method");
const { QUIET } = require("../browser/call");
const { PageError } = require("../errors");
const { OutObject, liveCallback, liveFunction } = require("./live");
const { Page } = require("./page");
const { isEventLike } = require("./events");
const { assignmentText } = require("./properties");
const { Vigil } = require("../browser/vigil");
const { warnOnce } = require("../warn");

/** `addCookie(cookie)`, or `addCookie(name, value, domain)` as npm `phantom` had it up to 0.7.1. */
function cookie([first, value, domain]) {
  return [typeof first === "object" ? first : { name: first, value, domain }];
}

/** PhantomJS could not call a function of Node's. Without a value, the function is the callback. */
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
class Phantom {
  #browser;
  #isolate;
  #pages = new Map();
  #nextPage = 1;
  #nextObject = 1;

  constructor(browser, { isolate }) {
    this.#browser = browser;
    this.#isolate = isolate;
    this._vigil = new Vigil(browser);
    this.onExit = null;
    browser.onPageEvent = (number, name, args) => this.#pages.get(number)?._emit(name, args);
  }

  /** The PhantomJS process: `pid` and `kill()`. */
  get process() {
    return { pid: this.#browser.pid, kill: () => this.#browser.kill() };
  }

  /** Whether it is the one that a worker ends with. */
  get _isOfWorker() {
    return true;
  }

  /** `page.clipRect = …`, which PhantomJS does not hear of. */
  _warnOfAssignment(name) {
    warnOnce("PHANTOM_CLUSTER_PROPERTY_ASSIGNED", name, assignmentText(name));
  }

  createPage(...args) {
    const callback = takeCallback(args);
    const { page, created } = this._openPage(currentLease.getStore());
    // The page's commands wait behind its creation, and so need not wait for its answer. Only a PhantomJS that is gone
    // makes none.
    created.catch(() => undefined);
    const opened = this.#browser.isGone ? created : Promise.resolve(page);
    return settle(this, opened, callback);
  }

  exit(...args) {
    const callback = takeCallback(args);
    return settle(this, this.#browser.exit(args[0] ?? 0), callback);
  }

  /** Ends PhantomJS at once; done when it is gone. */
  kill(...args) {
    // npm `phantom` 6 had a message as argument.
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
    this._command("createOutObject", [id]).catch(() => undefined);
    return new OutObject((method, args) => this._command(method, args), id);
  }

  /** A page that can be used at once: its commands wait behind its creation. */
  _openPage(lease) {
    const number = this.#nextPage;
    this.#nextPage += 1;
    const created = this.#browser.command(0, "createPage", [number, { isolate: this.#isolate }], { call: QUIET });
    const page = this._pageOf(number, lease);
    lease?.pages.push(page);
    return { page, created };
  }

  /** The page that PhantomJS knows by this number. */
  _pageOf(number, lease) {
    const page = this.#pages.get(number) ?? new Page(this, number, lease);
    this.#pages.set(number, page);
    return page;
  }

  _forget(number) {
    this.#pages.delete(number);
  }

  _command(method, args, call) {
    return this._run(0, method, args, call);
  }

  _run(target, method, args, call) {
    return this.#browser.command(target, method, args, { call });
  }

  /** PhantomJS is gone. */
  _ended(how) {
    this.#pages.clear();
    const { code, signal } = endOf(how);
    this.onExit?.(code, signal);
  }
}

defineMethods(Phantom, METHODS);

module.exports = { Phantom, endOf };
