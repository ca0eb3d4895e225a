"use strict";

// Errors on their way from a worker to the primary.

const { EngineError, ItemError, PageError, PhantomError, StoreError } = require("./errors");
const { LONGEST, MAX_CAUSES, UNREADABLE, describe, isError } = require("./thrown");

/** Texts are not cut shorter than this, in characters. */
const SHORTEST = 16;

/** What was thrown, whatever it is, as JSON text of at most `limit` bytes, which are 500 at least. */
function toWire(thrown, limit) {
  try {
    for (let length = LONGEST; length >= SHORTEST; length = Math.floor(length / 4)) {
      const json = JSON.stringify(describe(thrown, length, length === LONGEST ? MAX_CAUSES : 0));
      if (Buffer.byteLength(json) <= limit) {
        return json;
      }
    }
  } catch {
    // For example, a user's own `Error.prototype.toJSON` throws.
  }
  return JSON.stringify({ name: "Error", message: UNREADABLE, stack: `Error: ${UNREADABLE}` });
}

const CLASSES = { EngineError, PhantomError, PageError, ItemError, StoreError };

/** The error of such fields: of the same class when it is one of ours, else an Error by its name. */
function revive({ name, message, stack, code, cause }) {
  const Class = Object.hasOwn(CLASSES, name) ? CLASSES[name] : null;
  const options = cause === undefined ? undefined : { cause: revive(cause) };
  const error = Class
    ? new Class(code, message, options)
    : Object.assign(new Error(message, options), code === undefined ? {} : { code });
  // The worker's stack tells where it happened; ours would only tell where the news arrived.
  Object.defineProperty(error, "stack", { value: stack, writable: true, configurable: true });
  if (name !== error.name) {
    Object.defineProperty(error, "name", { value: name, writable: true, configurable: true });
  }
  return error;
}

/** The error that `toWire` made text of. */
function fromWire(json) {
  return revive(JSON.parse(json));
}

/** What a user gave for an error: itself if it is one, else an error that says what it is. */
function asError(thrown) {
  return isError(thrown) ? thrown : revive(describe(thrown));
}

module.exports = { asError, fromWire, toWire };
