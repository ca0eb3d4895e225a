"use strict";

/** Figures of the scenarios, as rows of the report. */
module.exports = {
  rate: { key: "perSecond", name: "", unit: "/s", better: "higher" },
  p50: { key: "p50", name: "p50", unit: "ms", better: "lower" },
  p99: { key: "p99", name: "p99", unit: "ms", better: "lower" },
  ms: { key: "ms", name: "", unit: "ms", better: "lower" },
  bytes: { key: "bytes", name: "", unit: "B", better: "lower" },
  worker: { key: "workerMiB", name: "worker", unit: "MiB", better: "lower" },
  phantom: { key: "phantomMiB", name: "PhantomJS", unit: "MiB", better: "lower" },
  perPage: { key: "perPageMiB", name: "memory per page in flight", unit: "MiB", better: "lower" },
  browser: { key: "browserMiB", name: "browser's memory per page in flight", unit: "MiB", better: "lower" },
  all: { key: "allMiB", name: "all memory per page in flight", unit: "MiB", better: "lower" },
  cpu: { key: "cpuMs", name: "processor time per page", unit: "ms", better: "lower" },
  stalled: { key: "stalledPercent", name: "loads that do not end", unit: "%", better: "lower" },
  workers: (count) => `${count} worker${count === 1 ? "" : "s"}`,
};
