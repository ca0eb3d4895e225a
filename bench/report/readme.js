"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { machine, main } = require("./tables");

const FILE = path.join(__dirname, "..", "..", "README.md");
const BEGIN = "<!-- bench: written by npm run bench -- --readme -->";
const END = "<!-- bench: end -->";

/** Puts the summary between the two marks of README.md. */
function writeReadme(results) {
  const text = fs.readFileSync(FILE, "utf8");
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) {
    throw new Error("README.md has no place for the summary");
  }
  const block = `${BEGIN}\n${wrap(machine(results))}\n\n${main(results)}\n`;
  fs.writeFileSync(FILE, text.slice(0, from) + block + text.slice(to));
}

function wrap(text, width = 120) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = `${lines.at(-1)} ${word}`.trim();
    if (line.length > width) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = line;
    }
  }
  return lines.join("\n");
}

module.exports = { writeReadme };
