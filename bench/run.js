"use strict";

// Measures the published phantom-cluster 0.1.2 and this one in turn, in one run, and writes a table and plots:
// npm run bench -- --help. README.md in this directory says how to read them.

const path = require("node:path");
const { HELP, options } = require("./options");
const { measurements } = require("./rows/index");
const { measureAll } = require("./run/all");
const { load, write } = require("./report/index");

async function main() {
  const out = path.resolve(options.out ?? options.folder);
  const chosen = measurements(options.scale).filter(
    ({ name }) => options.only.length === 0 || options.only.some((word) => name.includes(word)),
  );
  if (options.help) {
    console.log(HELP);
  } else if (options.list) {
    console.log(chosen.map(({ name }) => name).join("\n"));
  } else {
    const results = options.report
      ? { ...load(out), ...(options.note && { note: options.note }) }
      : await measureAll(chosen, options);
    console.log(write(results, out, options));
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
