"use strict";

// A primary of ours with two workers, for run.js.

const cluster = require("node:cluster");
const { createQueued } = require("../..");

const { REDIS: redis, QUEUE: queue, BASE_PORT: phantomBasePort } = process.env;
const WORKERS = 2;
const engine = createQueued({ workers: WORKERS, phantomBasePort, workerIterations: 1e9, store: { redis, queue } });

if (cluster.isPrimary) {
  let ready = 0;
  engine.on("workerStarted", (worker) =>
    worker.once("message", () => {
      ready += 1;
      if (ready === WORKERS) {
        process.send("ready");
      }
    }),
  );
  engine.on("stopped", () => process.disconnect());
  process.on("message", () => engine.stop());
} else {
  engine.once("workerReady", () => process.send("ready"));
  // Without a page for each: nothing but the queue is measured.
  engine.on("queueItemReady", function () {
    this.queueItemResponse(1);
  });
}
engine.start();
