"use strict";

const { rate } = require("./figures");
const { PATIENCE } = require("./pages");

/** Pages with workers that are replaced after some; beside ours without. */
module.exports = (scale) => {
  const scenario = {
    load: "steady",
    task: "page",
    path: "/",
    title: "trivial",
    patience: PATIENCE,
    workers: 2,
    warmup: 20,
  };
  const seconds = Math.max(1, 5 * scale);
  const never = { ...scenario, seconds };
  return [4, 20, 100].map((iterations) => ({
    name: `recycling after ${iterations} pages, 2 workers`,
    group: "recycling",
    x: { iterations },
    scenario: { ...never, iterations },
    ceiling: { ours: never },
    figures: [rate],
  }));
};
