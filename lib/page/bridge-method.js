"use strict";

const { answer } = require("../answer");
const { Call } = require("../browser/call");
const { targetOf } = require("./handle");
const { currentOwner } = require("./owner");
const { codeOf, messageOf } = require("../thrown");
const { warn } = require("../warn");

/**
 * Makes a method of `ph` or `page` from its line in a table.
 *
 * A line is `{ command?, check?, encode?, decode?, callbackAt?, limit?, failed?, report? }`: the driver's command (by default of
 * the same name, or chosen by the arguments), what refuses the caller's arguments, how they become the command's own, what
 * becomes of its value, the first place where a function is the callback (`evaluate(fn, callback, ...args)`), and how long
 * the command may take, ms, where that is not `pageTimeout`; for the last two see `settle`. Every method takes a callback or returns a promise; a callback gets the value alone, as in npm
 * `phantom` 0.x.
 */
function bridgeMethod(name, { command = name, check, encode, decode, callbackAt, limit, ...onError }) {
  function run(subject, args, call, hasCallback) {
    const verb = typeof command === "function" ? command(args) : command;
    const target = targetOf(subject);
    const given = encode ? encode(args, hasCallback, target) : args;
    call.limit = limit?.(given);
    const value = target.command(verb, given, call);
    return decode ? value.then((given) => decode(given, target, args)) : value;
  }
  return function method(...args) {
    try {
      check?.(args);
    } catch (error) {
      // A function in the second place may be the value that was refused: only one behind it is the callback.
      return settle(this, Promise.reject(error), args.slice(2).findLast(isFunction), onError);
    }
    const callback = takeCallback(args, callbackAt);
    const call = new Call();
    const outcome = settle(this, attempt(run, this, args, call, callback !== undefined), callback, onError);
    call.answer = callback ? null : outcome;
    return outcome;
  };
}

const isFunction = (value) => typeof value === "function";

/** The promise that `run` gives; rejected with what it throws, such as arguments that JSON cannot carry. */
function attempt(run, ...args) {
  try {
    return run(...args);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Takes the callback out of the arguments. Without a `callbackAt` it is the last function; what is behind it goes too. */
function takeCallback(args, callbackAt) {
  if (callbackAt === undefined) {
    const place = args.findLastIndex(isFunction);
    return place < 0 ? undefined : args.splice(place)[0];
  }
  if (args.length <= callbackAt) {
    return undefined;
  }
  if (isFunction(args[callbackAt])) {
    return args.splice(callbackAt, 1)[0];
  }
  return isFunction(args.at(-1)) ? args.pop() : undefined;
}

// Errors of code that goes on using its page after the request has ended.
const TOO_LATE = new Set(["ERR_PAGE_CLOSED", "ERR_BROWSER_GONE"]);

/** The promise of a call without a callback. */
function answerOf(subject, promise, report) {
  return answer(
    (resolve, reject) => promise.then(resolve, reject),
    (error) => {
      if (!TOO_LATE.has(codeOf(error)) && !report?.(targetOf(subject), error)) {
        reportFailure(subject, error);
      }
    },
  );
}

/**
 * Gives the promise, or calls back. The callback comes in any case, once: where the promise would reject it gets `failed`,
 * and the error is told by other means. `report(target, error)` may tell of it, and is true when it has; a promise that
 * the caller drops has its error told in the same way.
 */
function settle(subject, promise, callback, { failed = null, report } = {}) {
  if (!isFunction(callback)) {
    return answerOf(subject, promise, report);
  }
  return promise.then(
    (value) => {
      guard(subject, () => callback(value));
      return value;
    },
    async (error) => {
      if (!report?.(targetOf(subject), error)) {
        tell(subject, error, failed);
      }
      if (TOO_LATE.has(codeOf(error))) {
        // Code that polls until it gets the value it wants must not block the event loop.
        await new Promise(setImmediate);
      }
      guard(subject, () => callback(failed));
      return failed;
    },
  );
}

/** Handles of pages and of PhantomJS whose end was told already: once is enough. */
const toldOf = new WeakSet();

/** Tells of an error whose callback gets `failed`. */
function tell(subject, error, failed) {
  const owner = ownerOf(subject);
  if (owner && codeOf(error) === "ERR_BROWSER_GONE" && targetOf(subject)?.isOfWorker) {
    owner.browserGone();
    return;
  }
  if (TOO_LATE.has(codeOf(error))) {
    if (toldOf.has(subject)) {
      return;
    }
    toldOf.add(subject);
  }
  // A handler sees the failure in "fail" or `false`, but not in null, and not where its page is gone.
  const isTold = failed !== null && !TOO_LATE.has(codeOf(error)) && codeOf(error) !== "ERR_PAGE_TIMEOUT";
  if (owner && !isTold) {
    owner.commandFailed(error);
  } else if (!owner || owner.isOpen) {
    warnOf(error);
  }
}

function warnOf(error) {
  warn("PHANTOM_CLUSTER_ERROR_IGNORED", `nobody takes this error: ${messageOf(error)}`, error);
}

/** The error of a call whose promise was dropped. */
function reportFailure(subject, error) {
  const owner = ownerOf(subject);
  if (owner) {
    owner.commandFailed(error);
  } else {
    warnOf(error);
  }
}

/** Calls the user's code; what it throws is the failure of its owner, or goes on as an uncaught exception. */
function guard(subject, call) {
  try {
    return call();
  } catch (error) {
    const owner = ownerOf(subject);
    if (owner) {
      owner.fail(error);
    } else {
      process.nextTick(() => {
        throw error;
      });
    }
    return undefined;
  }
}

/** Whom `subject` works for; undefined where nobody is known. */
function ownerOf(subject) {
  return targetOf(subject)?.owner ?? currentOwner.getStore();
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

module.exports = { defineMethods, guard, settle, takeCallback };
