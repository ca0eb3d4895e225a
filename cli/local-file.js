"use strict";

// Files of this machine, named by a path as a shell has it.

const fs = require("node:fs");
const path = require("node:path");
const { fileURLToPath, pathToFileURL } = require("node:url");
const { CommandError } = require("./command-error");

/** What can only be a path: "./page.html", "..", "/srv/page.html"; on Windows ".\page.html" and "C:\page.html" too. */
const IS_PATH =
  process.platform === "win32" ? /^(\.{1,2}$|\.{1,2}[\\/]|[\\/]|[a-z]:[\\/])/i : /^(\.{1,2}(\/|$)|\/(?!\/))/;

/** "file", "directory", or null where there is nothing that can be read. */
function kindOf(file) {
  try {
    return fs.statSync(file).isDirectory() ? "directory" : "file";
  } catch {
    return null;
  }
}

function refuseDirectory(given, where, host) {
  const other = host ? `, or write http://${given} for a host of that name` : "";
  throw new CommandError(`${where}"${given}" is a directory: name a page in it${other}`);
}

/** The path of a file, and the query and fragment that may follow it: a file may have ? and # in its name as well. */
function split(given) {
  const end = given.search(/[?#]/);
  return end === -1 || kindOf(given) ? [given, ""] : [given.slice(0, end), given.slice(end)];
}

/**
 * The `file:` address of a path, or null for what is none. "page.html" is a path when there is such a file, else a host.
 * @throws {CommandError} for a path without a file
 */
function addressOfPath(given, where) {
  const isPath = IS_PATH.test(given);
  const [file, rest] = split(given);
  const kind = kindOf(file);
  // A directory with a dot in its name may be the copy of a site, and the site is meant.
  const mayBeHost = !isPath && /^[^/]*\./.test(given);
  if (kind === "directory" && !mayBeHost) {
    refuseDirectory(given, where, !isPath);
  }
  if (kind === "file") {
    return pathToFileURL(path.resolve(file)).href + rest;
  }
  if (isPath) {
    throw new CommandError(`${where}there is no file "${given}" that can be read`);
  }
  return null;
}

/** A `file:` URL in full: one without slashes begins at the working directory. */
function fileUrl(given, where) {
  const url = new URL(given, pathToFileURL(`${process.cwd()}${path.sep}`));
  if (url.hostname !== "" && process.platform !== "win32") {
    throw new CommandError(
      `${where}"${given}" names the host "${url.hostname}": a file's URL has three slashes, file:///`,
    );
  }
  if (kindOf(fileURLToPath(url)) === "directory") {
    refuseDirectory(given, where, false);
  }
  return url;
}

module.exports = { addressOfPath, fileUrl };
