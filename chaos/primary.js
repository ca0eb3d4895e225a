"use strict";

// A primary of `primaries.js`, and its workers. Arguments: the file, and whether it is fed until it is killed. It says
// what it knows before it goes on: s7; request 7 is stored, r7; it was recovered, e7; it ended.

const cluster = require("node:cluster");
const fs = require("node:fs");
const { createQueued } = require("../index");
const { OPTIONS } = require("./options");

/** Requests that are kept with the engine. */
const OPEN = 200;

const [file, isFed] = process.argv.slice(2);
const engine = createQueued({ ...OPTIONS, workers: 2, workerIterations: 1_000_000, store: { file } });

function say(what, id) {
  fs.writeSync(1, `${what}${id};\n`);
}

function follow(item) {
  const end = () => {
    say("e", item.id);
    feed();
  };
  item.on("response", end);
  item.on("failed", ({ stored }) => stored || end());
}

let open = 0;
function feed() {
  if (isFed === "true") {
    for (; open < OPEN; open += 1) {
      add();
    }
    add();
  }
}

function add() {
  const item = engine.enqueue({ text: "x".repeat(100) });
  item.stored.then(
    () => say("s", item.id),
    () => {},
  );
  follow(item);
}

function primary() {
  engine.on("recovered", (item) => {
    say("r", item.id);
    follow(item);
  });
  engine.start();
  feed();
  if (isFed !== "true") {
    engine.idle().then(() => engine.stop());
  }
}

function worker() {
  engine.on("queueItemReady", function () {
    this.queueItemResponse(null);
  });
  engine.start();
}

if (cluster.isPrimary) {
  primary();
} else {
  worker();
}
