"use strict";

const { dispatch } = require("../native/dispatch");

/** Who is to hear of each signal. One listener a signal: Node takes more than ten for a leak. */
const followers = new Map();

/** Calls `onAbort` when the signal is aborted. Returns what lets go of the signal, which may live long. */
function follow(signal, onAbort) {
  const { callbacks } = followers.get(signal) ?? listen(signal);
  callbacks.add(onAbort);
  return () => {
    if (callbacks.delete(onAbort) && callbacks.size === 0) {
      followers.get(signal)?.stop();
    }
  };
}

function listen(signal) {
  const callbacks = new Set();
  const stop = () => {
    followers.delete(signal);
    signal.removeEventListener("abort", onAbort);
  };
  const onAbort = () => {
    stop();
    dispatch([...callbacks], (callback) => {
      // An earlier one may have let go of a later one.
      if (callbacks.has(callback)) {
        callback();
      }
    });
  };
  signal.addEventListener("abort", onAbort, { once: true });
  const entry = { callbacks, stop };
  followers.set(signal, entry);
  return entry;
}

module.exports = { follow };
