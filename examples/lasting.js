"use strict";

// A crawl that goes on where it was ended, by Ctrl-C, a crash or a power cut: node examples/lasting.js FILE [URL…]
//
// FILE keeps what is not done. Run it again without addresses to do the rest.

const cluster = require("node:cluster");
const { createQueued } = require("phantom-cluster");
const { startSite } = require("./site");

const [file = "queue.db", ...urls] = process.argv.slice(2);
const engine = createQueued({ workers: 2, messageTimeout: 20_000, store: { file, keep: "failed" } });

if (cluster.isPrimary) {
  crawl();
} else {
  engine.on("request", visit);
  engine.start();
}

async function crawl() {
  // What an earlier process has left comes first, before any of it is handed out.
  engine.on("recovered", (item) => {
    console.log(`${item.request.url}: left from last time`);
    report(item);
  });
  const site = urls.length === 0 ? await startSite() : null;
  engine.start();
  for (const url of site?.urls ?? urls) {
    // Of one address that is not done yet there is one request, however often it is found.
    const item = engine.enqueue({ url }, { key: url });
    if (!item.duplicate) {
      report(item);
    }
    await item.stored;
  }
  process.once("SIGINT", () => engine.stop());
  engine.on("stopped", () => site?.close());
  await engine.idle();
  engine.stop();
}

function report(item) {
  const { url } = item.request;
  item.on("response", ({ title }) => console.log(`${url}: ${title}`));
  item.on("failed", (error) => {
    // Of what is still in the file the next process will tell.
    if (!error.stored) {
      console.log(`${url}: ${error.message}`);
    }
  });
}

async function visit(page, item) {
  const { url } = item.request;
  if ((await page.open(url)) !== "success") {
    throw new Error("cannot be loaded");
  }
  item.finish({ title: await page.get("title") });
}
