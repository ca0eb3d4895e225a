"use strict";

// A primary of chaos/shared.js with its workers. They end with it: see docs/architecture.md.

const cluster = require("node:cluster");
const { setTimeout: sleep } = require("node:timers/promises");
const { createQueued } = require("..");

const engine = createQueued(JSON.parse(process.argv[2] ?? process.env.CHAOS_OPTIONS));

if (cluster.isPrimary) {
  [, , process.env.CHAOS_OPTIONS] = process.argv;
  engine.on("storeLost", ({ message }) => console.error(message));
  engine.on("stopped", () => process.disconnect());
  process.on("message", (what) => {
    if (what === "stats") {
      process.send(engine.stats().shared);
    } else {
      engine.stop();
    }
  });
  process.on("disconnect", () => engine.done || process.exit(1));
} else {
  engine.on("request", async (_page, item) => {
    await sleep(item.request.wait);
    item.finish(item.request.number);
  });
}
engine.start();
