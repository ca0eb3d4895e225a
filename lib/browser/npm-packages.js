"use strict";

// Where npm has put a package, seen from the application and from here. None of its code is run.

const fs = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");
const { workingDirectory } = require("./executable");

/** Yarn's Plug'n'Play has no folders to look into. */
function resolved(name, resolve) {
  try {
    return path.dirname(resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/** The folder of package `name` as seen from file `origin`, or undefined. A package may hide its package.json. */
function packageFolder(name, origin) {
  const { resolve } = createRequire(origin);
  const folders = (resolve.paths(name) ?? []).map((folder) => path.join(folder, name));
  const found = folders.find((folder) => fs.existsSync(path.join(folder, "package.json")));
  return found ? fs.realpathSync(found) : process.versions.pnp && resolved(name, resolve);
}

/** Places that packages are looked up from: the application first, then this package. */
function origins() {
  const here = workingDirectory();
  const places = [require.main?.filename, here && path.join(here, "index.js"), __filename];
  return places.filter((place) => place && path.isAbsolute(place));
}

/** The folders of package `name`, each once, the application's first. */
function packageFolders(name) {
  return [...new Set(origins().map((origin) => packageFolder(name, origin)))].filter(Boolean);
}

module.exports = { packageFolder, packageFolders };
