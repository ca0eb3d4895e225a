"use strict";

// Where the two engines are. The original is installed into bench/original when it is not there.

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const FOLDER = path.join(__dirname, "..", "original");
const ORIGINAL = path.join(FOLDER, "node_modules", "phantom-cluster");

function original() {
  if (!fs.existsSync(ORIGINAL)) {
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    execFileSync("npm", args, { cwd: FOLDER, stdio: "inherit" });
  }
  return ORIGINAL;
}

/**
 * `ours`, and beside it `other`: the original, another checkout of this project, or nothing. The original is installed
 * for `rows` that are beside it alone.
 */
function engines({ baseline, oursOnly }, rows) {
  const ours = path.join(__dirname, "..", "..");
  if (oursOnly) {
    return { ours, other: null, label: null };
  }
  if (baseline) {
    return { ours, other: path.resolve(baseline), label: "baseline" };
  }
  return { ours, other: rows.some(({ beside }) => !beside) ? original() : null, label: "original" };
}

/** Whether an engine can run what a row is about: one before Chromium would take PhantomJS in its place. */
function canRun(engine, { browser }) {
  return browser !== "chromium" || fs.existsSync(path.join(engine, "lib", "browser", "chromium.js"));
}

module.exports = { canRun, engines };
