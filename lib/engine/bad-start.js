"use strict";

// What is said of workers that do not start: what was missing, and the remedy.

const cluster = require("node:cluster");

/** Why a worker was killed that was not ready within `limit` ms. `isConnected`: it had connected to the primary. */
function lateStart(limit, isConnected) {
  const late = `it was not ready within ${limit} ms (option "startTimeout")`;
  if (isConnected) {
    return (
      `${late}: it reached start(), and then its browser did not start or its script blocked; ` +
      'see "npx phantom-cluster doctor", and set startTimeout higher where the machine is slow'
    );
  }
  const { exec } = cluster.settings;
  return (
    `${late}: it never connected to the primary; ${exec ? `what workers run, ${exec},` : "its script"} must make the ` +
    "same engines in the same order as the primary, call start() on each, and not block before that"
  );
}

/** What is added to "code 0" of a worker that was not ready. */
const EARLY_END =
  " before it was ready: its script must call start() in the worker too, and must not end the process there " +
  "(process.exit(), disconnect())";

module.exports = { lateStart, EARLY_END };
