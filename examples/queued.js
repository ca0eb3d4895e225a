"use strict";

// Prints the titles of pages: node examples/queued.js [URL…]
//
// This script runs in the primary process, which keeps the queue, and again in each worker, which has a PhantomJS.

const cluster = require("node:cluster");
const { createQueued } = require("phantom-cluster");
const { startSite } = require("./site");

const engine = createQueued({ workers: 2, workerParallelism: 2, messageTimeout: 20_000, maxAttempts: 3 });

if (cluster.isPrimary) {
  printTitles();
} else {
  engine.on("request", visit);
}
engine.start();

async function printTitles() {
  const site = await startSite();
  for (const url of site.urls) {
    // Any JSON value is a request.
    const item = engine.enqueue({ url });
    item.on("response", ({ title }) => console.log(`${url}: ${title}`));
    item.on("timeout", () => console.log(`${url}: takes too long, enqueued again`));
    item.on("failed", (error) => {
      console.log(`${url}: ${error.message}`);
      process.exitCode = 1;
    });
  }
  await engine.idle();
  // Without it the engine waits for more requests, and keeps the process alive.
  engine.stop();
  site.close();
}

// The page is a fresh one. The engine closes it when the item is finished.
async function visit(page, item) {
  const { url } = item.request;
  if ((await page.open(url)) !== "success") {
    // Fails the item. It is not tried again: see option retryErrors.
    throw new Error("cannot be loaded");
  }
  // This function runs inside PhantomJS: it must be ES5, and sees nothing of this script.
  const title = await page.evaluate(function () {
    return document.title;
  });
  item.finish({ title });
}
