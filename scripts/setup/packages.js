"use strict";

// The npm packages, as package-lock.json names them.

const fs = require("node:fs");
const path = require("node:path");
const { npm, root, say } = require("./run");

function read(...names) {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, ...names), "utf8"));
  } catch {
    return null;
  }
}

/** Why packages must be installed, or null: npm leaves a list of what it has installed. */
function missing() {
  const wanted = read("package-lock.json").packages;
  const installed = read("node_modules", ".package-lock.json")?.packages;
  if (!installed) {
    return "they are missing";
  }
  for (const [name, { version, optional }] of Object.entries(wanted)) {
    // The first is this package itself. What is optional may be for another system.
    if (name === "" || (optional && !installed[name])) {
      continue;
    }
    if (installed[name]?.version !== version || !fs.existsSync(path.join(root, name))) {
      return `${name.replace(/^.*node_modules\//, "")} ${version} is missing`;
    }
  }
  return null;
}

function install(reason) {
  say(`installing the npm packages with "npm ci", as ${reason}`);
  // The addon is built afterwards, which a script of npm's would do without a word.
  npm("ci", "--ignore-scripts", "--no-audit", "--no-fund");
}

module.exports = { install, missing };
