"use strict";

// Packs this package as it would be published, and has publint and attw look at the tarball. The addon need not be built.

const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const root = path.join(__dirname, "..");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "phantom-cluster-pack-"));

/** Runs a command with its output shown; throws when it fails. */
function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    throw error ?? new Error(`${command} ${args.join(" ")} failed`);
  }
}

try {
  // Without the script that builds the addon.
  run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder]);
  const tarball = path.join(folder, fs.readdirSync(folder)[0]);
  run("npx", ["publint", "run", tarball, "--strict"]);
  run("npx", ["attw", "--no-definitely-typed", tarball]);
} finally {
  fs.rmSync(folder, { recursive: true });
}
