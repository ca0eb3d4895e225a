"use strict";

const { availableParallelism } = require("node:os");
const path = require("node:path");
const { readArguments } = require("./arguments");
const { readBrowser } = require("./browsers");
const { CommandError } = require("./command-error");
const { FORMATS } = require("./formats");

const MOST = 2 ** 31 - 1;
const LARGEST_SIDE = 20_000;

const OPTIONS = {
  browser: { type: "string", short: "b" },
  format: { type: "string", short: "f", default: "png" },
  help: { type: "boolean", short: "h" },
  input: { type: "string", short: "i", multiple: true, default: [] },
  json: { type: "string" },
  out: { type: "string", short: "o", default: "rendered" },
  parallel: { type: "string", short: "p", default: "1" },
  retries: { type: "string", short: "r", default: "0" },
  timeout: { type: "string", short: "t", default: "30000" },
  verbose: { type: "boolean", default: false },
  viewport: { type: "string", default: "1280x800" },
  wait: { type: "string" },
  workers: { type: "string", short: "w" },
};

function refuse(name, allowed, value) {
  throw new CommandError(`--${name} must be ${allowed}, not "${value}"`);
}

function readInteger(name, text, min, max) {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= min && number <= max)) {
    refuse(name, `an integer from ${min} to ${max}`, text);
  }
  return number;
}

function readViewport(text) {
  const [width, height] = (/^(\d+)x(\d+)$/i.exec(text) ?? []).slice(1).map(Number);
  if (!(width >= 1 && width <= LARGEST_SIDE && height >= 1 && height <= LARGEST_SIDE)) {
    refuse("viewport", `WIDTHxHEIGHT, each from 1 to ${LARGEST_SIDE}`, text);
  }
  return { width, height };
}

function readFormat(text) {
  if (!Object.hasOwn(FORMATS, text)) {
    refuse("format", `one of ${Object.keys(FORMATS).join(", ")}`, text);
  }
  return text;
}

/** `{ ms }`, `{ selector }`, or null. */
function readWait(text, timeout) {
  if (text === undefined) {
    return null;
  }
  if (!/^\d+$/.test(text)) {
    return text.trim() === "" ? refuse("wait", "a CSS selector or a number of ms", text) : { selector: text };
  }
  const ms = Number(text);
  if (ms >= timeout) {
    throw new CommandError(`--wait ${text} leaves no time for the page: --timeout is ${timeout}`);
  }
  return { ms };
}

/** How the engine and its workers are to do the pages. */
function readHow(values) {
  const timeout = readInteger("timeout", values.timeout, 1, MOST);
  return {
    browser: readBrowser(values.browser),
    format: readFormat(values.format),
    workers: values.workers === undefined ? availableParallelism() : readInteger("workers", values.workers, 1, 1024),
    parallel: readInteger("parallel", values.parallel, 1, 1024),
    timeout,
    retries: readInteger("retries", values.retries, 0, 1000),
    viewport: readViewport(values.viewport),
    wait: readWait(values.wait, timeout),
    verbose: values.verbose,
  };
}

function readPath(name, text) {
  return text === "" ? refuse(name, "a path", text) : text;
}

/** What `render` was asked for; null when that is its help. */
function readSettings(args) {
  const { values, positionals } = readArguments(args, OPTIONS);
  if (values.help) {
    return null;
  }
  return {
    urls: positionals,
    inputs: values.input,
    out: path.resolve(readPath("out", values.out)),
    json: readPath("json", values.json ?? null),
    how: readHow(values),
  };
}

module.exports = { readSettings };
