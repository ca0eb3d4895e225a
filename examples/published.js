"use strict";

// A script as it was written for phantom-cluster 0.1.x, which runs unchanged: node examples/published.js [URL…]

const cluster = require("node:cluster");
const phantomCluster = require("phantom-cluster");
const { startSite } = require("./site");

const engine = phantomCluster.createQueued({
  workers: 2,
  workerIterations: 4,
  phantomBasePort: 12345,
  messageTimeout: 20000,
});

async function enqueueRequests() {
  const site = await startSite();
  let waiting = site.urls.length;

  function enqueuer(request) {
    const item = engine.enqueue(request);

    // This call takes the old item's place: the request is not enqueued twice.
    item.on("timeout", function () {
      console.log("# Queue item timed out, re-enqueueing " + item.id);
      enqueuer(request);
    });

    item.on("response", function () {
      console.log(item.request + ": " + item.response);
      waiting -= 1;
      if (waiting === 0) {
        engine.stop();
        site.close();
      }
    });
  }

  site.urls.forEach(enqueuer);
}

if (cluster.isMaster) {
  enqueueRequests();
}

engine.on("workerStarted", function (worker) {
  console.log("# Worker started: " + worker.id);
});

engine.on("workerDied", function (worker) {
  console.log("# Worker died: " + worker.id);
});

engine.on("stopped", function () {
  console.log("# Stopped");
});

engine.on("phantomStarted", function () {
  console.log("# Phantom instance started");
});

// No page comes with the request: the handler makes its own, and closes it.
engine.on("queueItemReady", function (url) {
  const self = this;
  this.ph.createPage(function (page) {
    page.open(url, function () {
      page.evaluate(
        function () {
          return document.title;
        },
        function (title) {
          page.close();
          self.queueItemResponse(title);
        },
      );
    });
  });
});

engine.start();
