"use strict";

// Finds PhantomJS and tries it, without the addon.

const { findBinary } = require("../lib/browser/binary");
const packages = require("../lib/browser/libraries.json");
const { execute, missingLibraries, missingText, startProblem } = require("./programs");

/** As the engine starts it: its OpenSSL is of 2016 and gives up on the configuration files of today's systems. */
function environment() {
  const isSet = process.env.OPENSSL_CONF !== undefined || process.platform === "win32";
  return isSet ? process.env : { ...process.env, OPENSSL_CONF: "/dev/null" };
}

function packageOf(library) {
  const name = library.split(".so")[0];
  if (!Object.hasOwn(packages, name)) {
    return `the package that has ${library}`;
  }
  const { debian, fedora } = packages[name];
  return `${debian} (Debian, Ubuntu) or ${fedora} (Fedora, Alpine)`;
}

function librariesProblem(libraries) {
  return {
    problem: missingText("PhantomJS", libraries),
    remedy: `install ${libraries.map(packageOf).join("; ")}`,
    libraries,
  };
}

const ON_FAILURE = {
  browser: "PhantomJS",
  remedy: "name a PhantomJS 2.1.1 that is built for this system in PHANTOMJS_EXECUTABLE",
};

/** `{ file, version }`, or `{ problem, remedy }`, with `file` when one was found. */
async function findPhantom() {
  let file;
  try {
    file = findBinary();
  } catch (error) {
    return { problem: error.problem, remedy: error.remedy };
  }
  const result = await execute(file, ["--version"], environment());
  const version = result.stdout.trim();
  if (!result.error && /^\d+\.\d+/.test(version)) {
    return { file, version };
  }
  const libraries = await missingLibraries(file, result.stderr);
  if (libraries.length > 0) {
    return { file, ...librariesProblem(libraries) };
  }
  return { file, ...startProblem(file, result, ON_FAILURE) };
}

module.exports = { findPhantom };
