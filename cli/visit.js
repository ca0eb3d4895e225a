"use strict";

const { setTimeout: sleep } = require("node:timers/promises");
const { stat } = require("node:fs/promises");
const { NAMES } = require("./browsers");
const { FORMATS } = require("./formats");
const { address, has } = require("./in-page");
const { PageLog } = require("./page-log");

const POLL = 50;
// A page is given up this long before its time is over, ms, so that the reason still arrives.
const MARGIN = 500;

/** Waits until there is an element for the selector; gives the reason when there is none. */
async function waitForElement(page, selector, { browser, timeout }, end) {
  for (;;) {
    const found = await page.evaluate(has, selector);
    if (found === null) {
      return `"${selector}" is no CSS selector that ${NAMES[browser]} knows`;
    }
    if (found) {
      return null;
    }
    if (performance.now() >= end) {
      return `no element for "${selector}" within ${timeout} ms`;
    }
    await sleep(POLL);
  }
}

/** What --wait asks for; gives the reason when it does not come. */
async function waitAfterLoad(page, status, settings, begin) {
  const { wait, timeout } = settings;
  if (wait?.ms) {
    await sleep(wait.ms);
  }
  // An error's page (HTTP 404) cannot have the element.
  return wait?.selector && !(status >= 400)
    ? waitForElement(page, wait.selector, settings, begin + timeout - Math.min(MARGIN, timeout / 4))
    : null;
}

/** Loads a page and saves it; gives what the report says of it. */
async function visit(page, { url, file }, settings) {
  const begin = performance.now();
  const log = new PageLog();
  await log.listen(page);
  await page.setViewportSize(settings.viewport);
  const opened = (await page.open(url)) === "success";
  const reason = opened ? await waitAfterLoad(page, log.status, settings, begin) : page.loadError.text;
  const seen = {
    url,
    finalUrl: opened ? await page.evaluate(address) : null,
    status: log.status,
    title: opened ? await page.get("title") : null,
    consoleErrors: log.consoleErrors,
    errors: log.errors,
    worker: process.pid,
  };
  const isSaved = reason === null;
  if (isSaved) {
    await FORMATS[settings.format].save(page, file, seen);
  }
  return {
    ...seen,
    reason: reason ?? (seen.status >= 400 ? `HTTP ${seen.status}` : null),
    file: isSaved ? file : null,
    bytes: isSaved ? (await stat(file)).size : null,
    ms: Math.round(performance.now() - begin),
  };
}

module.exports = { visit };
