"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { EngineError } = require("../errors");

const root = path.join(__dirname, "..", "..");
/** Whether this is a clone of the repository: the package has none of its tools. */
const isClone = fs.existsSync(path.join(root, "scripts", "setup.js"));

// Yarn's Plug'n'Play has no node_modules, in which npx finds commands.
const BUILD = `${process.versions.pnp ? "yarn" : "npx"} phantom-cluster build`;
const PREBUILT = "Linux and macOS on x64 and arm64, Windows on x64";

// Names an addon's file or its package: "phantom-cluster.linux-x64-gnu.node", "phantom-cluster-linux-x64-gnu".
const NAME = /phantom-cluster[.-]((?:aix|android|darwin|freebsd|linux|openharmony|win32)-[\w-]+)/g;

/** The error of the generated loader, or null when the addon loads. */
function loadError() {
  try {
    require("../../binding");
    return null;
  } catch (error) {
    return error;
  }
}

/** What the generated loader met, in order: the first line of each error. It tries several files, and chains errors. */
function attemptsOf(error) {
  const lines = [];
  for (let cause = error.cause; cause; cause = cause.cause) {
    lines.unshift(cause.message.split("\n")[0]);
  }
  return lines.filter((line) => !line.includes("wasi"));
}

/**
 * Where the addon was looked for and why there is none, by the error of the generated loader. `target` is null where
 * the loader knows no addon for this platform; `broken` is why one that is there does not load, or null.
 */
function lookedFor(error) {
  const attempts = attemptsOf(error);
  const named = attempts.flatMap((line) => [...line.matchAll(NAME)].slice(-1)).map(([, name]) => name);
  return {
    target: named.filter((name) => !name.endsWith("-universal")).pop() ?? null,
    broken: attempts.find((line) => !/^(Cannot find module|Unsupported) /.test(line)) ?? null,
  };
}

function explain(error) {
  const platform = `${process.platform}-${process.arch}`;
  const { target, broken } = lookedFor(error);
  if (isClone && !broken) {
    return `the addon for ${platform} is not built: run "npm run setup" in ${root}, or "npm run build" where the npm packages are installed`;
  }
  if (isClone) {
    return `the addon for ${platform} does not load: ${broken}; run "npm run build" in ${root}`;
  }
  if (!target) {
    return broken
      ? `the addon for ${platform} does not load: ${broken}`
      : `there is no addon for ${platform}; those for ${PREBUILT} are prebuilt`;
  }
  const state = broken ? `does not load: ${broken}` : "is not installed";
  return (
    `the addon for ${platform}, npm package phantom-cluster-${target}, ${state}; on a platform with a prebuilt one ` +
    `(${PREBUILT}) install with optional dependencies, elsewhere install Rust from https://rustup.rs and run "${BUILD}"`
  );
}

/** ERR_ADDON_MISSING: what is missing, and the remedy, in one sentence. */
const addonMissing = (error) => new EngineError("ERR_ADDON_MISSING", explain(error));

module.exports = { addonMissing, isClone, loadError, lookedFor, root };
