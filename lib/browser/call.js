"use strict";

/** The call of a command whose outcome is of interest to nobody. */
const QUIET = Object.freeze({ isQuiet: true, whenTaken: () => {} });

/**
 * One call of a method of `ph` or `page`. Its `answer` is the promise that the caller got; null when there is a callback.
 */
class Call {
  answer = null;
  /** How long the command may take, ms; undefined for the browser's `pageTimeout`. */
  limit = undefined;

  /** True when the caller has not asked for the outcome in the turn of the call. */
  get isQuiet() {
    return this.answer !== null && !this.answer.isTaken;
  }

  /** `listener` hears of a caller that asks after all. */
  whenTaken(listener) {
    this.answer.onTaken = listener;
  }
}

/** Without a call somebody waits. */
function isQuiet(call) {
  return call?.isQuiet ?? false;
}

module.exports = { Call, QUIET, isQuiet };
