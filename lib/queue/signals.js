"use strict";

const { dispatch } = require("../native/dispatch");

/** The callbacks of each signal. It gets one listener for all: from the eleventh on, Node would warn of a leak. */
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
      // An earlier callback may have removed a later one.
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
