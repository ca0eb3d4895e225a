"use strict";

const { read } = require("./thrown");

const warned = new Set();

function warningOf(code, message, cause) {
  const warning = new Error(message, cause === undefined ? {} : { cause });
  warning.name = "PhantomClusterWarning";
  warning.code = code;
  const stack = read(cause, "stack");
  if (typeof stack === "string") {
    warning.detail = stack;
  }
  return warning;
}

/**
 * A warning of the process. `cause`, an error, is what it is about: its stack is shown along with it.
 * @param {string} code stays the same from version to version
 */
function warn(code, message, cause) {
  process.emitWarning(warningOf(code, message, cause));
}

/** As `warn`, when the process has no turn left in which Node would emit it. */
function warnAtExit(code, message) {
  process.emit("warning", warningOf(code, message));
}

/** As `warn`, once in this process for each `key`. */
function warnOnce(code, key, message) {
  const name = `${code} ${key}`;
  if (!warned.has(name)) {
    warned.add(name);
    warn(code, message);
  }
}

module.exports = { warn, warnAtExit, warnOnce };
