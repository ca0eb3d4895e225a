"use strict";

const { rate, workers: text } = require("./figures");
const { PARALLELISM, PATIENCE } = require("./pages");

/**
 * Pages with workers that are replaced after some; beside ours without. Two workers leave nothing of two cores, so that
 * each start takes its time from pages; with one there is a core to spare, and with pages that wait there are two.
 */
module.exports = (scale) => {
  const pages = (workers) => ({
    load: "steady",
    task: "page",
    path: "/",
    title: "trivial",
    patience: PATIENCE,
    workers,
    warmup: 20,
    seconds: Math.max(1, 5 * scale),
  });
  const row = (kind, never, iterations, ours) => ({
    name: `recycling after ${iterations} pages${kind}`,
    group: "recycling",
    x: { workers: never.workers, iterations },
    scenario: { ...never, iterations },
    ours,
    ceiling: { ours: { ...never, ...ours } },
    figures: [rate],
  });
  const trivial = (workers, iterations) => row(`, ${text(workers)}`, pages(workers), iterations);
  const never = pages(2);
  const waiting = { ...never, path: "/slow", seconds: never.seconds * 2 };
  return [
    trivial(2, 4),
    trivial(2, 20),
    trivial(2, 100),
    row(` that wait, 2 workers (ours: ${PARALLELISM} at once)`, waiting, 100, { parallelism: PARALLELISM }),
    trivial(1, 4),
    trivial(1, 100),
  ];
};
