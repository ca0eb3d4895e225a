"use strict";

const { logLines } = require("./lib/browser/output");
const standalone = require("./lib/standalone/standalone");

/** One PhantomJS, without a cluster: `create()` of npm `phantom`, of 0.x with a callback and of 2 to 6 with a promise. */
function create(...args) {
  // Looked up at each piece: users put their own in its place, also later.
  return standalone.create(args, (text) => module.exports.stderrHandler(text));
}

/** Gets PhantomJS's stderr where no option says otherwise. */
const stderrHandler = logLines("stderr", console.warn);

// Shorthand names only: Node finds a CommonJS module's names for `import { … }` by reading this very statement.
module.exports = {
  create,
  stderrHandler,
};
