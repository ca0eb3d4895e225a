"use strict";

// Packs the main package and the one of this platform as a release does, but for the publishing.

const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
// The one platform on which it is tested.
const TARGET = { triple: "x86_64-unknown-linux-gnu", name: "linux-x64-gnu" };
const ADDON = `phantom-cluster.${TARGET.name}.node`;

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", timeout: 120_000 });
  if (status !== 0) {
    throw error ?? new Error(`${command} ${args.join(" ")} ended with ${status}\n${stdout}\n${stderr}`);
  }
  return stdout;
}

/** Packs a package; gives what npm says of the tarball, with its path. */
function pack(directory, folder) {
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const [info] = JSON.parse(run("npm", args, directory));
  return { ...info, tarball: path.join(folder, info.filename) };
}

/** A copy of the package with the changes that a release makes to it, for this platform alone. */
function release(tarball, folder) {
  const copy = path.join(folder, "package");
  run("tar", ["-xzf", tarball, "-C", folder], folder);
  const manifest = JSON.parse(fs.readFileSync(path.join(copy, "package.json"), "utf8"));
  manifest.napi.targets = [TARGET.triple];
  fs.writeFileSync(path.join(copy, "package.json"), JSON.stringify(manifest));
  fs.mkdirSync(path.join(copy, "artifacts"));
  fs.copyFileSync(path.join(root, ADDON), path.join(copy, "artifacts", ADDON));
  const cli = path.join(path.dirname(require.resolve("@napi-rs/cli/package.json")), "dist", "cli.js");
  for (const args of [
    ["create-npm-dirs"],
    ["artifacts", "--output-dir", "artifacts"],
    ["pre-publish", "--tag-style", "npm", "--no-gh-release", "--skip-optional-publish"],
  ]) {
    run(process.execPath, [cli, ...args], copy);
  }
  return copy;
}

/** The package as it is here, which names no package of a platform. */
const packHere = (folder) => pack(root, folder);

/** `{ main, platform }`, both in `folder`. */
function releaseTarballs(folder) {
  const copy = release(packHere(folder).tarball, folder);
  return { main: pack(copy, folder), platform: pack(path.join(copy, "npm", TARGET.name), folder) };
}

module.exports = { ADDON, TARGET, packHere, releaseTarballs };
