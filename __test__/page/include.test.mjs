// includeJs: each address that gives no script ends it at once, whichever way that goes wrong.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, onEachBrowser, site } from "../helpers.mjs";

onEachBrowser((options) => {
  let pages;
  let started;
  let page;
  before(async () => {
    const script = (text) => (_request, response) => response.end(text);
    pages = await site({
      "/": "<body>start</body>",
      "/frames": "<frameset><frame src='/'></frameset>",
      "/policy": (_request, response) => {
        response.setHeader("content-security-policy", "script-src 'none'");
        response.end("<body>no scripts</body>");
      },
      "/lib.js": script("window.lib = 42;"),
      "/throws.js": script("throw new Error('by the script');"),
      "/no-script.js": script("((("),
      "/slow.js": () => {},
      "/hangup.js": (request) => request.socket.destroy(),
      "/moved.js": (_request, response) => {
        response.writeHead(302, { location: "http://127.0.0.1:9/gone.js" });
        response.end();
      },
    });
    // Longer than any test may take: the end of a command by its time is no end at once.
    started = await browser({ ...options, pageTimeout: 120_000 });
    page = await started.ph.createPage();
  });
  after(async () => {
    await started.close();
    await pages.close();
  });

  const refused = (promise, message = /cannot load/) => assert.rejects(promise, { code: "ERR_PAGE_COMMAND", message });

  test("addresses that give no script", { timeout: 60_000 }, async () => {
    await page.onResourceRequested(
      function (data, request) {
        if (/aborted/.test(data.url)) {
          request.abort();
        }
      },
      () => {},
    );
    await page.open(`${pages.url}/`);
    const { port } = new URL(pages.url);
    await refused(page.includeJs(`${pages.url}/missing.js`), /cannot load .*\/missing\.js: .*Not Found/);
    for (const address of [
      "missing.js",
      "/missing.js",
      "a/../missing.js",
      `//127.0.0.1:${port}/missing.js`,
      `HTTP://127.0.0.1:${port}/missing.js`,
      "//127.0.0.1:9/x.js",
      "http://127.0.0.1:1/x.js",
      "http://host.invalid/x.js",
      "http://",
      "javascript:1",
      "file:///x.js",
      "mailto:x",
      "",
      " ",
      "it's.js?\"\u2028é",
      "/moved.js",
      "/hangup.js",
      "/aborted.js",
    ]) {
      await refused(page.includeJs(address));
    }
    await page.onResourceRequested(null);
    await refused(page.invokeAsyncMethod("includeJs", "missing.js"));
  });

  test("with a callback, that comes in any case, and once", { timeout: 60_000 }, async () => {
    await page.open(`${pages.url}/`);
    const called = (address) => new Promise((resolve) => page.includeJs(address, (...values) => resolve(values)));
    for (const address of ["/lib.js", "missing.js", "//127.0.0.1:9/x.js", "", "/moved.js"]) {
      assert.deepEqual(await called(address), [null], address);
    }
  });

  test("a script runs, wherever it is and whatever becomes of it", { timeout: 60_000 }, async () => {
    const errors = [];
    const alerts = [];
    await page.set("onError", (message) => errors.push(message));
    await page.set("onAlert", (message) => alerts.push(message));
    await page.open(`${pages.url}/`);
    const own = "function () { return window.alert === window.fake; }";
    await page.evaluate("function () { window.fake = window.alert = function () {}; }");
    for (const address of ["lib.js", "/lib.js?é'\"", `${pages.url}/lib.js`, "data:text/javascript,window.data=1"]) {
      await page.evaluate("function () { window.lib = 0; }");
      await page.includeJs(address);
      assert.equal(await page.evaluate("function () { return window.lib || window.data * 42; }"), 42, address);
    }
    assert.equal(await page.evaluate(own), true, "the page's own alert() is as it was");
    await page.includeJs("/throws.js");
    assert.deepEqual(errors, ["Error: by the script"]);
    await page.includeJs("/no-script.js");
    await refused(page.includeJs("/missing.js"));
    // PhantomJS's own tells of a script that has run in this way, and of nothing else.
    assert.deepEqual(
      alerts.filter((message) => !message.endsWith(".js") && !/lib\.js|^data:/.test(message)),
      [],
    );
    await page.open(`${pages.url}/frames`);
    await page.includeJs("/lib.js");
  });

  test("by its name it gives the address, as PhantomJS's own", async () => {
    await page.open(`${pages.url}/`);
    assert.equal(await page.invokeAsyncMethod("includeJs", "/lib.js"), "/lib.js");
    assert.equal(await page.evaluate("function () { return window.lib; }"), 42);
  });

  test("pages that can load no script", { timeout: 60_000 }, async () => {
    await page.open(`${pages.url}/policy`);
    await refused(page.includeJs("/lib.js"));
    const other = await started.ph.createPage();
    await refused(other.includeJs("/lib.js"));
    await other.setting("javascriptEnabled", false);
    await other.open(`${pages.url}/`);
    await refused(other.includeJs("/lib.js"), /JavaScript is off/);
    await other.setting("javascriptEnabled", true);
    await other.open(`${pages.url}/`);
    const left = refused(other.includeJs("/slow.js"));
    await other.open(`${pages.url}/policy`);
    await left;
    await other.open(`${pages.url}/`);
    const closed = assert.rejects(other.includeJs("/slow.js"), { code: "ERR_PAGE_CLOSED" });
    await other.close();
    await closed;
  });
});
