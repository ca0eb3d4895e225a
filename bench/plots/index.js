"use strict";

const { workers, memory, latency } = require("./bars");
const { pages } = require("./pages");
const { queueLength, payload } = require("./queue");

/** SVGs by name, of those that the results are enough for. */
function plots(results) {
  const all = {
    "queue-length": queueLength(results),
    payload: payload(results),
    workers: workers(results),
    pages: pages(results),
    memory: memory(results),
    latency: latency(results),
  };
  return Object.fromEntries(Object.entries(all).filter(([, svg]) => svg));
}

module.exports = { plots };
