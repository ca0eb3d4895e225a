"use strict";

const { rate, workers: text } = require("./figures");
const { PATIENCE } = require("./pages");

const PARALLELISM = 8;

/**
 * Pages with workers that are replaced after some; beside ours without. Two workers leave nothing of two cores, so that
 * each start takes its time from pages; with one there is a core to spare, and with pages that wait there are two.
 */
module.exports = (scale) => {
  const recycling = (workers, iterations, more) => {
    const never = {
      load: "steady",
      task: "page",
      path: "/",
      title: "trivial",
      patience: PATIENCE,
      workers,
      warmup: 20,
      seconds: Math.max(1, 5 * scale),
    };
    return {
      name: `recycling after ${iterations} pages, ${text(workers)}`,
      group: "recycling",
      x: { workers, iterations },
      scenario: { ...never, iterations },
      ceiling: { ours: never },
      figures: [rate],
      ...more?.(never),
    };
  };
  const slow = (never) => {
    const waiting = { ...never, path: "/slow", seconds: never.seconds * 2 };
    return {
      name: `recycling after 100 pages that wait, 2 workers (ours: ${PARALLELISM} at once)`,
      scenario: { ...waiting, iterations: 100 },
      ours: { parallelism: PARALLELISM },
      ceiling: { ours: { ...waiting, parallelism: PARALLELISM } },
    };
  };
  return [
    recycling(2, 4),
    recycling(2, 20),
    recycling(2, 100),
    recycling(2, 100, slow),
    recycling(1, 4),
    recycling(1, 100),
  ];
};
