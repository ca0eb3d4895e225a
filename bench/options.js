"use strict";

const path = require("node:path");
const { parseArgs } = require("node:util");

const HELP = `npm run bench [-- OPTIONS]

  --quick           one pair, everything shorter: about a minute
  --pairs N         pairs of runs for each row (5)
  --only WORD       only rows whose name contains WORD; may be repeated
  --list            names the rows, and measures nothing
  --baseline PATH   beside another built checkout of this project instead of the original
  --ours-only       beside nothing
  --scale X         length of the runs (1)
  --out DIR         where the table and the plots go (bench/results; bench/results/chromium for a whole run of
                    --only Chromium, bench/results/part for what is less)
  --note TEXT       said in the report, such as what else the machine did
  --readme          writes the summary into README.md, too; of all rows only
  --report          makes table and plots anew from the last results, and measures nothing
`;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean" },
    pairs: { type: "string" },
    only: { type: "string", multiple: true },
    list: { type: "boolean" },
    baseline: { type: "string" },
    "ours-only": { type: "boolean" },
    scale: { type: "string" },
    out: { type: "string" },
    note: { type: "string" },
    readme: { type: "boolean" },
    report: { type: "boolean" },
    help: { type: "boolean" },
  },
});

const options = {
  ...values,
  oursOnly: values["ours-only"],
  pairs: Number(values.pairs ?? (values.quick ? 1 : 5)),
  scale: Number(values.scale ?? (values.quick ? 0.1 : 1)),
  only: values.only ?? [],
};
/** Whole runs of these rows alone are kept beside those of all. */
const CHROMIUM = "Chromium";
const isShort = options.scale !== 1 || Boolean(options.baseline ?? options.oursOnly);
const isPart = options.only.length > 0 || isShort;
options.folder = path.join(__dirname, "results");
if (isPart) {
  options.folder = path.join(options.folder, options.only.join() === CHROMIUM && !isShort ? "chromium" : "part");
}
if (isPart && options.readme) {
  throw new Error("--readme is for a run of all rows beside the original");
}

module.exports = { HELP, options };
