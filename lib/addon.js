"use strict";

function load() {
  try {
    return require("../binding");
  } catch (error) {
    const { addonMissing } = require("./addon-missing");
    throw addonMissing(error);
  }
}

/** The native addon: `binding.js`, which the build generates, finds the one for this platform. */
module.exports = load();
