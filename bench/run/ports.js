"use strict";

const net = require("node:net");

// Below those that systems hand out by themselves.
const FIRST = 15_000;
const LAST = 32_000;
const RANGE = 40;

const isFree = (port, host) =>
  new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", (error) => resolve(error.code !== "EADDRINUSE"));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });

/** First of a range of ports that are free just now. The original takes one a worker, counted on, and skips none. */
async function freeRange() {
  const first = FIRST + Math.floor(Math.random() * (LAST - FIRST));
  for (let port = first; port < first + RANGE; port += 1) {
    if (!(await isFree(port, "127.0.0.1"))) {
      return freeRange();
    }
  }
  return first;
}

module.exports = { freeRange };
