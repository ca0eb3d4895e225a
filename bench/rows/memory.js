"use strict";

const { bytes, worker, phantom } = require("./figures");
const { PATIENCE } = require("./pages");

module.exports = (scale) => {
  const pages = Math.max(50, Math.round(1000 * scale));
  return [
    {
      name: "memory, primary, per waiting request of 100 B",
      group: "memory",
      x: {},
      scenario: { load: "hold", task: "nothing", workers: 1, count: Math.max(10_000, 100_000 * scale), payload: 100 },
      figures: [bytes],
    },
    {
      name: `memory after ${pages.toLocaleString("en")} pages`,
      group: "memory",
      x: {},
      scenario: {
        load: "steady",
        task: "page",
        path: "/",
        title: "trivial",
        patience: PATIENCE,
        workers: 1,
        count: pages,
      },
      figures: [worker, phantom],
    },
  ];
};
