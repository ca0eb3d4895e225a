"use strict";

const { BROWSERS } = require("./browsers");

const SHOWN_PROBLEMS = 40;

function quantile(numbers, part) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)];
}

/** `{ median, max }` in whole ms; null for no numbers. */
function summary(times) {
  return times.length === 0
    ? { median: null, max: null }
    : { median: Math.round(quantile(times, 0.5)), max: Math.round(Math.max(...times)) };
}

function rowOf({ name, injected, survived, times }) {
  const { median, max } = summary(times);
  return { fault: name, injected, survived, "median ms": median, "max ms": max };
}

/** Prints what a run gave; the times are those from a fault to the end it should come to. */
function print(report) {
  const { seed, browser, seconds, faults, counts, problems, kinds, redeliveries, processes, lists } = report;
  console.table(kinds.map(rowOf));
  const { median, max } = summary(redeliveries);
  console.log(
    `SIGKILL of a ${BROWSERS[browser].name} to its requests' next delivery: median ${median} ms, max ${max} ms (${redeliveries.length} requests)`,
  );
  console.log(
    `${counts.enqueued} requests: ${counts.response} answered, ${counts.pages} of them with a page, ` +
      `${counts.failed - counts.crashed} failed on purpose, ${counts.crashed} as their page's process was killed, ` +
      `${counts.cancelled} cancelled; ${counts.deliveries} deliveries, ${counts.timeouts} timeouts`,
  );
  console.log(
    `${faults} faults on ${BROWSERS[browser].name}, ${processes} processes, ${seconds.toFixed(0)} s, seed ${seed}`,
  );
  console.log(`processes and files before the end: ${lists.before.join(", ") || "none"}`);
  console.log(`processes and files after it: ${lists.after.join(", ") || "none"}`);
  for (const problem of problems.slice(0, SHOWN_PROBLEMS)) {
    console.log(`PROBLEM: ${problem}`);
  }
  const ends = problems.length === 0 ? "survived" : `${problems.length} problems`;
  console.log(`every request ended once, nothing was left: ${ends}`);
}

module.exports = { print, summary };
