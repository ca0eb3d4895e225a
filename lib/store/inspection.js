"use strict";

const { NativeInspection } = require("../native/addon");
const { fromNative } = require("../errors");

/** What throws the errors of native code as typed ones. */
function typed(call) {
  try {
    return call();
  } catch (error) {
    throw fromNative(error);
  }
}

/**
 * A file of requests that no engine has open: see NativeInspection in binding.d.ts.
 * @throws {StoreError} as the engine does
 */
function openStoreFile(name) {
  const native = typed(() => new NativeInspection(name));
  return {
    counts: () => typed(() => native.counts()),
    list: (above, state, limit) => typed(() => native.list(above, state, limit)),
    requeue: (only) => typed(() => native.requeue(only)),
  };
}

module.exports = { openStoreFile };
