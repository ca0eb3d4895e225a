"use strict";

const { CommandError } = require("./command-error");

/** Why the addon does not load. Its loader tries several files, and chains the errors. */
function reasonOf(error) {
  for (let cause = error; cause; cause = cause.cause) {
    if (!/^Cannot find /.test(cause.message)) {
      return `does not load: ${cause.message.split("\n")[0]}`;
    }
  }
  return "is not installed";
}

/**
 * This package.
 * @throws {CommandError} when its addon does not load
 */
function loadLibrary() {
  try {
    return require("..");
  } catch (error) {
    throw new CommandError(`the addon for ${process.platform}-${process.arch} ${reasonOf(error)}`);
  }
}

module.exports = { loadLibrary };
