"use strict";

const { AsyncLocalStorage } = require("node:async_hooks");

/** The lease whose handler is running, so that what it starts can be told from what others start. */
const currentLease = new AsyncLocalStorage();

/**
 * Makes a method of `ph` or `page` from its line in the table.
 *
 * A line is `{ command, encode?, callbackAt? }`: the driver's command, how the caller's arguments become its own, and
 * where the callback stands when it is not last (`evaluate(fn, callback, ...args)`). Every method takes a callback or
 * returns a promise; a callback gets the value alone, as in npm `phantom` 0.x.
 */
function bridgeMethod({ command, encode, callbackAt }) {
  return function method(...args) {
    const callback = takeCallback(args, callbackAt);
    const values = encode ? encode(args) : args;
    return settle(this, this._command(command, values), callback);
  };
}

function takeCallback(args, callbackAt) {
  if (callbackAt !== undefined && args.length > callbackAt) {
    const atPlace = args[callbackAt];
    if (typeof atPlace === "function") {
      args.splice(callbackAt, 1);
      return atPlace;
    }
  }
  const isLast = args.length > (callbackAt ?? 0) && typeof args.at(-1) === "function";
  return isLast ? args.pop() : undefined;
}

/** Gives the promise, or calls back and lets an error be the running item's failure. */
function settle(subject, promise, callback) {
  if (!callback) {
    return promise;
  }
  const lease = subject._lease ?? currentLease.getStore();
  const done = promise.then((value) => callback(value));
  done.catch((error) => reportFailure(lease, error));
  return promise.catch(() => undefined);
}

function reportFailure(lease, error) {
  if (lease) {
    lease.fail(error);
  } else {
    process.emitWarning(error);
  }
}

/** Puts a method on `target.prototype` for each line of the table. */
function defineMethods(target, table) {
  for (const [name, spec] of Object.entries(table)) {
    Object.defineProperty(target.prototype, name, {
      value: bridgeMethod({ command: name, ...spec }),
      writable: true,
      configurable: true,
    });
  }
}

module.exports = { bridgeMethod, currentLease, defineMethods, settle };
