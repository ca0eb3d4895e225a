// The order of a page's events, with what they say, in each kind of load (webpage/orders.mjs), on each browser.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { BROWSERS, until } from "../helpers.mjs";
import { opens, read } from "./methods/checks.mjs";
import { Harness } from "./methods/harness.mjs";
import { rowOn } from "./methods/outcome.mjs";
import { load, ORDERS, PAGES } from "./webpage/orders.mjs";

/** What each event says, but for the site's address. */
const SAID = {
  onAlert: (text) => text,
  onConsoleMessage: (text) => text,
  onError: (message) => message,
  onInitialized: () => "",
  onLoadFinished: (status) => status,
  onLoadStarted: () => "",
  onNavigationRequested: (url, type, willNavigate, isMain) =>
    `${url} ${type}${willNavigate ? "" : " refused"}${isMain ? "" : " in a frame"}`,
  onPageCreated: () => "",
  onResourceError: ({ url, errorCode }) => `${errorCode} ${url}`,
  onResourceReceived: ({ url, stage, status }) => `${stage} ${status} ${url}`,
  onResourceRequested: ({ url, method }) => `${method} ${url}`,
  onUrlChanged: (url) => url,
};

/** Notes all events of the page in `noted`, as "name: what it says". */
function listen(page, site, noted) {
  const waits = Object.entries(SAID).map(([name, say]) =>
    page.on(name, (...args) => {
      const said = say(...args).replaceAll(site, "");
      noted.push(said ? `${name}: ${said}` : name);
    }),
  );
  return Promise.all(waits);
}

for (const name of Object.keys(BROWSERS)) {
  describe(name, () => {
    const harness = new Harness(name, PAGES);
    before(() => harness.start());
    after(() => harness.close());

    for (const each of ORDERS) {
      const { what, before: prepare, act, order, isLoose } = rowOn(name, each);
      test(what, () =>
        harness.inContext({}, async (context) => {
          const noted = [];
          await prepare?.(context);
          await listen(context.page, context.url, noted);
          await act(context);
          await until(() => noted.length >= order.length, `${order.length} events`).catch(() => {});
          // One more would be behind it.
          await context.page.get("title");
          assert.deepEqual(isLoose ? noted.sort() : noted, isLoose ? order.toSorted() : order);
        }),
      );
    }

    test("a pop-up: its opener hears of it first, then listeners that are set there hear all of it", () =>
      harness.inContext({}, async (context) => {
        const { page, url } = context;
        const noted = [];
        const order = load("/two");
        order.splice(2, 0, "onInitialized");
        await opens("/opener")(context);
        await page.set("onPageCreated", (child) => {
          noted.push("onPageCreated");
          listen(child, url, noted);
        });
        await read(page, "go()");
        await until(() => noted.length > order.length, `${order.length + 1} events`).catch(() => {});
        assert.deepEqual(noted, ["onPageCreated", ...order]);
      }));
  });
}
