"use strict";

const { BROWSERS } = require("./browsers");
const { DEEP, HANG, LOOP } = require("./site");

const ON_PURPOSE = "on purpose";
const LATE = "too late";
const LATE_BY = 400;
const forever = new Promise(() => {});

async function serve(page, item, { url }) {
  const status = await page.open(url + item.request.path);
  const title = await page.evaluate("function () { return document.title; }");
  item.finish({ status, title });
}

/** Answers without its page, as fast as can be. */
function serveQuickly(_page, item) {
  item.finish({ status: "success", title: `page ${item.request.path}` });
}

/**
 * What goes wrong in a handler, by the name it has in the table. It does so at the first delivery of its request only,
 * or with `isPoison` at each. `ends`: how the request may end by that; "response" means that it is delivered once more
 * and answered then. `code`: of the error that it fails with, where the handler does not throw its own.
 */
const MISDEEDS = {
  "handler throws": {
    ends: "failed",
    run: () => {
      throw new Error(ON_PURPOSE);
    },
  },
  "handler rejects": {
    ends: "failed",
    run: async (page) => {
      await page.get("title");
      throw new Error(ON_PURPOSE);
    },
  },
  "handler never answers": { ends: "response", run: () => forever },
  "handler answers late": {
    ends: "response",
    run: (_page, item) => {
      // By its lease's own clock, which stands still while the processes do.
      item.once("timeout", () => setTimeout(() => item.finish(LATE), LATE_BY));
      return forever;
    },
  },
  "handler answers twice": {
    ends: "response",
    run: async (page, item, setting) => {
      await serve(page, item, setting);
      item.finish(LATE);
    },
  },
  "handler blocks Node": {
    ends: "response",
    run: () => {
      for (;;) {}
    },
  },
  "handler ends its process": { ends: "response", run: () => process.exit(7) },
  "uncaught exception in a worker": {
    ends: "response",
    run: () => {
      setTimeout(() => {
        throw new Error(ON_PURPOSE);
      }, 5);
      return forever;
    },
  },
  "page that never loads": {
    ends: "response",
    run: (page, _item, { url }) => page.open(url + HANG).then(() => forever),
  },
  "endless loop in a page": {
    ends: "response",
    run: (page, _item, { url }) => page.open(url + LOOP).then(() => forever),
  },
  "endless loop in evaluate": {
    ends: "response",
    run: (page) => page.evaluate("function () { while (true) {} }").then(() => forever),
  },
};

/** Those in which a browser's own ways count. */
const OWN_MISDEEDS = {
  phantomjs: {
    "page that ends PhantomJS": {
      ends: "failed",
      code: "ERR_ITEM_CRASHED",
      isPoison: true,
      run: async (page, _item, { url }) => {
        await page.open(url + DEEP);
        // Laid out at the latest now.
        await page.renderBase64("PNG");
      },
    },
  },
  chromium: {
    // No page can end it as surely.
    "handler kills Chromium": {
      ends: "failed",
      code: "ERR_ITEM_CRASHED",
      isPoison: true,
      run: (_page, _item, { engine }) => {
        process.kill(engine.ph.process.pid, "SIGKILL");
        return forever;
      },
    },
    "page that ends its process": {
      ends: "failed",
      code: "ERR_PAGE_CRASHED",
      isPoison: true,
      run: async (page) => {
        await page.open("chrome://crash");
        await page.get("title");
      },
    },
  },
};

/** Those of a browser. */
function misdeedsOf(browser) {
  return {
    ...MISDEEDS,
    [`handler ends ${BROWSERS[browser].name}`]: {
      ends: "response",
      run: (_page, _item, { engine }) => {
        engine.ph.exit();
        return forever;
      },
    },
    ...OWN_MISDEEDS[browser],
  };
}

/** What is to handle a delivery. */
function handlerOf({ isQuick, misdeed }, attempts, misdeeds) {
  const { isPoison, run } = misdeeds[misdeed] ?? {};
  const goesWrong = run && (isPoison || attempts === 1);
  return goesWrong ? run : isQuick ? serveQuickly : serve;
}

module.exports = { LATE, ON_PURPOSE, handlerOf, misdeedsOf };
