"use strict";

// A worker of the run: its argument is the address of the site.

const { createQueued } = require("../index");
const { handlerOf } = require("./handlers");
const { OPTIONS } = require("./options");

const setting = { engine: createQueued(OPTIONS), url: process.argv[2] };

setting.engine.once("workerReady", () => process.send({ ready: true }));
setting.engine.on("request", (page, item) => {
  const { id, attempts } = item;
  process.send({ delivered: id, attempts, at: Date.now() });
  return handlerOf(item.request, attempts)(page, item, setting);
});
setting.engine.start();
