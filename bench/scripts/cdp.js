"use strict";

// What Chromium does by itself: node bench/scripts/cdp.js '{"binary":"PATH","url":"…","way":"emptied","atOnce":4,
// "from":MS,"to":MS}'. Prints how many pages there were between the two times, ms since 1970, which are the same for all
// processes that run beside each other, and their processor time. Each `way` of having a page for each request:
//   tab       a new tab
//   context   a new tab in a browser context of its own
//   emptied   a tab used again, its document emptied, and what a page leaves in its tab
//   light     the same without emptying the document
//   none      a tab used again as it is: no engine may do this
// And `start`: one page of a new browser. Prints ms from the browser's start to the page's title.

const { Browser } = require("./cdp-pipe");
const { cpu } = require("./cpu");

const { binary, url, way, atOnce, spares = 0, from, to } = JSON.parse(process.argv[2]);
const begun = performance.now();
const browser = new Browser(binary);
const isReused = way !== "tab" && way !== "context" && way !== "start";
/** Tabs that wait for their next page, and what waits for one. */
const idle = [];
const waiting = [];
let tabs = 0;
let number = 0;
let done = 0;

function must(result) {
  if (result.error) {
    throw new Error(result.error);
  }
  return result;
}

class Tab {
  #target;
  #context;
  #session;
  #loaded = new Set();
  #waiting = null;

  static async create() {
    const tab = new Tab();
    if (way === "context") {
      tab.#context = must(await browser.send("Target.createBrowserContext")).browserContextId;
    }
    const where = { url: "about:blank", browserContextId: tab.#context };
    tab.#target = must(await browser.send("Target.createTarget", where)).targetId;
    const attach = { targetId: tab.#target, flatten: true };
    tab.#session = must(await browser.send("Target.attachToTarget", attach)).sessionId;
    browser.listeners.set(tab.#session, (method, params) => tab.#hear(method, params));
    tab.send("Page.enable");
    tab.send("Page.setLifecycleEventsEnabled", { enabled: true });
    return tab;
  }

  send(method, params) {
    return browser.send(method, params, this.#session);
  }

  #hear(method, { name, loaderId }) {
    if (method === "Page.lifecycleEvent" && name === "load") {
      this.#loaded.add(loaderId);
      this.#waiting?.();
    }
  }

  async open(address) {
    this.#loaded.clear();
    const { loaderId } = must(await this.send("Page.navigate", { url: address }));
    while (!this.#loaded.has(loaderId)) {
      await new Promise((resolve) => {
        this.#waiting = resolve;
      });
    }
    if (way === "emptied" || way === "light") {
      // The history of the page before, which the new page is behind.
      this.send("Page.resetNavigationHistory");
    }
  }

  async evaluate(expression) {
    return must(await this.send("Runtime.evaluate", { expression, returnByValue: true })).result.value;
  }

  /** Resolves when the next page may come. */
  async end() {
    if (way === "context") {
      browser.listeners.delete(this.#session);
      browser.send("Target.disposeBrowserContext", { browserContextId: this.#context });
    } else if (way === "tab") {
      browser.listeners.delete(this.#session);
      browser.send("Target.closeTarget", { targetId: this.#target });
    } else if (way !== "none") {
      // Sent together. The browser and its renderer do not keep one order of their commands: without waiting, the next
      // page could be the one that is emptied.
      this.send("Page.stopLoading");
      const cleared = this.send("Runtime.evaluate", { expression: "sessionStorage.clear(); window.name = ''" });
      this.send("Page.resetNavigationHistory");
      await (way === "emptied" ? this.send("Page.setDocumentContent", { frameId: this.#target, html: "" }) : cleared);
    }
  }
}

/** A tab that is ready; a new one while there are less than `atOnce + spares`. */
async function take() {
  if (!isReused) {
    return Tab.create();
  }
  if (idle.length === 0 && tabs < atOnce + spares) {
    tabs += 1;
    return Tab.create();
  }
  return idle.shift() ?? new Promise((resolve) => waiting.push(resolve));
}

async function giveBack(tab) {
  await tab.end();
  const next = waiting.shift();
  if (next) {
    next(tab);
  } else {
    idle.push(tab);
  }
}

/** One page, in a tab that it leaves open. */
async function page() {
  const tab = await take();
  number += 1;
  await tab.open(`${url}?${number}`);
  const title = await tab.evaluate("document.title");
  if (!title) {
    throw new Error("a page without title");
  }
  return tab;
}

async function pages() {
  while (Date.now() < to) {
    const tab = await page();
    const now = Date.now();
    done += now >= from && now < to ? 1 : 0;
    giveBack(tab);
  }
}

async function start() {
  await page();
  const ms = performance.now() - begun;
  await browser.close();
  console.log(JSON.stringify({ ms }));
}

const cpuAt = (time) => new Promise((resolve) => setTimeout(() => resolve(cpu()), time - Date.now()));

async function run() {
  const used = Promise.all([cpuAt(from), cpuAt(to)]);
  await Promise.all(Array.from({ length: atOnce }, pages));
  const [before, after] = await used;
  await browser.close();
  console.log(JSON.stringify({ pages: done, cpuMs: after - before }));
}

(way === "start" ? start() : run()).catch((error) => {
  console.error(error);
  process.exit(1);
});
