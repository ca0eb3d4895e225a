"use strict";

const { parseArgs } = require("node:util");
const { didYouMean } = require("../lib/nearest");
const { CommandError } = require("./command-error");

/** `parseArgs` whose errors are one line and name the nearest option. */
function readArguments(args, options) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    const [, unknown] = /^Unknown option '--?([^']*)'/.exec(error.message) ?? [];
    const hint = unknown === undefined ? "" : didYouMean(unknown, Object.keys(options));
    // Node adds advice to some of them.
    const [what] = error.message.split(/\.\s|\n/);
    throw new CommandError(`${what}${hint}; see phantom-cluster --help`);
  }
}

module.exports = { readArguments };
