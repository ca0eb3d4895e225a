"use strict";

const { execFile, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..", "..");
const LIMIT = 20_000;

/** Something that the set-up cannot do by itself: one sentence, with the remedy. */
class SetupError extends Error {}

/** On stderr, as stdout is the caller's. */
const say = (text) => process.stderr.write(`setup: ${text}\n`);

/** A program's file in PATH, or undefined. */
function onPath(name) {
  const file = process.platform === "win32" ? `${name}.exe` : name;
  return (process.env.PATH ?? "")
    .split(path.delimiter)
    .filter(Boolean)
    .map((directory) => path.join(directory, file))
    .find((candidate) => fs.existsSync(candidate));
}

/** What a short program prints; null when it fails. */
function outputOf(file, args) {
  return new Promise((resolve) => {
    execFile(file, args, { cwd: root, timeout: LIMIT }, (error, stdout) => resolve(error ? null : stdout.trim()));
  });
}

/** Runs npm with its output shown. */
function npm(...args) {
  // The npm that runs this, if one does.
  const script = /npm-cli\.c?js$/.test(process.env.npm_execpath ?? "") ? process.env.npm_execpath : null;
  const [file, before] = script ? [process.execPath, [script]] : ["npm", []];
  const shell = !script && process.platform === "win32";
  // stdout is for what the command itself prints.
  const { status, error } = spawnSync(file, [...before, ...args], { cwd: root, stdio: ["ignore", 2, 2], shell });
  if (status !== 0) {
    throw new SetupError(`"npm ${args.join(" ")}" failed: ${error?.message ?? `exit code ${status}`}`);
  }
}

module.exports = { SetupError, npm, onPath, outputOf, root, say };
