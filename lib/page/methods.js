"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { inspect } = require("node:util");
const { PageError } = require("../errors");
const { EVENTS } = require("./events");
const { liveFunction } = require("./live");
const { goto, waitFor } = require("./loading");
const { openRequest, openUrlRequest } = require("./open-request");

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

/** A relative address is left as it is: PhantomJS resolves it against the page's own. */
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
    decode: (value, target, [name]) => decodePages(value, target, [`${prefix}${name}`]),
  };
}

const decodePage = (number, target) => (number === null ? null : target.popup(number).page);

// PhantomJS names pop-ups by numbers; the caller gets pages.
function decodePages(value, target, [name]) {
  return name === "pages" ? value.map((number) => decodePage(number, target)) : value;
}

/** Without a callback, and with its promise dropped, what an `evaluate` throws is for the page's `onError` too. */
function reportThrown(target, error) {
  return error.code === "ERR_EVALUATE" && target.tellError(error);
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
  goto: goto(encodeAddress),
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
  responseBody: { decode: ({ body, base64 }) => Buffer.from(body, base64 ? "base64" : "utf8") },
  uploadFile: { encode: ([selector, file]) => [selector, files(file)] },
  waitFor,
};

module.exports = { METHODS };
