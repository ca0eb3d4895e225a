"use strict";

// A cluster without a queue: who works on what is told by messages of this script's own.
// node examples/bare-bones.js [URL…]

const cluster = require("node:cluster");
const { create } = require("phantom-cluster");
const { startSite } = require("./site");

const engine = create({ workers: 2, workerIterations: 100 });

if (cluster.isPrimary) {
  giveWork();
} else {
  work();
}

async function giveWork() {
  const site = await startSite();
  const waiting = [...site.urls];
  const working = new Map();
  let missing = waiting.length;

  engine.on("workerStarted", (worker) => {
    worker.on("message", ({ url, title }) => {
      if (url) {
        console.log(`worker ${worker.id}: ${url}: ${title}`);
        working.delete(worker.id);
        missing -= 1;
        if (missing === 0) {
          engine.stop();
          site.close();
        }
      } else if (waiting.length > 0) {
        // The worker asks for work.
        working.set(worker.id, waiting.shift());
        worker.send({ url: working.get(worker.id) });
      }
    });
  });

  // Without a queue, what a worker held when it died is ours to give to another.
  engine.on("workerDied", (worker) => {
    if (working.has(worker.id)) {
      waiting.push(working.get(worker.id));
      working.delete(worker.id);
    }
  });

  engine.start();
}

function work() {
  // PhantomJS is up, or next() was called.
  engine.on("workerReady", () => process.send({}));

  process.on("message", async ({ url }) => {
    const page = await engine.ph.createPage();
    await page.open(url);
    const title = await page.get("title");
    await page.close();
    // next() may end the process, when its iterations are used up: not before the message is out.
    process.send({ url, title }, () => engine.next());
  });

  engine.start();
}
