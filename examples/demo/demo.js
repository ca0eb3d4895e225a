"use strict";

// Crawls a small site with two workers and saves a picture of each page: npm run demo [-- --out DIR]
//
// The same script runs in the primary, which keeps the queue, and in every worker, which has a PhantomJS.

const cluster = require("node:cluster");
const { once } = require("node:events");
const fs = require("node:fs");
const path = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const { parseArgs } = require("node:util");
const { createQueued } = require("../../index");
const { printSummary, progress, writeSheet } = require("./report");
const { startSite, BROKEN } = require("./server");

const engine = createQueued({
  workers: 2,
  workerParallelism: 2,
  // Small, so that workers are replaced while you watch.
  workerIterations: 4,
  messageTimeout: 20_000,
  maxAttempts: 3,
  // Without a PhantomJS that runs there is nothing to wait for.
  restart: { maxRestarts: 2 },
  // PhantomJS prints the script errors of pages; the summary names them.
  onStdout: () => {},
});

if (cluster.isPrimary) {
  crawl().catch((error) => {
    console.error(`demo: ${error.message}`);
    process.exitCode = 1;
  });
} else {
  engine.on("request", visit);
  engine.start();
}

/** The primary: follows links from "/" until every page was seen. */
async function crawl() {
  const { values } = parseArgs({ options: { out: { type: "string", default: "demo-output" } } });
  const out = path.resolve(values.out);
  fs.mkdirSync(out, { recursive: true });
  const site = await startSite();
  try {
    const result = await follow(site.url, out);
    const sheet = writeSheet(out, result);
    printSummary(result, sheet);
    process.exitCode = result.pages.every(isAsExpected) ? 0 : 1;
  } finally {
    site.close();
  }
}

async function follow(url, out) {
  const pages = [];
  const counts = { started: 0, died: 0 };
  const begin = Date.now();
  const show = progress();

  function enqueue(link) {
    if (pages.some((page) => page.path === link)) {
      return;
    }
    const page = { path: link, file: `${fileName(link)}.png` };
    pages.push(page);
    const item = engine.enqueue({ url: url + encodeURI(link), picture: path.join(out, page.file) });
    item.on("response", ({ links, ...seen }) => {
      Object.assign(page, seen);
      links.forEach(enqueue);
      show(page, pages);
    });
    item.on("failed", (error) => {
      Object.assign(page, { status: "error", failure: error.message });
      show(page, pages);
    });
  }

  engine.on("workerStarted", () => {
    counts.started += 1;
  });
  engine.on("workerDied", () => {
    counts.died += 1;
  });
  enqueue("/");
  // Rejects if the engine gives up, because PhantomJS cannot be run, say.
  const idle = once(engine, "idle");
  engine.start();
  try {
    await idle;
    return { pages, counts, ms: Date.now() - begin };
  } finally {
    const stopped = once(engine, "stopped");
    engine.stop();
    await stopped;
  }
}

function fileName(link) {
  return link === "/" ? "home" : encodeURIComponent(link.slice(1).replaceAll("/", "-")).replaceAll("%", "");
}

function isAsExpected(page) {
  return page.http === (BROKEN[page.path] ?? "200");
}

/** A worker: one page of the site, with a fresh page of PhantomJS. */
async function visit(page, item) {
  const begin = Date.now();
  await page.setViewportSize(1024, 768);
  const status = await page.open(item.request.url);
  await contentOf(page);
  const seen = await page.evaluate(look);
  const ms = Date.now() - begin;
  if (!(await page.render(item.request.picture))) {
    throw new Error(`cannot write ${item.request.picture}`);
  }
  item.finish({ ...seen, status, ms, attempts: item.attempts, pid: process.pid });
}

/** Waits for what scripts fetch after the page has loaded: the site marks where it will stand. */
async function contentOf(page) {
  for (let tries = 0; tries < 100; tries += 1) {
    const isPending = await page.evaluate(function isPending() {
      return document.querySelector("[data-pending]") !== null;
    });
    if (!isPending) {
      return;
    }
    await sleep(30);
  }
}

// Runs inside PhantomJS, which knows JavaScript as of 2011.
function look() {
  return {
    // The server wrote it there; a page that never came has none.
    http: document.documentElement.getAttribute("data-status") || "failed",
    title: document.title,
    headings: [].map.call(document.querySelectorAll("h1, h2, h3"), function textOf(heading) {
      return heading.textContent;
    }),
    errors: window.scriptErrors || [],
    links: [].slice
      .call(document.querySelectorAll("a[href]"))
      .filter(function isOfThisSite(link) {
        return link.host === location.host;
      })
      .map(function pathOf(link) {
        return decodeURIComponent(link.pathname);
      }),
  };
}
