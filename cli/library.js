"use strict";

const { CommandError } = require("./command-error");

/**
 * This package.
 * @throws {CommandError} when its addon does not load
 */
function loadLibrary() {
  try {
    return require("../index");
  } catch (error) {
    throw error.code === "ERR_ADDON_MISSING" ? new CommandError(error.message) : error;
  }
}

module.exports = { loadLibrary };
