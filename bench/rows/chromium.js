"use strict";

const { rate, cpu, p50, ms, browser, all } = require("./figures");

const cdp = (way, processes, atOnce, path = "/") => ({ cdp: { way, processes, atOnce, path } });

/** A figure with what it is to reach. */
const marked = (figure, mark) => ({ ...figure, mark });

/**
 * Chromium, beside puppeteer-cluster with the same program. A row's `n × m` is n workers with m pages at once each;
 * puppeteer-cluster has all of them in one browser.
 */
module.exports = (scale) => {
  const seconds = Math.max(1, 4 * scale);
  const common = { browser: "chromium", workers: 1 };
  const page = { load: "steady", task: "page", path: "/", title: "trivial", patience: 10_000, warmup: 20 };
  const row = (name, scenario, figures, ceiling) => ({
    name: `Chromium, ${name}`,
    group: "chromium",
    beside: "puppeteer-cluster",
    x: { workers: scenario.workers ?? 1, parallelism: scenario.parallelism ?? 1 },
    scenario: { ...common, ...scenario },
    ceiling,
    figures,
  });
  const pages = (workers, parallelism, isolate) =>
    row(
      `${isolate ? "isolated pages" : "pages"}, ${workers} × ${parallelism}`,
      { ...page, workers, parallelism, isolate, seconds, cpu: true },
      [marked(rate, isolate ? { times: 1.3 } : { times: 3, share: 0.85 }), cpu],
      cdp(isolate ? "context" : "emptied", workers, parallelism),
    );
  const calls = (name, task, path, count, mark, more) =>
    row(
      name,
      {
        load: "once",
        task,
        path,
        count: Math.max(3, Math.round(count * scale)),
        warmup: Math.ceil(count / 20),
        ...more,
      },
      [marked(p50, mark)],
    );
  const sizes = [
    [1, 1],
    [1, 4],
    [2, 2],
  ];
  return [
    ...sizes.map(([workers, parallelism]) => pages(workers, parallelism, false)),
    ...sizes.map(([workers, parallelism]) => pages(workers, parallelism, true)),
    row(
      "heavy pages, 1 × 4",
      { ...page, path: "/heavy", title: "heavy", parallelism: 4, seconds: seconds * 2, samples: true },
      [rate, browser, marked(all, { times: 1 })],
      cdp("emptied", 1, 4, "/heavy"),
    ),
    row("start to the first page's answer", { ...page, load: "start" }, [marked(ms, { times: 2 })], cdp("start", 1, 1)),
    calls("evaluate", "evaluate", "/", 1000, { most: 0.6 }),
    calls("PNG of a trivial page", "render", "/", 40, { times: 1 }, { size: 500 }),
    calls("PNG of 1 MB", "render", "/noise", 10, { times: 1 }, { size: 900_000 }),
    calls("PDF of a trivial page", "pdf", "/", 40, { times: 1 }, { size: 500 }),
  ];
};
