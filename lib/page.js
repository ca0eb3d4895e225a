"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { defineMethods } = require("./bridge-method");

// A function goes to PhantomJS as its source.
const source = (fn) => String(fn);

/** Relative to this process, where the user's code runs. Scripts may also lie in PhantomJS's own libraryPath. */
function scriptPath(file) {
  const absolute = path.resolve(file);
  return fs.existsSync(absolute) ? absolute : file;
}

function size(width, height) {
  return typeof width === "object" ? width : { width, height };
}

/** `set` of one fixed property. */
const setter = (property, encode = (value) => value) => ({
  command: "set",
  encode: (args) => [property, encode(...args)],
});

/** A property's name and its value, which may be left out to clear it. */
const assignment = ([name, value]) => [name, value === undefined ? null : value];

/** Every method of `page`, in both generations of npm `phantom`. */
const METHODS = {
  addCookie: {},
  clearCookies: {},
  deleteCookie: {},
  evaluate: { callbackAt: 1, encode: ([fn, ...args]) => [source(fn), ...args] },
  evaluateAsync: { encode: ([fn, delay, ...args]) => [source(fn), delay ?? 0, ...args] },
  evaluateJavaScript: { encode: ([fn]) => [source(fn)] },
  get: {},
  getContent: { command: "get", encode: () => ["content"] },
  getCookies: { command: "get", encode: () => ["cookies"] },
  goBack: {},
  goForward: {},
  includeJs: {},
  injectJs: { encode: ([file]) => [scriptPath(file)] },
  open: {},
  openUrl: {},
  release: {},
  reload: {},
  render: { encode: ([file, ...rest]) => [path.resolve(file), ...rest] },
  renderBase64: {},
  sendEvent: {},
  set: { encode: assignment },
  setContent: {},
  setHeaders: setter("customHeaders"),
  setPaperSize: setter("paperSize"),
  setViewportSize: setter("viewportSize", size),
  setZoomFactor: setter("zoomFactor"),
  stop: {},
  switchToFocusedFrame: {},
  switchToFrame: {},
  switchToMainFrame: {},
  switchToParentFrame: {},
  uploadFile: {},
};

/** One WebPage of PhantomJS. */
class Page {
  #browser;
  #id;
  #closing = null;

  constructor(browser, id, lease) {
    this.#browser = browser;
    this.#id = id;
    Object.defineProperty(this, "_lease", { value: lease });
  }

  _command(method, args) {
    if (method === "close") {
      // A page is closed once, whether by its user, the engine, or both.
      this.#closing ??= this.#browser.command(this.#id, method, args);
      return this.#closing;
    }
    return this.#browser.command(this.#id, method, args);
  }
}

defineMethods(Page, { ...METHODS, close: { encode: () => [] } });

module.exports = { Page };
