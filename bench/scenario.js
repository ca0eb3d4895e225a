"use strict";

// One measurement, as a script of a user's: node bench/scenario.js '{"engine":"..", …}'. It runs on either engine, in
// the generation that both know, and prints its figures as one line of JSON.

const cluster = require("node:cluster");
const { performance } = require("node:perf_hooks");

const options = JSON.parse(process.argv[2]);
const { engine: location = "..", task = "nothing", count = 1000, warmup = 0, payload = 100, url, spread = 0 } = options;
const { createQueued } = require(location);

const engine = createQueued({
  workers: options.workers ?? 1,
  workerIterations: options.iterations ?? 1_000_000_000,
  workerParallelism: options.parallelism ?? 1,
  phantomBasePort: options.basePort ?? 24_000,
  messageTimeout: 600_000,
  // Without it the original's bridge cannot connect under PhantomJS 2.
  phantomArguments: ["--web-security=false"],
  onStdout: () => {},
  onStderr: () => {},
});

const tasks = {
  nothing: (_ph, _request, done) => done("ok"),
  page: (ph, request, done) => {
    ph.createPage((page) => {
      page.open(request.url, (status) => {
        page.evaluate(
          function () {
            return document.title;
          },
          (title) => {
            page.close();
            done(status + title);
          },
        );
      });
    });
  },
};

function work() {
  engine.on("queueItemReady", function ready(request) {
    tasks[task](this.ph, request, (response) => this.queueItemResponse(response));
  });
  engine.start();
}

function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function measure() {
  const filler = "x".repeat(payload);
  const request = (id) => ({ id, url: url ? `${url}?${id}` : undefined, filler });
  const begun = performance.now();
  let first = 0;
  let from = 0;
  let answered = 0;
  const latencies = [];

  const finish = () => {
    const now = performance.now();
    latencies.sort((a, b) => a - b);
    console.log(
      JSON.stringify({
        perSecond: (count / (now - from)) * 1000,
        firstMs: first - begun,
        p50: percentile(latencies, 0.5),
        p99: percentile(latencies, 0.99),
        rssMiB: process.memoryUsage.rss() / 2 ** 20,
      }),
    );
    engine.stop();
    setTimeout(() => process.exit(0), 1000).unref();
  };

  const enqueue = (id, onResponse) => {
    const at = performance.now();
    engine.enqueue(request(id)).on("response", () => {
      answered += 1;
      if (answered === 1) {
        first = performance.now();
      }
      if (answered === warmup + 1) {
        from = performance.now();
      }
      if (spread) {
        latencies.push(performance.now() - at);
      }
      if (answered === count + warmup + 1) {
        finish();
      }
      onResponse?.();
    });
  };

  if (spread) {
    // Light load: the next one only after the one before is answered.
    let id = 0;
    const next = () => {
      id += 1;
      if (id <= count + warmup + 1) {
        enqueue(id, () => setImmediate(next));
      }
    };
    next();
  } else {
    for (let id = 0; id < count + warmup + 1; id += 1) {
      enqueue(id);
    }
  }
  engine.start();
}

if (cluster.isMaster) {
  measure();
} else {
  work();
}
