"use strict";

/** A promise that knows whether anyone waits for it. */
class Answer extends Promise {
  #isTaken = false;
  onTaken = null;

  static get [Symbol.species]() {
    return Promise;
  }

  get isTaken() {
    return this.#isTaken;
  }

  // `await` comes here too.
  // biome-ignore lint/suspicious/noThenProperty: a promise's own
  then(...handlers) {
    if (!this.#isTaken) {
      this.#isTaken = true;
      this.onTaken?.();
    }
    return super.then(...handlers);
  }
}

/**
 * A promise that may be dropped, as code of the callback generation does: that is no reason to end its process. What it
 * is rejected with goes to `onDropped(error)` then. Every promise that a public method returns is one of these.
 */
function answer(executor, onDropped) {
  const given = new Answer(executor);
  Promise.prototype.then.call(given, undefined, (error) => {
    setImmediate(() => {
      if (!given.isTaken) {
        onDropped(error);
      }
    });
  });
  return given;
}

/** Calls `done` when the promise settles; whoever hears of its failure without that hears of it still. */
function whenSettled(promise, done) {
  if (promise instanceof Answer) {
    Promise.prototype.then.call(promise, done, done);
  } else {
    promise.finally(done);
  }
}

module.exports = { answer, whenSettled };
