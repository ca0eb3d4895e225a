"use strict";

const { rate, perPage, stalled, workers: text } = require("./figures");

const PARALLELISM = 8;
/** After so many ms a load is given up: PhantomJS does not always send all requests of a page. */
const PATIENCE = 3000;

/** Create, open, evaluate, close. */
module.exports = (scale) => {
  const seconds = Math.max(0.5, 2.5 * scale);
  const trivial = (workers, parallelism) => ({
    name: `pages, ${text(workers)}, ${parallelism} at once`,
    group: "pages",
    x: { workers, parallelism },
    scenario: {
      load: "steady",
      task: "page",
      path: "/",
      title: "trivial",
      workers,
      parallelism,
      seconds,
      warmup: 50,
      patience: PATIENCE,
    },
    oursOnly: parallelism > 1,
    ceiling: { path: "/", processes: workers, atOnce: parallelism === 1 ? 1 : "best" },
    figures: [rate],
  });
  const heavy = {
    load: "steady",
    task: "page",
    path: "/heavy",
    title: "heavy",
    workers: 2,
    warmup: 4,
    patience: PATIENCE,
  };
  const stored = trivial(2, 4);
  return [
    {
      ...stored,
      name: "pages with requests in a file, 2 workers, 4 at once",
      group: "stored pages",
      scenario: { ...stored.scenario, store: true },
      ceiling: { ours: stored.scenario },
    },
    ...[1, 2, 4].flatMap((workers) => [1, 4, 8].map((parallelism) => trivial(workers, parallelism))),
    {
      name: `heavy pages, 2 workers (ours: ${PARALLELISM} at once)`,
      group: "heavy",
      x: { workers: 2, parallelism: PARALLELISM },
      scenario: { ...heavy, seconds: seconds * 4 },
      ours: { parallelism: PARALLELISM, warmup: 2 * PARALLELISM },
      ceiling: { path: "/heavy", processes: 2, atOnce: "best" },
      figures: [rate, perPage, stalled],
    },
  ];
};

module.exports.PARALLELISM = PARALLELISM;
module.exports.PATIENCE = PATIENCE;
