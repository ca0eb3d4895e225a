"use strict";

const cluster = require("node:cluster");
const { Browser } = require("../browser/browser");
const { logLines } = require("../browser/output");
const { contact } = require("./worker-contact");

const MAX_WORKER_PORT = 65_000;
const SHARE_OF_START = 0.9;

/** The PhantomJS of this worker, not started yet. `onExit({ how, why, output })` hears of its end. */
function makeBrowser(options, onExit) {
  return new Browser(options, {
    onStdout: options.onStdout ?? logLines("stdout", console.log),
    onStderr: options.onStderr ?? logLines("stderr", console.warn),
    onExit,
  });
}

/** Starts it; rejects with a PhantomError that says why it did not start. */
function launch(browser, binary, { phantomBasePort, startTimeout, ...options }) {
  const workerId = cluster.worker?.id ?? 0;
  // Ids grow with each recycling; the ports must not grow out of their range.
  const basePort = phantomBasePort + ((workerId + 1) % (MAX_WORKER_PORT - phantomBasePort + 1));
  return browser.launch({
    ...options,
    binary,
    basePort,
    fileTypes: contact?.fileTypes,
    startTimeout: phantomStartTimeout(startTimeout),
  });
}

// In a worker less than the primary allows, so that the worker can still say itself what is wrong with PhantomJS.
function phantomStartTimeout(startTimeout) {
  const left = startTimeout - process.uptime() * 1000;
  return contact ? SHARE_OF_START * Math.max(left, startTimeout / 2) : startTimeout;
}

module.exports = { launch, makeBrowser };
