"use strict";

// A worker of BullMQ's, for run.js.

const { Worker } = require("bullmq");

const { REDIS: url, QUEUE: queue, CONCURRENCY } = process.env;
const worker = new Worker(queue, async () => 1, { connection: { url }, concurrency: Number(CONCURRENCY) });
worker.waitUntilReady().then(() => process.send("ready"));
process.on("message", async () => {
  await worker.close();
  process.disconnect();
});
