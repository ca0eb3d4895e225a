"use strict";

// Distributions put a script in the place of Chromium: Debian's /usr/bin/chromium-headless-shell waits for the program that
// it starts. Between us and the browser it costs a process, and the kernel's signal at our end reaches the script alone.
// So the program that it starts is looked for in its text. Nothing of it is run; the flags that it would add, such as
// those of /etc/chromium.d, are not taken over.

const fs = require("node:fs");
const path = require("node:path");
const { problemOf } = require("../executable");

const SCRIPT_SIZE = 32_768;
const PROGRAM = /^(chrome|chromium|chromium-browser|(chromium-|chrome-)?headless[-_]shell|msedge)$/;
/** NAME=value at the start of a line. */
const ASSIGNMENT = /^\s*(?:export\s+)?(\w+)=(.*)$/gm;
/** The directory of the script itself: `$(dirname …)` or `${0%/*}`. */
const OWN_DIRECTORY = /\bdirname\b|\$\{0%\/\*\}/;
/** A word that may be a path: it begins with a slash or a variable. */
const WORD = /(?<![\w/.])(?:\/|\$\{?\w+\}?\/)[^\s"'`;|&()<>]*/g;

/** The text of a script, or null for any other file. */
function scriptText(file) {
  const descriptor = fs.openSync(file, "r");
  try {
    const start = Buffer.alloc(SCRIPT_SIZE);
    const text = start.latin1Slice(0, fs.readSync(descriptor, start, 0, SCRIPT_SIZE, 0));
    return text.startsWith("#!") ? text : null;
  } finally {
    fs.closeSync(descriptor);
  }
}

/** `word` with its variables; null where one is not known. */
function expand(word, variables) {
  let isKnown = true;
  const text = word.replace(/\$\{?(\w+)\}?/g, (_, name) => {
    isKnown &&= variables.has(name);
    return variables.get(name);
  });
  return isKnown && !text.includes("$") ? text : null;
}

/** What its plain assignments give. */
function variablesOf(text, script) {
  const variables = new Map();
  for (const [, name, written] of text.matchAll(ASSIGNMENT)) {
    const [, value] = /^"?([^\s"'`;()]*)/.exec(written);
    const known = OWN_DIRECTORY.test(written) ? path.dirname(script) : expand(value, variables);
    if (known) {
      variables.set(name, known);
    }
  }
  return variables;
}

function isProgram(file) {
  return path.isAbsolute(file) && PROGRAM.test(path.basename(file)) && !problemOf(file) && scriptText(file) === null;
}

/** The program that the script `file` starts, where its text says so; `file` itself otherwise. */
function behindWrapper(file) {
  try {
    const script = fs.realpathSync(file);
    const text = scriptText(script);
    if (text === null) {
      return file;
    }
    const variables = variablesOf(text, script);
    const words = text.match(WORD) ?? [];
    return words.map((word) => expand(word, variables)).find((word) => word && isProgram(word)) ?? file;
  } catch {
    return file;
  }
}

/** Whether it is Ubuntu's snap: it runs in a confinement of its own, where it does not see our files. */
function isSnap(file) {
  try {
    return file.startsWith("/snap/") || path.basename(fs.realpathSync(file)) === "snap";
  } catch {
    return false;
  }
}

module.exports = { behindWrapper, isSnap };
