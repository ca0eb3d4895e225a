"use strict";

// What comes from Node and goes there: JSON, and what JSON cannot carry. Runs inside the realm; driver/revive.js does the
// same inside PhantomJS.

const host = require("host");
const { Refusal, ofSource } = require("./errors");

/** As lib/page/live.js marks what is live. */
const MARK = "phantom-cluster:live";
const KEPT_MOST = 500;

const objects = new Map();
/** By source: a header is asked for page by page. */
const compiled = new Map();

/** The value of a source, which is one expression. */
function compile(source) {
  try {
    return host.run(`(${source}\n)`, "phantomjs://function");
  } catch (error) {
    throw ofSource(error);
  }
}

/** The function of a source that is called again and again. */
function keptFunction(source) {
  let fn = compiled.get(source);
  if (!fn) {
    fn = compile(source);
    if (compiled.size >= KEPT_MOST) {
      compiled.clear();
    }
    compiled.set(source, fn);
  }
  return fn;
}

/** What `phantom.callback(fn)` gives: a function that is called later, as a header of a paper page. */
class Callback {
  constructor(source) {
    Object.defineProperty(this, "toJSON", { value: () => ({ [MARK]: ["callback", source] }) });
  }
}

function objectOf(id) {
  if (!objects.has(id)) {
    throw new Refusal("invalid argument", `no such object: ${id}`);
  }
  return objects.get(id);
}

const KINDS = {
  function: compile,
  callback: (source) => new Callback(source),
  object: objectOf,
};

/** `value` with all marked ones brought to life. */
function revive(value) {
  if (value === null || typeof value !== "object") {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(revive);
  }
  if (Object.hasOwn(value, MARK)) {
    const [kind, what] = value[MARK];
    return KINDS[kind](what);
  }
  for (const key of Object.keys(value)) {
    value[key] = revive(value[key]);
  }
  return value;
}

let write;

/** JSON text of any value; what JSON refuses goes as from PhantomJS. */
function textOf(value) {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    write ??= compile(host.writer());
    return write(value);
  }
}

module.exports = { Callback, compile, keptFunction, objects, objectOf, revive, textOf };
