"use strict";

const { p50, p99 } = require("./figures");

/** One page, one call after the other. */
module.exports = (scale) => {
  const calls = (name, task, path, count, warmup, figures, more) => ({
    name: `bridge, ${name}`,
    group: "bridge",
    x: { task },
    scenario: { load: "once", task, path, workers: 1, count: Math.max(3, Math.round(count * scale)), warmup, ...more },
    figures,
  });
  return [
    calls("evaluate", "evaluate", "/", 2000, 100, [p50, p99]),
    calls("render of a 1 MB PNG", "render", "/noise", 10, 1, [p50], { size: 900_000 }),
    calls("render of a 1 MB PNG as base64", "base64", "/noise", 10, 1, [p50]),
    calls("evaluate with a result of 5 MB", "result", "/", 8, 1, [p50]),
  ];
};
