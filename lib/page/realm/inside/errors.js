"use strict";

// What was thrown, for Node and for `phantom.onError`. Runs inside the realm.

const host = require("host");

/** A refusal in WebDriver's words, which lib/errors.js makes a typed error of. */
class Refusal extends Error {
  constructor(error, message) {
    super(message);
    this.error = error;
  }

  get name() {
    return "Error";
  }
}

// What a function inside PhantomJS had there, and has not here.
const MISSING =
  /^(document|location|navigator|localStorage|sessionStorage|XMLHttpRequest|WebSocket|Image|process|Buffer|module|fetch|URL) is not defined$/;

function text(value) {
  try {
    return String(value);
  } catch {
    return "something that cannot be made text";
  }
}

function read(thrown, key) {
  try {
    return thrown?.[key];
  } catch {
    return undefined;
  }
}

/** "TypeError: boo"; it may be anything that was thrown. */
function messageOf(thrown) {
  const message = read(thrown, "message");
  if (!message) {
    return text(thrown);
  }
  const name = read(thrown, "name");
  const missing = MISSING.exec(text(message));
  const remedy = missing
    ? `: functions inside PhantomJS run in a context of their own, without ${missing[1]}; page.evaluate() runs one in the page`
    : "";
  return `${name && name !== "Error" ? `${text(name)}: ` : "Error: "}${text(message)}${remedy}`;
}

/** The lines of a stack that are the user's, down to what called them. */
function stackOf(thrown) {
  const stack = read(thrown, "stack");
  if (typeof stack !== "string") {
    return "";
  }
  const lines = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const isOwn = (line) => line.includes(host.folder);
  const users = lines.slice(
    Math.max(
      0,
      lines.findIndex((line) => !isOwn(line)),
    ),
  );
  const end = users.findIndex(isOwn);
  return users
    .slice(0, end < 0 ? users.length : end)
    .map((line) => line.trim())
    .join("\n");
}

/** "WebPage.titled [as method]" as "titled". */
const nameOf = (name) =>
  name
    .replace(/ \[as .*\]$/, "")
    .replace(/^(?:\w+\.)*/, "")
    .replace("<anonymous>", "");

/** `[{ file, line, function }]`, as `onError` gets it. */
function traceOf(thrown) {
  return stackOf(thrown)
    .split("\n")
    .map((line) => /^at (?:(.*?) \()?(.*?):(\d+):\d+\)?$/.exec(line))
    .filter(Boolean)
    .map(([, name = "", file, line]) => ({ file, line: Number(line), function: nameOf(name) }));
}

/** As the driver in PhantomJS tells an error (driver/errors.js). */
function toFailure(thrown) {
  if (thrown instanceof Refusal) {
    return { error: thrown.error, message: thrown.message, stacktrace: "" };
  }
  return { error: "unknown error", message: messageOf(thrown), stacktrace: stackOf(thrown) };
}

/** Of a source that does not parse, or gives no value. */
function ofSource(thrown) {
  return new Refusal("javascript error", messageOf(thrown));
}

module.exports = { Refusal, messageOf, ofSource, toFailure, traceOf };
