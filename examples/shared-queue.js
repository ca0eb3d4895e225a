"use strict";

// Two primaries that share a queue in Redis, and a producer that knows BullMQ alone. In three terminals:
//
//   REDIS=redis://127.0.0.1:6379 node examples/shared-queue.js
//   REDIS=redis://127.0.0.1:6379 node examples/shared-queue.js
//   REDIS=redis://127.0.0.1:6379 node examples/shared-queue.js produce http://example.com/ http://example.org/
//
// The first two are the same script, here or on other machines; each handles what its workers have time for. SIGTERM or
// Ctrl-C ends one: what it held goes to the other at once. Needs "npm install bullmq ioredis".

const cluster = require("node:cluster");
const { createQueued } = require("phantom-cluster");

const { REDIS = "redis://127.0.0.1:6379", QUEUE = "crawl" } = process.env;
const [task, ...urls] = process.argv.slice(2);

/** Any producer of BullMQ's does, in any language: a job's data is the request. */
async function produce() {
  const { Queue, QueueEvents } = require("bullmq");
  const connection = { url: REDIS };
  const queue = new Queue(QUEUE, { connection, skipMetasUpdate: true });
  const events = new QueueEvents(QUEUE, { connection });
  await events.waitUntilReady();
  const jobs = await queue.addBulk(urls.map((url) => ({ name: "page", data: { url }, opts: { attempts: 2 } })));
  for (const job of jobs) {
    const title = await job.waitUntilFinished(events).catch((error) => `failed: ${error.message}`);
    console.log(`${job.data.url}: ${title}`);
  }
  await Promise.all([queue.close(), events.close()]);
}

function serve() {
  const engine = createQueued({ workers: 2, retryErrors: 1, store: { redis: REDIS, queue: QUEUE } });
  if (cluster.isPrimary) {
    engine.on("storeLost", ({ message }) => console.error(message));
    engine.on("storeFound", () => console.error("Redis is found again"));
    for (const signal of ["SIGINT", "SIGTERM"]) {
      process.once(signal, () => engine.stop());
    }
  } else {
    // Ctrl-C comes to the workers too; their primary ends them.
    process.on("SIGINT", () => {});
    engine.on("request", async (page, item) => {
      const status = await page.open(item.request.url);
      if (status !== "success") {
        throw new Error(`${item.request.url} cannot be loaded`);
      }
      item.finish(await page.get("title"));
    });
  }
  engine.start();
}

if (task === "produce") {
  produce();
} else {
  serve();
}
