"use strict";

const { types, inspect } = require("node:util");
const { EngineError, ItemError, PageError, PhantomError } = require("./errors");

/** The longest message, and the longest stack, that are passed on whole, in characters. */
const LONGEST = 10_000;
/** Below this nothing is cut any more. */
const SHORTEST = 16;
/** Names and codes are words. */
const LONGEST_WORD = 200;
/** So many causes of causes are passed on. */
const MAX_CAUSES = 4;
/** What is said of a value that no text can be made of. */
const UNREADABLE = "an error that cannot be read";

const SHOWN = {
  breakLength: Number.POSITIVE_INFINITY,
  customInspect: false,
  depth: 1,
  maxArrayLength: 20,
  maxStringLength: 1000,
};

/** A property of what may be anything: a getter may throw, a proxy be revoked. */
function read(value, key) {
  try {
    return value?.[key];
  } catch {
    return undefined;
  }
}

/** True for an error, also one of another realm. */
function isError(value) {
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false;
  }
}

/** Text of any value. */
function textOf(value) {
  try {
    return typeof value === "object" ? inspect(value, SHOWN) : String(value);
  } catch {
    return UNREADABLE;
  }
}

/** `text` with at most `length` characters of its own, and a note in it of how many are missing. */
function cut(text, length) {
  if (text.length <= length) {
    return text;
  }
  // Not between the two halves of a character.
  const end = /[\uD800-\uDBFF]/.test(text[length - 1]) ? length - 1 : length;
  return `${text.slice(0, end)}… (${text.length - end} characters left out)`;
}

/** The message of what was thrown, whatever that is. */
function wholeMessageOf(thrown) {
  const message = read(thrown, "message");
  if (message === undefined || message === null) {
    return isError(thrown) ? "" : textOf(thrown);
  }
  return textOf(message);
}

/** The same, cut to a bearable length. */
function messageOf(thrown) {
  return cut(wholeMessageOf(thrown), LONGEST);
}

/** Its code as JSON can carry it; undefined where there is none. */
function codeOf(thrown) {
  const code = read(thrown, "code");
  switch (typeof code) {
    case "string":
    case "bigint":
    case "symbol":
      return cut(String(code), LONGEST_WORD);
    case "number":
      return Number.isFinite(code) ? code : undefined;
    default:
      return undefined;
  }
}

function nameOf(thrown) {
  const name = typeof thrown === "object" ? read(thrown, "name") : undefined;
  return typeof name === "string" && name !== "" ? cut(name, LONGEST_WORD) : "Error";
}

/** Its stack. The message at the beginning is cut by itself, so that where it happened is not lost. */
function stackOf(thrown, name, message, length) {
  const heading = (text) => (text === "" ? name : `${name}: ${text}`);
  const short = heading(cut(message, length));
  const stack = read(thrown, "stack");
  if (typeof stack !== "string" || stack === "") {
    return short;
  }
  const long = heading(message);
  return stack.startsWith(long) ? short + cut(stack.slice(long.length), length) : cut(stack, length);
}

/** What was thrown as plain fields, with texts of about `length` characters at most. */
function describe(thrown, length = LONGEST, causes = MAX_CAUSES) {
  const name = nameOf(thrown);
  const message = wholeMessageOf(thrown);
  const cause = causes > 0 ? read(thrown, "cause") : undefined;
  return {
    name,
    message: cut(message, length),
    stack: stackOf(thrown, name, message, length),
    code: codeOf(thrown),
    cause: cause === undefined || cause === null ? undefined : describe(cause, length, causes - 1),
  };
}

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
    // Such as a user's own `Error.prototype.toJSON`, which throws.
  }
  return JSON.stringify({ name: "Error", message: UNREADABLE, stack: `Error: ${UNREADABLE}` });
}

const CLASSES = { EngineError, PhantomError, PageError, ItemError };

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

module.exports = { asError, codeOf, fromWire, messageOf, read, toWire };
