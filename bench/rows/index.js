"use strict";

// What is measured. Each measurement is one scenario, run on both engines in turn, and gives one or more rows:
//   name, group   as in the report
//   x             the parameters that plots and the table of growth go by
//   scenario      options of scripts/scenario.js
//   ours          options in which ours differs, being able to what the original is not
//   oursOnly      the original cannot do it at all
//   beside        what it is beside, where that is not the original: "puppeteer-cluster"
//   ceiling       `{ path, processes, atOnce }`: PhantomJS by itself; `{ ours: options }`: ours in another way;
//                 `{ cdp: { way, path, processes, atOnce } }`: Chromium by itself, `way` as in scripts/cdp.js
//   figures       of those the scenario prints: `{ key, name, unit, better, mark }`
//   mark          what ours is to reach, where there is such a thing: `{ times, share, most }`, of times better, of the
//                 part of the ceiling, and of the figure itself
// `scale` shortens all: 1 for full length.

const groups = [
  require("./queue"),
  require("./pages"),
  require("./recycling"),
  require("./start"),
  require("./memory"),
  require("./bridge"),
  require("./chromium"),
];

function measurements(scale) {
  return groups.flatMap((group) => group(scale));
}

module.exports = { measurements };
