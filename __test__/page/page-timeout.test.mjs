// `pageTimeout` ends a command at its time, however its caller waits for the outcome.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { browser, onEachBrowser, site } from "../helpers.mjs";

const LIMIT = 2000;
// Less than the replies that nobody waits for may take, and more than a busy machine needs.
const MARGIN = 1500;
onEachBrowser((options) => {
  let started;
  let ph;
  let pages;
  let silent;

  before(async () => {
    started = await browser({ ...options, pageTimeout: LIMIT });
    ph = started.ph;
  });

  // Of its own for each test: Qt may fail a load on a connection whose load before was given up.
  beforeEach(async () => {
    pages = await site({ "/silent": () => {}, "/quick": "<title>quick</title>" });
    silent = `${pages.url}/silent`;
  });

  afterEach(() => pages.close());

  after(() => started.close());

  /** Runs `body(page)` as the first thing in a turn of the event loop; gives the ms until it is over. */
  function timed(body) {
    return new Promise((resolve, reject) => {
      ph.createPage((page) => {
        // As a handler is called: by the runtime, with no promise of ours under way.
        setImmediate(() => {
          const since = performance.now();
          body(page).then(() => {
            resolve(performance.now() - since);
            page.close();
          }, reject);
        });
      });
    });
  }

  function assertInTime(ms) {
    assert.ok(ms > LIMIT - 50 && ms < LIMIT + MARGIN, `after ${ms} ms`);
  }

  const timesOut = { code: "ERR_PAGE_TIMEOUT" };
  const STYLES = {
    "await, first": async (page) => assert.rejects(async () => await page.open(silent), timesOut),
    "await, through a function": async (page) => {
      const open = async () => page.open(silent);
      await assert.rejects(async () => await open(), timesOut);
    },
    "await, later": async (page) => {
      await null;
      await assert.rejects(async () => await page.open(silent), timesOut);
    },
    "a handler of then()": (page) => new Promise((resolve) => page.open(silent).then(assert.fail, resolve)),
    "several at once": async (page) => {
      const other = await ph.createPage();
      const outcomes = await Promise.allSettled([page.open(silent), other.open(silent)]);
      assert.deepEqual(
        outcomes.map(({ reason }) => reason.code),
        ["ERR_PAGE_TIMEOUT", "ERR_PAGE_TIMEOUT"],
      );
      await other.close();
    },
    "kept, awaited before its time": async (page) => {
      const opened = page.open(silent);
      await sleep(500);
      await assert.rejects(async () => await opened, timesOut);
    },
  };

  for (const [style, body] of Object.entries(STYLES)) {
    test(`${style}: the command ends after pageTimeout`, async () => assertInTime(await timed(body)));
  }

  test("a promise that is awaited after its time gives the timeout at once", async () => {
    const ms = await timed(async (page) => {
      const opened = page.open(silent);
      await sleep(LIMIT + 500);
      await assert.rejects(async () => await opened, timesOut);
    });
    assertInTime(ms - 500);
  });

  test("what came in time is given to whoever asks after it", async () => {
    await timed(async (page) => {
      const opened = page.open(`${pages.url}/quick`);
      await sleep(LIMIT + 500);
      assert.equal(await opened, "success");
    });
  });
});
