// The published generation, 0.1.x: the same script for both sides, callbacks, `this`.

import cluster from "node:cluster";

import pc = require("phantom-cluster");
import expected = require("./same.cjs");

const { same, typeOf } = expected;

interface Job {
  url: string;
  id?: number;
}
interface Answer {
  status: string;
  title: string;
}

// Nobody looks at role: listeners of either side may be added all the same.
const engine = pc.createQueued<Job, Answer>({ workers: process.env.WORKERS, iterations: 10, messageTimeout: "20000" });
engine.on("started", function () {
  typeOf(this).is<pc.PhantomQueuedClusterServer<Job, Answer> | pc.PhantomQueuedClusterClient<Job, Answer>>();
});
engine.on("workerDied", function (worker, code, signal) {
  typeOf(this).is<pc.PhantomQueuedClusterServer<Job, Answer>>();
  same<typeof code, number | null>();
  same<typeof signal, NodeJS.Signals | null>();
  console.log(worker.id);
});
engine.on("queueItemReady", function (request) {
  same<typeof request, Job>();
  this.ph.createPage((page) => {
    page.set("onLoadStarted.dummy", true);
    page.open(request.url, (status) => {
      same<typeof status, pc.LoadStatus>();
      page.evaluate(
        function title() {
          return document.title;
        },
        (title) => {
          page.close();
          this.queueItemResponse({ status, title });
          // @ts-expect-error not all of the answer
          this.queueItemResponse({ status });
          this.stop();
        },
      );
    });
  });
  typeOf(this.currentRequestId).is<number | null>();
});
engine.on("queueItemTimeout", (id) => same<typeof id, number>());
// @ts-expect-error neither side has such an event
engine.on("queueItemRead", () => {});
// @ts-expect-error a request has no address
engine.on("queueItemReady", (request) => request.address);
engine.once("stopped", () => process.exit()).start();

// The sides by functions of their own.
if (cluster.isMaster) {
  startMaster(engine as pc.PhantomQueuedClusterServer<Job, Answer>);
} else if (engine.role === "client") {
  startWorker(engine);
}

function startMaster(server: pc.PhantomQueuedClusterServer<Job, Answer>): void {
  const enqueue = (request: Job): void => {
    const item = server.enqueue(request);
    item.on("timeout", () => enqueue(request));
    item.on("response", function () {
      typeOf(this).is<pc.QueueItem<Job, Answer>>();
      console.log(this.id, this.response?.title, request.id);
    });
  };
  enqueue({ url: "http://a.test/" });
}

function startWorker(client: pc.PhantomQueuedClusterWorker<Job, Answer>): void {
  client.on("phantomStarted", function () {
    this.ph.set("cookiesEnabled", false);
  });
  client.on("workerReady", function () {
    this.ph.injectJs("lib.js");
  });
  client.on("phantomDied", function () {
    // @ts-expect-error it may have died before it could be used
    this.ph.exit();
  });
}

// Untyped: whatever a request is, it goes.
pc.createQueued({ numWorkers: 2 }).on("queueItemReady", function (request) {
  this.ph.createPage((page) => page.open(request.any.thing, () => this.queueItemResponse({ any: "thing" })));
});

// Bare-bones: own messages.
const bare = pc.create({ workers: 2 });
bare.on("workerStarted", function (worker) {
  typeOf(this).is<pc.PhantomClusterServer>();
  worker.on("message", (message: { want: boolean }) => worker.send(message));
});
bare.on("workerReady", function () {
  typeOf(this.iterations).is<number>();
  process.send?.({ want: true });
  this.next();
});
// @ts-expect-error an event of the queued client
bare.on("queueItemReady", () => {});
