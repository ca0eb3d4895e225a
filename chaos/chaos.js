"use strict";

// Faults at random times under load, on real workers and real browsers, and a look at what became of every request:
//   node chaos/chaos.js [--browser phantomjs|chromium] [--store file] [--requests N] [--faults N] [--seconds S] [--seed S]
// Or at random times under load SIGKILL of the primary, whose requests are in a file:
//   node chaos/chaos.js --store file --primaries N [--seed S]
// Without --browser it is the one of PHANTOM_CLUSTER_BROWSER, or PhantomJS.
// The same seed gives the same faults in the same order. Exits with 0 when all was survived, with 1 when not, with 2 when
// it cannot begin. Needs /proc: Linux only.

const { parseArgs } = require("node:util");
const { findBrowser, readBrowser } = require("../cli/browsers");
const { CommandError } = require("../cli/command-error");
const { print } = require("./report");
const { Run } = require("./run");

const DEFAULTS = { requests: 20_000, faults: 330, seconds: 270 };
const PROGRESS = 15_000;

function readPlan() {
  const text = { type: "string" };
  const { values } = parseArgs({
    options: { browser: text, store: text, primaries: text, requests: text, faults: text, seconds: text, seed: text },
  });
  const { browser, store, ...numbers } = values;
  const plan = { ...DEFAULTS, seed: Math.floor(Math.random() * 2 ** 32) };
  for (const [name, value] of Object.entries(numbers)) {
    plan[name] = Number(value);
    if (!(Number.isInteger(plan[name]) && plan[name] >= 0)) {
      throw new CommandError(`--${name} must be a whole number, not ${value}`);
    }
  }
  if (store !== undefined && store !== "file") {
    throw new CommandError(`--store must be file, not ${store}`);
  }
  if (plan.primaries !== undefined && !store) {
    throw new CommandError("--primaries needs --store file: in memory a queue ends with its primary");
  }
  return { ...plan, store, browser: readBrowser(browser) };
}

async function main() {
  const plan = readPlan();
  const { problem, remedy } = await findBrowser(plan.browser);
  if (problem) {
    throw new CommandError(`${problem}${remedy ? `; ${remedy}` : ""}`);
  }
  if (plan.primaries !== undefined) {
    const { killPrimaries } = require("./primaries");
    process.exitCode = (await killPrimaries(plan)) ? 0 : 1;
    return;
  }
  const run = new Run(plan);
  const progress = setInterval(() => {
    console.error(`${run.progress.requests} requests, ${run.progress.faults} faults so far`);
  }, PROGRESS);
  const report = await run.run();
  clearInterval(progress);
  print(report);
  process.exitCode = report.problems.length === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error instanceof CommandError ? `chaos: ${error.message}` : error);
  process.exit(2);
});
