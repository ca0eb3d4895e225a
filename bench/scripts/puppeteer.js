"use strict";

// One measurement with puppeteer-cluster: node bench/scripts/puppeteer.js '{"binary":"PATH","load":"steady", …}'. The
// same loads as of scenario.js, the same pages, and the same number of them at once, in one browser.

const { EventEmitter } = require("node:events");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const puppeteer = require("puppeteer");
const { Cluster } = require("puppeteer-cluster");
const loads = require("./loads");
const { repeat } = require("./repeat");

const STOP_LIMIT = 3000;
const WORKER = 1;
/** PhantomJS's own, so that pictures are of the same size. */
const VIEWPORT = { width: 400, height: 300 };

const options = JSON.parse(process.argv[2]);

/** Calls `once(page)` again and again on one page, and resolves with how long it took, ms. */
async function repeated(page, { url }, once) {
  await page.setViewport(VIEWPORT);
  await page.goto(url);
  return new Promise((resolve, reject) => {
    repeat((then) => once(page).then(then).catch(reject), options, resolve);
  });
}

/** As `rendered()` of tasks.js. */
const rendered = (extension, write) => (page, request) => {
  const file = path.join(os.tmpdir(), `phantom-cluster-bench-${process.pid}.${extension}`);
  return repeated(page, request, async () => {
    await write(page, file);
    const { size } = fs.statSync(file);
    fs.rmSync(file);
    if (size <= options.size) {
      throw new Error(`a file of ${size} bytes`);
    }
  });
};

const tasks = {
  async page(page, { url, title }) {
    await page.goto(url);
    const found = await page.evaluate(() => document.title);
    return found === title ? {} : { error: found };
  },
  evaluate: (page, request) => repeated(page, request, () => page.evaluate(() => 1)),
  render: rendered("png", (page, file) => page.screenshot({ path: file, fullPage: true })),
  pdf: rendered("pdf", (page, file) => page.pdf({ path: file })),
};

/** What the loads know an engine by. */
class Engine {
  #cluster;
  #waiting = [];

  async start() {
    this.#cluster = await Cluster.launch({
      puppeteer,
      concurrency: options.isolate ? Cluster.CONCURRENCY_CONTEXT : Cluster.CONCURRENCY_PAGE,
      maxConcurrency: options.workers * (options.parallelism ?? 1),
      timeout: 600_000,
      puppeteerOptions: {
        executablePath: options.binary,
        headless: "shell",
        pipe: options.pipe,
        // Chromium does not start as root otherwise.
        args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
      },
    });
    await this.#cluster.task(async ({ page, data }) => ({
      worker: WORKER,
      ...(await tasks[options.task](page, data)),
    }));
    for (const run of this.#waiting.splice(0)) {
      run();
    }
  }

  enqueue(request) {
    const item = new EventEmitter();
    const run = async () => {
      item.response = await this.#cluster.execute(request);
      item.emit("response");
    };
    if (this.#cluster) {
      run();
    } else {
      this.#waiting.push(run);
    }
    return item;
  }

  close() {
    return this.#cluster.close();
  }
}

async function measure() {
  const engine = new Engine();
  // All are slots of one worker, that of the only browser.
  const slots = { ...options, workers: WORKER, parallelism: options.workers * (options.parallelism ?? 1) };
  const figures = await loads[options.load](engine, slots);
  console.log(JSON.stringify(figures));
  setTimeout(() => process.exit(0), STOP_LIMIT).unref();
  await engine.close();
  process.exit(0);
}

measure();
