"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { inspect } = require("node:util");
const { whenSettled } = require("../answer");
const { defineMethods, settle, takeCallback } = require("./bridge-method");
const { QUIET } = require("../browser/call");
const { PageError } = require("../errors");
const { liveFunction } = require("./live");
const { openRequest, openUrlRequest } = require("./open-request");
const { EVENTS, PageEvents, checkEvent, isEventLike } = require("./events");
const { PageProperties } = require("./properties");
const { warnOnce } = require("../warn");

// A function goes to PhantomJS as its source.
const source = (fn) => String(fn);

/** A file is relative to this process, where the user's code runs. */
function absolute(method, file) {
  if (typeof file !== "string") {
    throw new PageError("ERR_PAGE_COMMAND", `${method}: the file must be a string, not ${inspect(file)}`);
  }
  return path.resolve(file);
}

/** Scripts may also lie in PhantomJS's own libraryPath. */
function scriptPath(file) {
  const full = absolute("injectJs", file);
  return fs.existsSync(full) ? full : file;
}

/** PhantomJS takes an address for Latin-1: what is beyond ASCII is encoded here. */
function encodeAddress(url) {
  if (typeof url !== "string" || !/[^\x21-\x7e]/.test(url)) {
    return url;
  }
  return (URL.canParse(url) ? new URL(url) : pathToFileURL(url)).href;
}

/** A load, and the request that it is to send. */
const toRequest = (encode) => ({
  encode: ([url, ...rest]) => [encodeAddress(url), ...(rest.length > 0 ? encode(rest) : [])],
});

/** What is not whole is relative to the page's address. */
const toScript = { encode: ([url]) => [URL.canParse(url) ? encodeAddress(url) : url] };

const files = (given) =>
  Array.isArray(given) ? given.map((file) => absolute("uploadFile", file)) : absolute("uploadFile", given);

function oneFile(file) {
  if (typeof file !== "string") {
    throw new PageError("ERR_PAGE_COMMAND", "setFileOnPicker: PhantomJS takes one file, as a string");
  }
  return path.resolve(file);
}

function size(width, height) {
  return typeof width === "object" ? width : { width, height };
}

/** `set` of one fixed property. */
const setter = (property, encode = (value) => value) => ({
  command: "set",
  encode: (args) => [property, encode(...args)],
});

/** `get` of one fixed property. */
const getter = (property) => ({ command: "get", encode: () => [property] });

/** A property's name, and its value when there is one: `property(name)` reads, `property(name, value)` writes. */
function property(prefix) {
  return {
    command: (args) => (args.length > 1 ? "set" : "get"),
    check: ([name]) => {
      if (EVENTS.includes(name)) {
        throw new PageError("ERR_PAGE_COMMAND", `property("${name}"): events are for page.on() and page.off()`);
      }
    },
    encode: ([name, ...value]) => [`${prefix}${name}`, ...value.slice(0, 1)],
    decode: (value, page, [name]) => decodePages(value, page, [`${prefix}${name}`]),
  };
}

const decodePage = (number, page) => (number === null ? null : page._pageOf(number));

// Pop-ups come as numbers; whoever asks for them gets pages.
function decodePages(value, page, [name]) {
  return name === "pages" ? value.map((number) => decodePage(number, page)) : value;
}

/** Without a callback, and with its promise dropped, what an `evaluate` throws is for the page's `onError` too. */
function reportThrown(page, error) {
  return error.code === "ERR_EVALUATE" && page._tellError(error);
}

// Functions may be among the arguments: the callback is behind them all.
const behindAll = { callbackAt: 0 };

/** Every method of `page` that is a command, in both generations of npm `phantom`; see bridge-method.js. */
const METHODS = {
  addCookie: { failed: false },
  childFramesCount: {},
  childFramesName: {},
  clearCookies: { failed: false },
  clearMemoryCache: {},
  close: { encode: () => [] },
  cookies: { ...getter("cookies"), failed: [] },
  currentFrameName: {},
  defineMethod: { callbackAt: 2, encode: ([name, fn]) => [name, liveFunction(fn)] },
  deleteCookie: { failed: false },
  // In callback style what the page throws is its `onError`, as it was in npm `phantom`, and the value is null.
  evaluate: {
    callbackAt: 1,
    encode: ([fn, ...args], hasCallback) => [source(fn), hasCallback, ...args],
    report: reportThrown,
  },
  evaluateAsync: { callbackAt: 1, encode: ([fn, delay, ...args]) => [source(fn), delay ?? 0, ...args] },
  evaluateJavaScript: {
    callbackAt: 1,
    encode: ([fn], hasCallback) => [source(fn), hasCallback],
    report: reportThrown,
  },
  get: { decode: decodePages },
  getContent: { ...getter("content"), failed: "" },
  getCookies: { ...getter("cookies"), failed: [] },
  getPage: { decode: decodePage },
  go: { failed: false },
  goBack: { failed: false },
  goForward: { failed: false },
  includeJs: toScript,
  injectJs: { encode: ([file]) => [scriptPath(file)], failed: false },
  invokeAsyncMethod: behindAll,
  invokeMethod: behindAll,
  open: { ...toRequest(openRequest), failed: "fail" },
  openUrl: toRequest(openUrlRequest),
  property: property(""),
  release: { command: "close", encode: () => [] },
  reload: {},
  render: { encode: ([file, ...rest]) => [absolute("render", file), ...rest], failed: false },
  renderBase64: { failed: "" },
  sendEvent: {},
  setContent: { encode: ([html, url]) => [html, encodeAddress(url)], failed: "fail" },
  setFileOnPicker: { encode: ([file]) => [oneFile(file)] },
  setHeaders: setter("customHeaders"),
  setPaperSize: setter("paperSize"),
  setProxy: {},
  setViewportSize: setter("viewportSize", size),
  setZoomFactor: setter("zoomFactor"),
  setting: property("settings."),
  stop: {},
  stopJavaScript: {},
  switchToChildFrame: { failed: false },
  switchToFocusedFrame: {},
  switchToFrame: { failed: false },
  switchToMainFrame: {},
  switchToParentFrame: { failed: false },
  uploadFile: { encode: ([selector, file]) => [selector, files(file)] },
};

/** Where a name or a value is missing, the callback is in its place. What is set to a name like an event's is a listener. */
function callbackAmong(name, value) {
  if (typeof name === "function") {
    return name;
  }
  return typeof value === "function" && !isEventLike(name) ? value : undefined;
}

/** npm `phantom` 0.x set whatever it was told to; nothing came of what PhantomJS does not know, and the script went on. */
function reportUnknown(_page, error) {
  warnOnce("PHANTOM_CLUSTER_UNKNOWN_EVENT", error.message, `page.set() is ignored: ${error.message}`);
  return true;
}

/** One WebPage of PhantomJS. */
class Page extends PageProperties {
  #phantom;
  #number;
  #lease;
  #events = new PageEvents();
  #closing = null;
  #loadError = null;

  constructor(phantom, number, lease) {
    super();
    this.#phantom = phantom;
    this.#number = number;
    this.#lease = lease;
  }

  get loadError() {
    return this.#loadError;
  }

  get _lease() {
    return this.#lease;
  }

  get _phantom() {
    return this.#phantom;
  }

  get _isOfWorker() {
    return this.#phantom._isOfWorker;
  }

  _command(method, args, call) {
    if (method !== "close") {
      return this.#phantom._run(this.#number, method, args, call);
    }
    // A page is closed once, whether by its user, the engine, or both.
    this.#closing ??= this.#close(call);
    return this.#closing;
  }

  /** Closes it, whatever comes of that: its failure means that the page, or PhantomJS, is gone already. */
  _drop() {
    this._command("close", [], QUIET).catch(() => undefined);
  }

  async #close(call) {
    try {
      return await this.#phantom._run(this.#number, "close", [], call);
    } catch (error) {
      // Closed by its own script, or gone with PhantomJS: it is closed.
      if (error.code !== "ERR_PAGE_CLOSED" && error.code !== "ERR_BROWSER_GONE") {
        throw error;
      }
      return null;
    } finally {
      this.#phantom._forget(this.#number);
    }
  }

  _pageOf(number) {
    return this.#phantom._pageOf(number, this.#lease);
  }

  /**
   * An event of PhantomJS's, or what only Node is to know: "gone", the page was closed by its own script or with its
   * opener, and "loadError", why a load failed.
   */
  _emit(name, args) {
    switch (name) {
      case "gone":
        this.#closing ??= Promise.resolve(null);
        this.#phantom._forget(this.#number);
        return;
      case "loadError":
        [this.#loadError] = args;
        return;
      case "unparsed":
        require("../es5").warnOfNewerSyntax(args[0]);
        return;
      case "onPageCreated":
        this._pageOf(args[0])._introduce(this.#events, this);
        return;
      default:
        this.#events.emit(name, this, name === "onClosing" ? [this] : args);
    }
  }

  /** Tells the listeners for `onError` in Node, as PhantomJS would; false when there are none. */
  _tellError({ message, phantomStack = "" }) {
    const trace = phantomStack.split("\n").map((line) => /^(.*?)@?([^@\s]*):(\d+)(?::\d+)?$/.exec(line));
    const frames = trace.filter(Boolean).map(([, name, file, line]) => ({ file, line: Number(line), function: name }));
    const isHeard = this.#events.has("onError");
    this.#events.emit("onError", this, [message.replace(/^\w+: /, ""), frames]);
    return isHeard;
  }

  /** Lets the opener's listeners have this new page. PhantomJS keeps its events until they have set theirs. */
  _introduce(listeners, opener) {
    const answers = listeners.emit("onPageCreated", opener, [this]).filter((answer) => answer instanceof Promise);
    let open = answers.length;
    this.#releaseEvents(open === 0);
    for (const answer of answers) {
      whenSettled(answer, () => {
        open -= 1;
        if (open === 0) {
          this.#releaseEvents(true);
        }
      });
    }
  }

  #releaseEvents(isDone) {
    // It fails where the page has been closed: then there are none.
    this._command("releaseEvents", [isDone], QUIET).catch(() => undefined);
  }

  on(name, ...rest) {
    const [inPhantom, listener, ...args] = typeof rest[0] === "boolean" ? rest : [false, ...rest];
    return settle(this, this.#handle(name, inPhantom ? listener : null, inPhantom ? null : listener, args, false));
  }

  off(...args) {
    const callback = takeCallback(args);
    return settle(this, this.#remove(args[0]), callback);
  }

  async #remove(name) {
    checkEvent(name);
    this.#events.remove(name);
    await this._command("off", [name]);
  }

  set(name, value, ...more) {
    const callback = takeCallback(more) ?? callbackAmong(name, value);
    if (EVENTS.includes(name)) {
      return settle(this, this.#replace(name, value), callback);
    }
    if (typeof name === "function" || typeof value === "function") {
      return settle(this, this.#replace(name, value), callback, { report: reportUnknown });
    }
    return settle(this, this._command("set", [name, value === undefined ? null : value]), callback);
  }

  /** Runs `fn` inside PhantomJS for each request, which it can change or abort; `listener` hears of them in Node. */
  onResourceRequested(fn, listener, ...args) {
    if (fn === null) {
      return this.off("onResourceRequested", listener);
    }
    return settle(this, this.#handle("onResourceRequested", fn, listener, args, true));
  }

  #replace(name, listener) {
    if (listener === null || listener === undefined) {
      return this.#remove(name);
    }
    return this.#handle(name, null, listener, [], true);
  }

  /** `fn` is to run inside PhantomJS, `listener` in Node; `replace` puts them in the place of all others. */
  async #handle(name, fn, listener, args, replace) {
    checkEvent(name);
    // What runs in PhantomJS may be given as source text.
    const isWrong = typeof fn !== "string" && typeof (fn ?? listener) !== "function";
    if (isWrong || (listener && typeof listener !== "function")) {
      throw new PageError("ERR_PAGE_COMMAND", `${name}: the listener must be a function`);
    }
    if (replace) {
      this.#events.remove(name);
    }
    const done = [];
    if (fn) {
      done.push(this._command("on", [name, liveFunction(fn), args, replace]));
    }
    if (listener) {
      this.#events.add(name, listener, fn ? [] : args);
      done.push(this._command("on", [name, null, [], replace && !fn]));
    }
    await Promise.all(done);
  }
}

defineMethods(Page, METHODS);

// page.onX(listener) is page.set("onX", listener).
for (const name of EVENTS.filter((event) => !Object.hasOwn(Page.prototype, event))) {
  const value = function setListener(listener, callback) {
    return this.set(name, listener, callback);
  };
  Object.defineProperty(Page.prototype, name, { value, writable: true, configurable: true });
}

module.exports = { Page };
