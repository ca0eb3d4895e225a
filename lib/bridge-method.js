"use strict";

const { AsyncLocalStorage } = require("node:async_hooks");
const { answer } = require("./answer");
const { Call } = require("./call");
const { codeOf, messageOf } = require("./failure");
const { warn } = require("./warn");

/** The lease whose handler is running, so that what it starts can be told from what others start. */
const currentLease = new AsyncLocalStorage();

/**
 * Makes a method of `ph` or `page` from its line in a table.
 *
 * A line is `{ command?, check?, encode?, decode?, callbackAt? }`: the driver's command (by default of the same name, or
 * chosen by the arguments), what refuses the caller's arguments, how they become the command's own, what becomes of its
 * value, and the first place where a function is the callback (`evaluate(fn, callback, ...args)`). Every method takes a callback or returns a promise; a
 * callback gets the value alone, as in npm `phantom` 0.x.
 */
function bridgeMethod(name, { command = name, check, encode, decode, callbackAt }) {
  function run(subject, args, call, hasCallback) {
    const verb = typeof command === "function" ? command(args) : command;
    const value = subject._command(verb, encode ? encode(args, hasCallback) : args, call);
    return decode ? value.then((given) => decode(given, subject, args)) : value;
  }
  return function method(...args) {
    try {
      check?.(args);
    } catch (error) {
      // Before a function among the arguments is taken for the callback: that may be the mistake.
      return settle(this, Promise.reject(error));
    }
    const callback = takeCallback(args, callbackAt);
    const call = new Call();
    const outcome = settle(this, attempt(run, this, args, call, callback !== undefined), callback);
    call.answer = callback ? null : outcome;
    return outcome;
  };
}

/** The promise that `run` gives; rejected with what it throws, such as arguments that JSON cannot carry. */
function attempt(run, ...args) {
  try {
    return run(...args);
  } catch (error) {
    return Promise.reject(error);
  }
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

// What is left of a request whose time is over: old code goes on using its page without looking at the outcome.
const TOO_LATE = new Set(["ERR_PAGE_CLOSED", "ERR_BROWSER_GONE"]);

/** The promise of a call without a callback. */
function answerOf(subject, promise) {
  return answer(
    (resolve, reject) => promise.then(resolve, reject),
    (error) => {
      if (!TOO_LATE.has(codeOf(error))) {
        reportFailure(subject, error);
      }
    },
  );
}

/** Gives the promise, or calls back and lets an error be the running item's failure. */
function settle(subject, promise, callback) {
  if (typeof callback !== "function") {
    return answerOf(subject, promise);
  }
  return promise.then(
    (value) => {
      guard(subject, () => callback(value));
      return value;
    },
    (error) => reportFailure(subject, error),
  );
}

function reportFailure(subject, error) {
  if (!failLease(subject, error)) {
    warn("PHANTOM_CLUSTER_ERROR_IGNORED", `nobody takes this error: ${messageOf(error)}`, error);
  }
}

/** Calls the user's code; what it throws is the failure of its request, or goes on as an uncaught exception. */
function guard(subject, call) {
  try {
    return call();
  } catch (error) {
    if (!failLease(subject, error)) {
      process.nextTick(() => {
        throw error;
      });
    }
    return undefined;
  }
}

/** Fails the request that `subject` is used for; false when it is used for none. */
function failLease(subject, error) {
  const lease = subject._lease ?? currentLease.getStore();
  lease?.fail(error);
  return lease !== undefined;
}

/** Puts a method on `target.prototype` for each line of the table. */
function defineMethods(target, table) {
  for (const [name, spec] of Object.entries(table)) {
    Object.defineProperty(target.prototype, name, {
      value: bridgeMethod(name, spec),
      writable: true,
      configurable: true,
    });
  }
}

module.exports = { currentLease, defineMethods, guard, settle };
