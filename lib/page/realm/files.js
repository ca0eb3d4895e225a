"use strict";

// The files behind `require("fs")` of functions inside PhantomJS. Each operation gives what PhantomJS's gives, or throws.

const fs = require("node:fs");
const path = require("node:path");

function is(test) {
  return (file) => {
    try {
      return test(file);
    } catch {
      return false;
    }
  };
}

/** Whether it could be done, as PhantomJS tells of folders. */
function did(change) {
  return is((...args) => {
    change(...args);
    return true;
  });
}

function can(mode) {
  return is((file) => {
    fs.accessSync(file, mode);
    return true;
  });
}

/** Mode and charset: `"w"`, `"a"`, `"b"` for bytes; or an object of both. */
function formOf(options) {
  const { mode = "", charset = "utf8" } = typeof options === "string" ? { mode: options } : (options ?? {});
  return {
    flag: mode.includes("a") || mode.includes("+") ? "a" : "w",
    encoding: mode.includes("b") ? "latin1" : charset,
  };
}

const OPERATIONS = {
  absolute: (directory, file) => path.resolve(directory, file),
  copy: (from, to) => fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL),
  copyTree: (from, to) => fs.cpSync(from, to, { recursive: true }),
  exists: (file) => fs.existsSync(file),
  isAbsolute: (file) => path.isAbsolute(file),
  isDirectory: is((file) => fs.statSync(file).isDirectory()),
  isExecutable: can(fs.constants.X_OK),
  isFile: is((file) => fs.statSync(file).isFile()),
  isLink: is((file) => fs.lstatSync(file).isSymbolicLink()),
  isReadable: can(fs.constants.R_OK),
  isWritable: can(fs.constants.W_OK),
  join: (...parts) => path.join(...parts),
  lastModified: (file) => fs.statSync(file).mtimeMs,
  list: (directory) => [".", "..", ...fs.readdirSync(directory)],
  makeDirectory: did((directory) => fs.mkdirSync(directory)),
  makeTree: did((directory) => fs.mkdirSync(directory, { recursive: true })),
  move: (from, to) => fs.renameSync(from, to),
  read: (file, options) => fs.readFileSync(file, formOf(options).encoding),
  readLink: (file) => fs.readlinkSync(file),
  remove: (file) => fs.unlinkSync(file),
  removeDirectory: did((directory) => fs.rmdirSync(directory)),
  removeTree: (directory) => fs.rmSync(directory, { recursive: true }),
  separator: () => path.sep,
  size: (file) => fs.statSync(file).size,
  touch: (file) => fs.closeSync(fs.openSync(file, "a")),
  workingDirectory: () => process.cwd(),
  write: (file, content, options) => fs.writeFileSync(file, content, formOf(options)),
};

/** JSON text of `{ value }`, or of `{ error }` with the reason. */
function runOnFiles(operation, argsText) {
  try {
    return JSON.stringify({ value: OPERATIONS[operation](...JSON.parse(argsText)) ?? null });
  } catch (error) {
    return JSON.stringify({ error: `fs.${operation}: ${error.message}` });
  }
}

module.exports = { runOnFiles };
