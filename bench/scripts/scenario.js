"use strict";

// One measurement, as a script of a user's: node bench/scripts/scenario.js '{"engine":"PATH","load":"burst", …}'. It runs
// on either engine, in the generation of calls that both know, and prints its figures as one line of JSON.

const cluster = require("node:cluster");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const loads = require("./loads");
const tasks = require("./tasks");

const STOP_LIMIT = 2000;

const options = JSON.parse(process.argv[2]);
const folder = options.store && cluster.isPrimary ? fs.mkdtempSync(path.join(os.tmpdir(), "bench-")) : null;

// Without the argument the original's bridge cannot connect under PhantomJS 2.
const program =
  options.browser === "chromium"
    ? {
        browser: "chromium",
        browserBinary: options.binary,
        // As root it does not start otherwise.
        browserArguments: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
        isolate: Boolean(options.isolate),
      }
    : { phantomBinary: options.binary, phantomArguments: ["--web-security=false"] };

const engine = require(options.engine).createQueued({
  ...program,
  workers: options.workers,
  // Neither engine takes 0 as "never".
  workerIterations: options.iterations ?? 1_000_000_000,
  workerParallelism: options.parallelism,
  phantomBasePort: options.basePort,
  messageTimeout: 600_000,
  onStdout: () => {},
  onStderr: () => {},
  ...(folder && { store: { file: path.join(folder, "queue.db") } }),
});
engine.on("error", () => {});

async function measure() {
  const figures = await loads[options.load](engine, options);
  console.log(JSON.stringify(figures));
  engine.on("stopped", () => folder && fs.rmSync(folder, { recursive: true }));
  engine.on("stopped", () => setTimeout(() => process.exit(0), 100));
  engine.stop();
  setTimeout(() => process.exit(0), STOP_LIMIT);
}

function work() {
  // The original overlooks this option.
  engine.phantomBasePort = options.basePort;
  engine.on("queueItemReady", function (request) {
    tasks[options.task](this.ph, request, (response) => this.queueItemResponse(response), options);
  });
  engine.start();
}

if (cluster.isPrimary) {
  measure();
} else {
  work();
}
