"use strict";

// Runs when npm installs this package. Where the prebuilt addon of this platform is not there it builds one from source,
// which takes Rust. It never fails: require("phantom-cluster") says what is missing, and installing must work where the
// addon is not needed.

const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { addonMissing, lookedFor } = require("../lib/addon-missing");

const root = path.join(__dirname, "..");
const LIBRARIES = { darwin: "libphantom_cluster.dylib", win32: "phantom_cluster.dll" };
const library = LIBRARIES[process.platform] ?? "libphantom_cluster.so";

/** The error of the loader, or null when the addon loads. */
function loadError() {
  try {
    require("../binding");
    return null;
  } catch (error) {
    return error;
  }
}

function cargo(args, target) {
  const env = { ...process.env };
  if (target.endsWith("-musl")) {
    // Without it there are no dynamic libraries for musl.
    env.RUSTFLAGS = `${env.RUSTFLAGS ?? ""} -C target-feature=-crt-static`.trim();
  }
  return spawnSync("cargo", args, { cwd: root, env, encoding: "utf8", maxBuffer: 2 ** 28 });
}

/** Builds the addon as the file that the loader looks for; gives why it was not built, or null. */
function build(target) {
  const version = cargo(["--version"], target);
  if (version.error) {
    return version.error.code === "ENOENT" ? "no Rust is installed to build it" : version.error.message;
  }
  console.log(`phantom-cluster: no prebuilt addon for ${target}; building it with ${version.stdout.trim()}`);
  const folder = fs.mkdtempSync(path.join(root, "build-"));
  try {
    const { status, stderr } = cargo(["build", "--release", "--locked", "--target-dir", folder], target);
    if (status !== 0) {
      const reason = stderr.split("\n").find((line) => line.startsWith("error")) ?? stderr.trim().split("\n").pop();
      return `building it failed: ${reason}`;
    }
    fs.copyFileSync(path.join(folder, "release", library), path.join(root, `phantom-cluster.${target}.node`));
    return null;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function install() {
  // In a clone the loader is not there yet: the "prepare" script builds both.
  if (!fs.existsSync(path.join(root, "binding.js"))) {
    return;
  }
  const error = loadError();
  if (!error) {
    return;
  }
  const { target } = lookedFor(error);
  const reason = target ? build(target) : "";
  const remaining = reason === null ? loadError() : error;
  if (remaining) {
    console.error(`phantom-cluster: ${[reason, addonMissing(remaining).message].filter(Boolean).join(": ")}`);
  }
}

install();
