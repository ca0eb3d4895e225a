"use strict";

// Programs as files: whether one can be run, where PATH has it, and what to say of one that somebody named. Shared by the
// searches for each browser.

const fs = require("node:fs");
const path = require("node:path");
const { PhantomError } = require("../errors");

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

/** The files of that name in the directories of PATH, in order. */
function allOnPath(name, { platform = process.platform, env = process.env } = {}) {
  const suffixes = platform === "win32" ? [".exe", ".cmd", ""] : [""];
  return (env.PATH ?? "")
    .split(path.delimiter)
    .filter(Boolean)
    .flatMap((directory) => suffixes.map((suffix) => path.join(directory, name + suffix)))
    .filter((file) => problemOf(file) === null);
}

/** The first file of that name in PATH, or undefined. */
const onPath = (name, system) => allOnPath(name, system)[0];

/** The working directory, or null when it was removed. */
function workingDirectory() {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}

/** What is refused, why, and what to do: one sentence. */
function refusal(code, problem, remedy, cause) {
  const error = new PhantomError(code, `${problem}; ${remedy}`, cause && { cause });
  // For those who show them apart.
  return Object.defineProperties(error, { problem: { value: problem }, remedy: { value: remedy } });
}

function absolute(file, source, code) {
  const here = path.isAbsolute(file) ? "/" : workingDirectory();
  if (here === null) {
    throw refusal(
      code,
      `${source} names ${file}, and the working directory ${process.env.PWD ?? ""} was removed`,
      "name it by its absolute path, or change to another directory",
    );
  }
  return path.resolve(here, file);
}

/**
 * The file that `source`, an option or a variable of the environment, names by its path or by its name in PATH. It must
 * be there: to fall back to another would hide a mistake.
 * @throws {PhantomError} `code`, with `remedy`
 */
function namedFile(file, { source, code, remedy }) {
  const isPath = file.includes("/") || file.includes(path.sep);
  const found = isPath ? absolute(file, source, code) : onPath(file);
  if (!found) {
    const cause = Object.assign(new Error(`${file} is in no directory of PATH`), { code: "ENOENT" });
    throw refusal(code, `${source} names "${file}", which is in no directory of PATH`, remedy, cause);
  }
  const wrong = problemOf(found);
  if (wrong) {
    throw refusal(code, `${source} names ${found}, which ${wrong.problem}`, remedy, wrong.cause);
  }
  return found;
}

module.exports = { allOnPath, namedFile, onPath, problemOf, refusal, workingDirectory };
