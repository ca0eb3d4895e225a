"use strict";

// Faults at random times under load, on real workers and real PhantomJS, and a look at what became of every request:
//   node chaos/chaos.js [--requests N] [--faults N] [--seconds S] [--seed S]
// The same seed gives the same faults in the same order. Exits with 0 when all was survived. Needs /proc: Linux only.

const { parseArgs } = require("node:util");
const { print } = require("./report");
const { Run } = require("./run");

const DEFAULTS = { requests: 20_000, faults: 330, seconds: 270 };
const PROGRESS = 15_000;

function readPlan() {
  const number = { type: "string" };
  const { values } = parseArgs({ options: { requests: number, faults: number, seconds: number, seed: number } });
  const plan = { ...DEFAULTS, seed: Math.floor(Math.random() * 2 ** 32) };
  for (const [name, value] of Object.entries(values)) {
    plan[name] = Number(value);
    if (!(Number.isInteger(plan[name]) && plan[name] >= 0)) {
      throw new RangeError(`--${name} must be a whole number, not ${value}`);
    }
  }
  return plan;
}

async function main() {
  const run = new Run(readPlan());
  const progress = setInterval(() => {
    console.error(`${run.progress.requests} requests, ${run.progress.faults} faults so far`);
  }, PROGRESS);
  const report = await run.run();
  clearInterval(progress);
  print(report);
  process.exitCode = report.problems.length === 0 ? 0 : 1;
}

main();
