"use strict";

// The addon: whether it is there, and newer than its sources.

const fs = require("node:fs");
const path = require("node:path");
const { SetupError, npm, root, say } = require("./run");

const LOADER = path.join(root, "binding.js");
// Tests alone; the package leaves them out as well.
const TESTS = /(tests|_model|fixture)\.rs$|\bconformance\b/;

/** The addons for this system; on Linux there may be one for each C library. */
function files() {
  const prefix = `phantom-cluster.${process.platform}-${process.arch}`;
  return fs
    .readdirSync(root)
    .filter((name) => name.startsWith(prefix) && name.endsWith(".node"))
    .map((name) => path.join(root, name));
}

function sources() {
  const rust = fs
    .readdirSync(path.join(root, "src"), { recursive: true })
    .filter((name) => name.endsWith(".rs") && !TESTS.test(name))
    .map((name) => path.join("src", name));
  return [...rust, "build.rs", "Cargo.toml", "Cargo.lock"];
}

const changed = (file) => fs.statSync(file).mtimeMs;

/** Why the addon must be built, or null. */
function stateOf() {
  const built = files();
  if (built.length === 0 || !fs.existsSync(LOADER)) {
    return "it is not built yet";
  }
  const time = Math.max(...built.map(changed));
  const newer = sources().find((name) => changed(path.join(root, name)) > time);
  if (newer) {
    return `${newer} is newer`;
  }
  try {
    require(LOADER);
    return null;
  } catch (error) {
    return `it does not load (${(error.cause ?? error).message.split("\n")[0]})`;
  }
}

function build(reason) {
  say(`building the addon with "npm run build", as ${reason}; it takes a minute or more`);
  const begin = new Date();
  npm("run", "build");
  if (files().length === 0) {
    throw new SetupError('"npm run build" has made no addon for this system');
  }
  // Where nothing had to be compiled the file keeps its time. Sources that change from now on are newer.
  for (const file of files().filter((name) => changed(name) < begin)) {
    fs.utimesSync(file, begin, begin);
  }
}

module.exports = { build, stateOf };
