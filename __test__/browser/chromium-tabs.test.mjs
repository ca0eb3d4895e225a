// Chromium's tabs are used again: nothing that a page has left may reach the next one. And a page that is stuck, or whose
// process ends, is the end of that page alone.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { processesWith } from "../../chaos/processes.js";
import { browser, isLinux, onChromium, site, until } from "../helpers.mjs";

const LOOP = "<script>onunload = onpagehide = function () { for (;;) {} };</script>";

describe("a page after another in the same tab", onChromium(), () => {
  let started;
  let pages;

  before(async () => {
    pages = await site({
      "/": "<title>one</title><body>one</body>",
      "/two": "<title>two</title><body>two</body>",
      "/beacon": "<title>beacon</title>",
      "/stuck": `<title>stuck</title>${LOOP}`,
    });
    started = await browser({ browser: "chromium", pageTimeout: 20_000 });
  });

  after(async () => {
    await started?.close();
    await pages?.close();
  });

  /** Opens, runs `leave` there, closes; as often as it takes for a tab to be used again. Gives what `look` finds then. */
  async function next(leave, look, { path = "/" } = {}) {
    const found = [];
    for (let time = 0; time < 4; time += 1) {
      const first = await started.ph.createPage();
      await first.open(pages.url + path);
      await (typeof leave === "string" ? first.evaluate(leave) : leave(first));
      await first.close();
      const second = await started.ph.createPage();
      await second.open(`${pages.url}/two`);
      found.push(await look(second));
      await second.close();
    }
    return found;
  }

  const evaluating = (fn) => (page) => page.evaluate(fn);

  const rows = {
    "window.name": ["function () { window.name = 'left'; }", evaluating("function () { return window.name; }"), ""],
    "session storage": [
      "function () { sessionStorage.left = 'left'; }",
      evaluating("function () { return sessionStorage.length; }"),
      0,
    ],
    "session storage that the page guards": [
      "function () { sessionStorage.left = 'left'; Storage.prototype.clear = function () {}; }",
      evaluating("function () { return sessionStorage.length; }"),
      0,
    ],
    "a name that the page guards": [
      "function () { window.name = 'left'; Object.defineProperty(window, 'name', { get: function () { return ''; } }); }",
      evaluating("function () { return window.name; }"),
      "",
    ],
    globals: [
      "function () { window.left = 1; }",
      evaluating("function () { return typeof window.left; }"),
      "undefined",
    ],
    "a referrer": ["function () {}", evaluating("function () { return document.referrer; }"), ""],
    scrolling: [
      "function () { document.body.style.height = '9000px'; scrollTo(0, 500); }",
      evaluating("function () { return scrollY; }"),
      0,
    ],
    timers: [
      "function () { setInterval(function () { document.title = 'left'; }, 1); }",
      evaluating("function () { return document.title; }"),
      "two",
    ],
    "an alert at its end": [
      "function () { onbeforeunload = function (event) { event.preventDefault(); return 'stay'; };" +
        " onunload = function () { alert(1); }; }",
      evaluating("function () { return document.title; }"),
      "two",
    ],
    "a window, a zoom and pictures": [
      async (page) => {
        await page.setViewportSize(777, 555);
        await page.setZoomFactor(2);
        await page.set("clipRect", { left: 1, top: 2, width: 3, height: 4 });
        await page.setPaperSize({ width: 10, height: 10 });
        await page.renderBase64("PNG");
      },
      async (page) => {
        const window = await page.evaluate("function () { return [innerWidth, innerHeight, devicePixelRatio]; }");
        const png = Buffer.from(await page.renderBase64("PNG"), "base64");
        return [...window, png.readUInt32BE(16), png.readUInt32BE(20), await page.get("paperSize")];
      },
      [400, 300, 1, 400, 300, {}],
    ],
    "a picture without background": [
      (page) => page.renderBase64("PNG"),
      async (page) => [...Buffer.from(await page.renderBase64("PPM"), "base64").subarray(-3)],
      [255, 255, 255],
    ],
    "a script without end at its end": [
      "function () { onunload = onpagehide = function () { for (;;) {} }; }",
      evaluating("function () { return document.title; }"),
      "two",
    ],
  };

  for (const [name, [leave, look, expected]] of Object.entries(rows)) {
    test(`finds no trace of ${name}`, async () => {
      assert.deepEqual(await next(leave, look), Array(4).fill(expected));
    });
  }

  test("does not reach the other's page by its history", async () => {
    for (let time = 0; time < 3; time += 1) {
      const first = await started.ph.createPage();
      await first.open(`${pages.url}/`);
      await first.close();
      const second = await started.ph.createPage();
      await second.open(`${pages.url}/two`);
      await second.evaluate("function () { history.back(); }");
      assert.equal(await second.evaluate("function () { return location.pathname; }"), "/two");
      await second.close();
    }
  });

  test("shows about:blank before it loads anything", async () => {
    for (let time = 0; time < 3; time += 1) {
      const page = await started.ph.createPage();
      assert.equal(await page.evaluate("function () { return location.href + document.title; }"), "about:blank");
      await page.open(`${pages.url}/`);
      await page.close();
    }
  });

  test("loads the same address with another fragment", async () => {
    for (const fragment of ["#a", "#b", "#c"]) {
      const page = await started.ph.createPage();
      assert.equal(await page.open(`${pages.url}/${fragment}`), "success");
      assert.equal(await page.evaluate("function () { return document.title + location.hash; }"), `one${fragment}`);
      await page.close();
    }
  });

  test("keeps cookies, which pages share", async () => {
    const page = await started.ph.createPage();
    await page.open(`${pages.url}/`);
    await page.evaluate("function () { document.cookie = 'shared=1'; localStorage.shared = '1'; }");
    await page.close();
    const other = await started.ph.createPage();
    await other.open(`${pages.url}/two`);
    const shared = await other.evaluate("function () { return document.cookie + '|' + localStorage.shared; }");
    assert.equal(shared, "shared=1|1");
    await other.close();
  });
});

describe("a page that is stuck", onChromium(), () => {
  let started;
  let pages;

  before(async () => {
    pages = await site({ "/": "<title>one</title>", "/stuck": `<title>stuck</title>${LOOP}` });
    started = await browser({ browser: "chromium", pageTimeout: 2_000 });
  });

  after(async () => {
    await started?.close();
    await pages?.close();
  });

  test("times out and can be used on", async () => {
    const page = await started.ph.createPage();
    await page.open(`${pages.url}/`);
    await assert.rejects(page.evaluate("function () { for (;;) {} }"), { code: "ERR_PAGE_TIMEOUT" });
    assert.equal(await page.evaluate("function () { return document.title; }"), "one");
    await page.close();
  });

  test("does not hold up another", async () => {
    const stuck = await started.ph.createPage();
    const page = await started.ph.createPage();
    await stuck.open(`${pages.url}/`);
    const loop = assert.rejects(stuck.evaluate("function () { for (;;) {} }"), { code: "ERR_PAGE_TIMEOUT" });
    let isLooping = true;
    loop.finally(() => {
      isLooping = false;
    });
    await page.open(`${pages.url}/`);
    assert.equal(await page.evaluate("function () { return document.title; }"), "one");
    assert.ok(isLooping);
    await loop;
    await Promise.all([stuck.close(), page.close()]);
  });

  test("whose process ends rejects what comes, and the next page is well", async () => {
    const page = await started.ph.createPage();
    await page.open("chrome://crash");
    await assert.rejects(page.evaluate("function () { return 1; }"), { code: "ERR_PAGE_CRASHED" });
    await page.close();
    const next = await started.ph.createPage();
    assert.equal(await next.open(`${pages.url}/`), "success");
    await next.close();
  });

  test("whose process ends while nobody has it is not given to the next page", { skip: !isLinux }, async () => {
    for (const isolate of [false, true]) {
      const { ph, close } = await browser({ browser: "chromium", pageTimeout: 10_000, isolate });
      const renderers = () => {
        const all = processesWith("no marker", new Set([ph.process.pid]));
        return all.filter(({ kind }) => kind === "renderer").map(({ pid }) => pid);
      };
      try {
        const page = await ph.createPage();
        await page.open(`${pages.url}/`);
        await page.close();
        // Isolated pages have one that was made in advance.
        await until(() => renderers().length === 1, "the idle tab");
        const [killed] = renderers();
        process.kill(killed, "SIGKILL");
        await until(() => !renderers().includes(killed), "its end");
        const outcome = async () => {
          const next = await ph.createPage();
          try {
            const title = await next.evaluate("function () { return document.title; }");
            return [title, await next.open(`${pages.url}/`)];
          } catch (error) {
            return error.code;
          }
        };
        // Chromium itself hears of it a moment later: a page that was quicker is told at once.
        const first = await outcome();
        assert.deepEqual(first === "ERR_PAGE_CRASHED" ? await outcome() : first, ["", "success"]);
      } finally {
        await close();
      }
    }
  });
});
