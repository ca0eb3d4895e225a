"use strict";

function load() {
  let addon;
  try {
    addon = require("../../binding");
  } catch (error) {
    const { addonMissing } = require("./addon-missing");
    throw addonMissing(error);
  }
  const failure = addon.NativeRuntime.failure();
  if (failure) {
    const { EngineError } = require("../errors");
    throw new EngineError(
      "ERR_RUNTIME",
      `phantom-cluster cannot start its threads (${failure}): raise the limits of this user or container on ` +
        "processes and memory (ulimit -u, ulimit -v, pids.max)",
    );
  }
  return addon;
}

/** The native addon: `binding.js`, which the build generates, finds the one for this platform. */
module.exports = load();
