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

/** `ours`, and beside it `other`: the original, another checkout of this project, or nothing. */
function engines({ baseline, oursOnly }) {
  const ours = path.join(__dirname, "..", "..");
  if (oursOnly) {
    return { ours, other: null, label: null };
  }
  if (baseline) {
    return { ours, other: path.resolve(baseline), label: "baseline" };
  }
  return { ours, other: original(), label: "original" };
}

module.exports = { engines };
