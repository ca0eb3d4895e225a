"use strict";

// A worker of the command line: its settings come as its only argument.

// Ctrl-C goes to all processes of the terminal. The primary decides what it means.
process.on("SIGINT", () => {});

const { createEngine } = require("./engine");
const { visit } = require("./visit");

const settings = JSON.parse(process.argv[2]);
const engine = createEngine(settings);

engine.once("phantomStarted", () => process.send("ready"));
engine.on("request", async (page, item) => {
  item.finish(await visit(page, item.request, settings));
});
engine.start();
