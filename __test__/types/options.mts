// Options.

import { create, createQueued, type PhantomClusterOptions } from "phantom-cluster";

const { env } = process;

const all: PhantomClusterOptions = {
  workers: 4,
  numWorkers: 4,
  workerIterations: 100,
  iterations: 100,
  workerParallelism: 1,
  browser: "chromium",
  browserBinary: "/usr/bin/chromium",
  browserArguments: ["--lang=de"],
  browserEndpoint: "wss://browser.example/?token=secret",
  phantomArguments: ["--load-images=false"],
  phantomBinary: "/usr/bin/phantomjs",
  phantomBasePort: 12300,
  messageTimeout: 60_000,
  onStdout: (text) => text.trim(),
  onStderr: (text) => text.trim(),
  requeue: true,
  maxAttempts: Number.POSITIVE_INFINITY,
  maxCrashes: 3,
  retryErrors: 0,
  restart: { minDelay: 100, maxDelay: 10_000, maxRestarts: 10, window: 60_000 },
  startTimeout: 30_000,
  stopTimeout: 5000,
  isolate: false,
  pageTimeout: 60_000,
  maxMessageSize: 64 * 2 ** 20,
  store: { file: "queue.db", sync: "always", keep: "failed" },
  maxPending: "5000",
};
createQueued(all);
createQueued({ store: { redis: { sentinels: [{ host: "a", port: 26379 }], name: "m" }, queue: "q", lock: env.LOCK } });
// @ts-expect-error a queue needs a name
createQueued({ store: { redis: "redis://localhost" } });
create({});

// Straight from the environment.
create({ workers: env.WORKERS, iterations: env.ITERATIONS, phantomBasePort: env.PORT, phantomBinary: env.PHANTOMJS });
createQueued({ messageTimeout: "20000", restart: { window: "1000" }, phantomArguments: "--debug=true" });

// Nothing stands for the default.
create({ workers: 0, messageTimeout: "", phantomBinary: null, onStdout: undefined, restart: null, requeue: undefined });
createQueued({ phantomArguments: Object.freeze(["--debug=true"]) });

// @ts-expect-error no such option
create({ workerIterators: 5 });
createQueued({ store: { file: "queue.db", sync: 50 }, maxPending: env.MAX });
// @ts-expect-error a store has a file
createQueued({ store: {} });
// @ts-expect-error no such way to keep
createQueued({ store: { file: "queue.db", keep: "done" } });
// @ts-expect-error no such browser
create({ browser: "firefox" });
// @ts-expect-error
create({ browserArguments: [1] });
// @ts-expect-error no such option of restart
create({ restart: { maxDelays: 1 } });
// @ts-expect-error
create({ workers: true });
// @ts-expect-error
create({ workers: [4] });
// @ts-expect-error
create({ requeue: "yes" });
// @ts-expect-error
create({ isolate: 1 });
// @ts-expect-error
create({ phantomArguments: [1] });
// @ts-expect-error
create({ phantomBinary: 3 });
// @ts-expect-error
create({ onStdout: "log" });
// @ts-expect-error text, not bytes
create({ onStderr: (data: Buffer) => data });
// @ts-expect-error
create({ restart: 5 });
// @ts-expect-error
create("fast");
// @ts-expect-error options are for reading
all.workers = 5;
