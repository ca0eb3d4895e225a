"use strict";

/** The command cannot be run as it was given, or not on this system: one line, and exit code 2. */
class CommandError extends Error {}

module.exports = { CommandError };
