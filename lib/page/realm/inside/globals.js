"use strict";

// The globals of functions inside PhantomJS. Runs inside the realm.

const host = require("host");
const { Refusal } = require("./errors");
const { report } = require("./events");
const { create } = require("./pages");
const { fs } = require("./files");
const { makeSystem } = require("./system");

const LATIN1 = 0xff;

/** As PhantomJS prints it: no `%s`, no look into objects. */
function print(stream, args) {
  host.print(stream, `${args.map(String).join(" ")}\n`);
}

const toStdout = (...args) => print("stdout", args);
const console = {
  debug: toStdout,
  dir: toStdout,
  error: (...args) => print("stderr", args),
  info: toStdout,
  log: toStdout,
  warn: toStdout,
  assert(isTrue, ...args) {
    if (!isTrue) {
      print("stderr", ["Assertion failed:", ...args]);
    }
  },
};

// Of a console's methods that print nothing there either.
for (const name of [
  "clear",
  "count",
  "group",
  "groupCollapsed",
  "groupEnd",
  "profile",
  "profileEnd",
  "time",
  "timeEnd",
]) {
  console[name] = () => undefined;
}

function guarded(fn, args) {
  return () => {
    try {
      const value = typeof fn === "function" ? fn(...args) : host.run(String(fn), "phantomjs://timer");
      value?.then?.(undefined, report);
    } catch (error) {
      report(error);
    }
  };
}

const MODULES = {
  fs: () => fs,
  system: makeSystem,
  webpage: () => ({ create }),
};

/** Modules of PhantomJS that are not here, and what to use. */
const MISSING = {
  child_process: "start processes in Node, by node:child_process",
  cookiejar: "use option isolate, and page.addCookie()",
  webserver: "serve in Node, by node:http",
};

function requireModule(name) {
  if (Object.hasOwn(MODULES, name)) {
    return MODULES[name]();
  }
  const remedy = MISSING[name] ?? "load a script by ph.injectJs(file)";
  throw new Refusal(
    "unsupported operation",
    `require("${name}"): a function inside PhantomJS has fs, system and webpage here; ${remedy}`,
  );
}

function invalidCharacter() {
  return Object.assign(new Error("Invalid character"), { name: "InvalidCharacterError" });
}

const globals = {
  console,
  require: requireModule,
  atob: (text) => host.base64("decode", String(text)),
  btoa(text) {
    if ([...String(text)].some((character) => character.codePointAt(0) > LATIN1)) {
      throw invalidCharacter();
    }
    return host.base64("encode", String(text));
  },
  setTimeout: (fn, ms, ...args) => host.startTimer(Number(ms) || 0, false, guarded(fn, args)),
  setInterval: (fn, ms, ...args) => host.startTimer(Number(ms) || 0, true, guarded(fn, args)),
  clearTimeout: (id) => host.stopTimer(id),
  clearInterval: (id) => host.stopTimer(id),
};

for (const [name, value] of Object.entries({ ...globals, window: globalThis, self: globalThis, global: globalThis })) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
}
