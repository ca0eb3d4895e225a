// However a browser ends, what waits for it hears that it is gone, and nothing that would be an answer: a request goes to
// another worker then. Chromium that ends in order takes its pages away one by one before.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, isLinux, onEachBrowser, site } from "../helpers.mjs";

const TITLE = "function () { return document.title; }";
const LOOP = "function () { for (;;) {} }";

let pages;
before(async () => {
  pages = await site({ "/": "<title>one</title>", "/never": () => {} });
});
after(() => pages.close());

onEachBrowser((options, name) => {
  for (const how of ["exit", "SIGTERM", "SIGINT", "SIGKILL"]) {
    test(`commands under way at its end by ${how}`, { skip: how !== "exit" && !isLinux }, async () => {
      const { ph, close } = await browser(options);
      const opened = async (path) => {
        const page = await ph.createPage();
        await page.open(pages.url + path);
        return page;
      };
      const page = await opened("/");
      const waiting = { "open, begun before": opened("/never") };
      if (name === "chromium") {
        // PhantomJS would be busy with it alone.
        waiting["evaluate, begun before"] = (await opened("/")).evaluate(LOOP);
      }
      if (how === "exit") {
        ph.exit();
      } else {
        process.kill(ph.process.pid, how);
      }
      waiting.createPage = opened("/");
      if (name === "chromium" || how !== "exit") {
        // PhantomJS may still answer what comes right behind its exit.
        waiting.evaluate = page.evaluate(TITLE);
      }
      await Promise.all(
        Object.entries(waiting).map(([what, outcome]) =>
          assert.rejects(outcome, { code: "ERR_BROWSER_GONE" }, `${what}, ${how}`),
        ),
      );
      await close();
    });
  }
});
