"use strict";

const { rate, p50, p99, workers: text } = require("./figures");

const SIZES = { 100: "100 B", 10000: "10 KB", 1000000: "1 MB" };
const LENGTHS = { 20000: "20 k", 200000: "200 k", 1000000: "1 M" };
/** The original takes minutes for a long queue: what it does within these is its rate. */
const SECONDS = 8;

/** No-op handlers: how many requests go through. */
module.exports = (scale) => {
  const burst = (workers, length, payload) => {
    const count = Math.max(100, Math.round(length * scale));
    return {
      name: `queue, ${text(workers)}, ${LENGTHS[length] ?? length} of ${SIZES[payload]}`,
      group: "queue",
      x: { workers, length, payload },
      scenario: {
        load: "burst",
        task: "nothing",
        workers,
        count,
        payload,
        // What is over soon is done thrice.
        rounds: length > 20_000 ? 1 : 3,
        seconds: Math.max(2, SECONDS * scale),
      },
      figures: [rate],
    };
  };
  /** The same with the file of option `store`; the ceiling is without. */
  const inFile = (row) => ({
    ...row,
    name: row.name.replace("queue", "queue in a file"),
    oursOnly: true,
    scenario: { ...row.scenario, store: true },
    ceiling: { ours: row.scenario },
  });
  const count = Math.max(200, Math.round(3000 * scale));
  const light = {
    name: "queue, light load, enqueue to response",
    group: "latency",
    x: {},
    scenario: { load: "light", task: "nothing", workers: 2, count, warmup: 200, payload: 100 },
    figures: [p50, p99],
  };
  return [
    burst(1, 20_000, 100),
    burst(2, 20_000, 100),
    burst(4, 20_000, 100),
    burst(2, 200_000, 100),
    burst(2, 1_000_000, 100),
    burst(2, 5_000, 10_000),
    burst(2, 100, 1_000_000),
    light,
    inFile(burst(2, 20_000, 100)),
    inFile(burst(2, 200_000, 100)),
    inFile(light),
  ];
};
