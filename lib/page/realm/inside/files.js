"use strict";

// `require("fs")` of functions inside PhantomJS (https://phantomjs.org/api/fs/), for whole files. Runs inside the realm.

const host = require("host");
const { Refusal } = require("./errors");

function file(operation, ...args) {
  const { error, value } = JSON.parse(host.file(operation, JSON.stringify(args)));
  if (error) {
    throw new Error(error);
  }
  return value;
}

/** Where relative paths begin. */
const workingDirectory = {
  path: file("workingDirectory"),
  absolute: (path) => file("absolute", workingDirectory.path, String(path)),
  /** As given where there is no such file: it may lie in the page's `libraryPath`. */
  pathOfScript: (path) => (file("isFile", workingDirectory.absolute(path)) ? workingDirectory.absolute(path) : path),
};

/** A function of one path. */
const ofPath = (operation) => (path) => file(operation, workingDirectory.absolute(path));
const ofPaths = (operation) => (from, to) =>
  file(operation, workingDirectory.absolute(from), workingDirectory.absolute(to));

const fs = {
  separator: file("separator"),
  get workingDirectory() {
    return workingDirectory.path;
  },
  changeWorkingDirectory(path) {
    const isThere = fs.isDirectory(path);
    if (isThere) {
      workingDirectory.path = workingDirectory.absolute(path);
    }
    return isThere;
  },
  absolute: (path) => workingDirectory.absolute(path),
  isAbsolute: (path) => file("isAbsolute", String(path)),
  join: (...parts) => file("join", ...parts.map(String)),
  split: (path) => String(path).split(/[/\\]/),
  lastModified: (path) => new Date(file("lastModified", workingDirectory.absolute(path))),
  read: (path, options) => file("read", workingDirectory.absolute(path), options ?? null),
  write: (path, content, options) =>
    void file("write", workingDirectory.absolute(path), String(content), options ?? null),
  open() {
    throw new Refusal("unsupported operation", "there are no streams here: use fs.read(path) and fs.write(path, text)");
  },
};
for (const operation of [
  "exists",
  "isDirectory",
  "isExecutable",
  "isFile",
  "isLink",
  "isReadable",
  "isWritable",
  "list",
  "makeDirectory",
  "makeTree",
  "readLink",
  "remove",
  "removeDirectory",
  "removeTree",
  "size",
  "touch",
]) {
  fs[operation] = ofPath(operation);
}
for (const operation of ["copy", "copyTree", "move"]) {
  fs[operation] = ofPaths(operation);
}

module.exports = { fs, workingDirectory };
