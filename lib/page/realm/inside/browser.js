"use strict";

// Commands that functions inside the realm give to the browser. Runs inside the realm.

const host = require("host");
const { Refusal } = require("./errors");
const { textOf } = require("./values");

/** The value of a command of page `number`, or of `phantom` (0), at once. */
function call(number, method, args) {
  const { error, value } = JSON.parse(host.call(number, method, textOf(args)));
  if (error) {
    throw new Refusal(error.error, error.message);
  }
  return value;
}

/** Gives a command, and its value to `done` later; null where it fails, of which `host` tells. */
function later(number, method, args, done) {
  host.later(number, method, textOf(args), done && ((text) => done(JSON.parse(text))));
}

module.exports = { call, later };
