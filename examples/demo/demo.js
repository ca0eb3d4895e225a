"use strict";

// Crawls a small site with two workers and saves a picture of each page: npm run demo [-- --browser NAME --out DIR]
//
// The same script runs in the primary, which keeps the queue, and in every worker, which has a browser: PhantomJS, or with
// "--browser chromium" Chromium. Where the other one is there too it crawls the site afterwards, and the sheet of pictures
// shows both side by side; "--alone" leaves that out.

const cluster = require("node:cluster");
const { once } = require("node:events");
const fs = require("node:fs");
const path = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const { parseArgs } = require("node:util");
const { NAMES, findBrowser, readBrowser } = require("../../cli/browsers");
const { createQueued } = require("../../index");
const { printComparison, printSummary, progress, writeSheet } = require("./report");
const { startSite, BROKEN } = require("./server");

const { values } = parseArgs({
  options: {
    browser: { type: "string" },
    alone: { type: "boolean" },
    out: { type: "string", default: "demo-output" },
  },
});

const OPTIONS = {
  workers: 2,
  workerParallelism: 2,
  // Small, so that workers are replaced while you watch.
  workerIterations: 4,
  messageTimeout: 20_000,
  maxAttempts: 3,
  // Without a browser that runs there is nothing to wait for.
  restart: { maxRestarts: 2 },
  // PhantomJS prints the script errors of pages; the summary names them.
  onStdout: () => {},
};

if (cluster.isPrimary) {
  main().catch((error) => {
    console.error(`demo: ${error.message}`);
    process.exitCode = 1;
  });
} else {
  for (const { engine } of makeEngines()) {
    engine.on("request", visit);
    engine.start();
  }
}

/** One for each browser, the chosen one first. A worker makes the same and serves the one that has forked it. */
function makeEngines() {
  const chosen = readBrowser(values.browser);
  const others = Object.keys(NAMES).filter((browser) => browser !== chosen && !values.alone);
  return [chosen, ...others].map((browser) => ({ browser, engine: createQueued({ ...OPTIONS, browser }) }));
}

async function main() {
  const [first, second] = makeEngines();
  const out = path.resolve(values.out);
  fs.mkdirSync(out, { recursive: true });
  const site = await startSite();
  try {
    const results = [await crawl(site.url, out, first)];
    if (second && (await isThere(second.browser))) {
      results.push(await crawl(site.url, out, second));
    }
    printComparison(results);
    console.log(`Pictures: ${writeSheet(out, results)}`);
    process.exitCode = results.every(({ pages }) => pages.every(isAsExpected)) ? 0 : 1;
  } finally {
    site.close();
  }
}

/** Says how to get the other browser where there is none. */
async function isThere(browser) {
  const { problem, remedy } = await findBrowser(browser);
  if (problem) {
    console.log(`Not beside ${NAMES[browser]}: ${problem}${remedy ? `; ${remedy}` : ""}`);
  }
  return !problem;
}

async function crawl(url, out, { browser, engine }) {
  console.log(`${NAMES[browser]}:`);
  const result = await follow(url, out, browser, engine);
  printSummary(result);
  return result;
}

/** The primary: follows links from "/" until every page was seen. */
async function follow(url, out, browser, engine) {
  const pages = [];
  const counts = { started: 0, died: 0 };
  const begin = Date.now();
  const show = progress();

  function enqueue(link) {
    if (pages.some((page) => page.path === link)) {
      return;
    }
    const page = { path: link, file: `${fileName(link)}.${browser}.png` };
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
  // Rejects if the engine gives up, because the browser cannot be run, say.
  const idle = once(engine, "idle");
  engine.start();
  try {
    await idle;
    return { browser, name: NAMES[browser], pages, counts, ms: Date.now() - begin };
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

/** A worker: one page of the site, with a fresh page of its browser. */
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

// Runs inside the page. PhantomJS knows JavaScript as of 2011.
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
