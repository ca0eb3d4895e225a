"use strict";

// A worker of the run. Its arguments: the address of the site, the browser.

const { createQueued } = require("../index");
const { handlerOf, misdeedsOf } = require("./handlers");
const { optionsOf } = require("./options");

const [url, browser] = process.argv.slice(2);
const setting = { engine: createQueued(optionsOf(browser)), url };
const misdeeds = misdeedsOf(browser);

setting.engine.once("workerReady", () => process.send({ ready: true }));
setting.engine.on("request", (page, item) => {
  const { id, attempts } = item;
  process.send({ delivered: id, attempts, at: Date.now() });
  return handlerOf(item.request, attempts, misdeeds)(page, item, setting);
});
setting.engine.start();
