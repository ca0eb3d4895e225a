"use strict";

const os = require("node:os");
const path = require("node:path");
const { currentLease, defineMethods, settle } = require("./bridge-method");
const { QUIET } = require("./call");
const { PageError } = require("./errors");
const { OutObject, liveCallback, liveFunction } = require("./live");
const { Page } = require("./page");
const { Vigil } = require("./vigil");

/** `addCookie(cookie)`, or `addCookie(name, value, domain)` as npm `phantom` had it up to 0.7.1. */
function cookie([first, value, domain]) {
  return [typeof first === "object" ? first : { name: first, value, domain }];
}

/** A function would be the callback, and the value undefined. */
function refuseFunction([name, value]) {
  if (typeof value === "function") {
    throw new PageError("ERR_PAGE_COMMAND", `"${name}" cannot be set to a function: use ph.defineMethod()`);
  }
}

const property = { command: (args) => (args.length > 1 ? "set" : "get") };

/** Every method of `ph` that is a command, in both generations of npm `phantom`; see bridge-method.js. */
const METHODS = {
  addCookie: { encode: cookie },
  clearCookies: {},
  cookies: { command: "getCookies" },
  defineMethod: { callbackAt: 2, encode: ([name, fn]) => [name, liveFunction(fn)] },
  deleteCookie: {},
  get: {},
  getCookies: {},
  injectJs: { encode: ([file]) => [path.resolve(file)] },
  invokeMethod: {},
  property,
  set: { check: refuseFunction },
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

  createPage(callback) {
    const { page, created } = this._openPage(currentLease.getStore());
    // The page's commands wait behind its creation, and so need not wait for its answer. Only a PhantomJS that is gone
    // makes none.
    created.catch(() => undefined);
    const opened = this.#browser.isGone ? created : Promise.resolve(page);
    return settle(this, opened, callback);
  }

  exit(code, callback) {
    const [given, then] = typeof code === "function" ? [0, code] : [code ?? 0, callback];
    return settle(this, this.#browser.exit(given), then);
  }

  /** Ends PhantomJS at once; done when it is gone. */
  kill(callback) {
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

module.exports = { Phantom };
