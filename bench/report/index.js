"use strict";

// The results as a table, as plots, and in README.md.

const fs = require("node:fs");
const path = require("node:path");
const { plots } = require("../plots/index");
const { writeReadme } = require("./readme");
const { machine, measured, losses, growth, site } = require("./tables");

function markdown(results) {
  const lost = losses(results);
  const hasQueue = results.results.some(({ group }) => group === "queue");
  return [
    machine(results),
    measured(results),
    lost.length ? `Runs that gave no figures within their time, or failed:\n\n${lost.join("\n")}` : null,
    hasQueue ? growth(results) : null,
    site(results),
  ]
    .filter(Boolean)
    .join("\n\n");
}

const file = (folder) => path.join(folder, "latest.json");

function load(folder) {
  return JSON.parse(fs.readFileSync(file(folder), "utf8"));
}

/** Writes all files, and returns the table. */
function write(results, folder, { readme }) {
  const text = markdown(results);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(file(folder), `${JSON.stringify(results, null, 2)}\n`);
  fs.writeFileSync(path.join(folder, "latest.md"), `${text}\n`);
  for (const [name, svg] of Object.entries(plots(results))) {
    fs.writeFileSync(path.join(folder, `${name}.svg`), svg);
  }
  if (readme) {
    writeReadme(results);
  }
  return text;
}

module.exports = { load, write };
