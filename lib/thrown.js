"use strict";

// What can be read of anything that is thrown: it may be no error, have a getter that throws, or a message of megabytes.

const { types, inspect } = require("node:util");

/** The longest message, and the longest stack, that are passed on whole, in characters. */
const LONGEST = 10_000;
/** The longest name or code that is passed on whole, in characters. */
const LONGEST_WORD = 200;
/** How many causes of causes are passed on. */
const MAX_CAUSES = 4;
/** Stands for a value that no text can be made of. */
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
  // Not between the two halves of a surrogate pair.
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

module.exports = { LONGEST, MAX_CAUSES, UNREADABLE, codeOf, describe, isError, messageOf, read };
