"use strict";

const { defineMethods, settle, takeCallback } = require("./bridge-method");
const { PageError } = require("../errors");
const { targetOf } = require("./handle");
const { liveFunction } = require("./live");
const { METHODS } = require("./methods");
const { pdf } = require("./pdf");
const { EVENTS, checkEvent, isEventLike } = require("./events");
const { PageProperties } = require("./properties");
const { warnOnce } = require("../warn");

/** The callback in the place of a missing name or value. A function for a name like "onX" is a listener instead. */
function callbackAmong(name, value) {
  if (typeof name === "function") {
    return name;
  }
  return typeof value === "function" && !isEventLike(name) ? value : undefined;
}

/** In npm `phantom` 0.x an unknown name had no effect and was no error, so here it is a warning. */
function reportUnknown(_target, error) {
  warnOnce("PHANTOM_CLUSTER_UNKNOWN_EVENT", error.message, `page.set() is ignored: ${error.message}`);
  return true;
}

/** Takes the listeners of an event away. */
async function removeListeners(target, name) {
  checkEvent(name);
  target.events.remove(name);
  await target.command("off", [name]);
}

/**
 * Adds a listener: `fn` is to run inside PhantomJS, `listener` in Node, where it gets `args` behind the event's own.
 * `replace` puts it in the place of all others.
 */
async function addListener(target, name, { fn = null, listener = null, args = [], replace = false }) {
  checkEvent(name);
  // A function for PhantomJS may also be given as its source text.
  const isWrong = typeof fn !== "string" && typeof (fn ?? listener) !== "function";
  if (isWrong || (listener && typeof listener !== "function")) {
    throw new PageError("ERR_PAGE_COMMAND", `${name}: the listener must be a function`);
  }
  if (replace) {
    target.events.remove(name);
  }
  const done = [];
  if (fn) {
    done.push(target.command("on", [name, liveFunction(fn), args, replace]));
  }
  if (listener) {
    target.events.add(name, listener, fn ? [] : args);
    done.push(target.command("on", [name, null, [], replace && !fn]));
  }
  await Promise.all(done);
}

/** Puts a listener in Node in the place of all others; without one there are none from now on. */
function replaceListeners(target, name, listener) {
  if (listener === null || listener === undefined) {
    return removeListeners(target, name);
  }
  return addListener(target, name, { listener, replace: true });
}

/** One WebPage of PhantomJS. */
class Page extends PageProperties {
  get loadError() {
    return targetOf(this).loadError;
  }

  on(name, ...rest) {
    const [inPhantom, given, ...args] = typeof rest[0] === "boolean" ? rest : [false, ...rest];
    const listener = inPhantom ? { fn: given } : { listener: given };
    return settle(this, addListener(targetOf(this), name, { ...listener, args }));
  }

  off(...args) {
    const callback = takeCallback(args);
    return settle(this, removeListeners(targetOf(this), args[0]), callback);
  }

  set(name, value, ...more) {
    const target = targetOf(this);
    const callback = takeCallback(more) ?? callbackAmong(name, value);
    if (EVENTS.includes(name)) {
      return settle(this, replaceListeners(target, name, value), callback);
    }
    if (typeof name === "function" || typeof value === "function") {
      return settle(this, replaceListeners(target, name, value), callback, { report: reportUnknown });
    }
    return settle(this, target.command("set", [name, value === undefined ? null : value]), callback);
  }

  pdf(...args) {
    const callback = takeCallback(args);
    return settle(this, pdf(targetOf(this), ...args), callback);
  }

  /** Runs `fn` inside PhantomJS for each request, which it can change or abort; `listener` hears of them in Node. */
  onResourceRequested(fn, listener, ...args) {
    if (fn === null) {
      return this.off("onResourceRequested", listener);
    }
    return settle(this, addListener(targetOf(this), "onResourceRequested", { fn, listener, args, replace: true }));
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
