"use strict";

// Loads the sources that run inside a realm, as CommonJS modules of its context.

const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

/** Where they are; no line of a stack is from here. */
const FOLDER = path.join(__dirname, "inside");

/** Compiled once in this process. */
const scripts = new Map();

function scriptOf(file) {
  let script = scripts.get(file);
  if (!script) {
    const source = fs.readFileSync(file, "utf8");
    // On one line, so that line numbers stay what they are.
    script = new vm.Script(`(function (require, module) {${source}\n})`, { filename: file });
    scripts.set(file, script);
  }
  return script;
}

/**
 * What the main module gives in a new context, whose modules get `host` by that name, with `run(source, file)`: runs a
 * script among the context's globals.
 */
function load(given) {
  const context = vm.createContext(Object.create(null), { name: "phantom-cluster realm" });
  const host = { ...given, run: (source, filename) => vm.runInContext(source, context, { filename }) };
  const loaded = new Map();
  function requireFrom(folder) {
    return (name) => {
      if (name === "host") {
        return host;
      }
      const file = path.join(folder, `${name}.js`);
      let module = loaded.get(file);
      if (!module) {
        module = { exports: {} };
        loaded.set(file, module);
        scriptOf(file).runInContext(context)(requireFrom(path.dirname(file)), module);
      }
      return module.exports;
    };
  }
  return requireFrom(FOLDER)("./main");
}

module.exports = { FOLDER, load };
