// What a page leaves behind on Chromium: what is the page's own ends with it, though its tab is used again; what a site
// stores is shared as in one PhantomJS, and not with `isolate`. What a page still does: chromium-ended-pages.test.mjs.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { browser, onChromium, site, until } from "../helpers.mjs";

/** Longer than a tab may be idle before it shows about:blank. */
const IDLE = 300;
const WORKER = `
  onfetch = function (event) {
    if (new URL(event.request.url).pathname === "/two") {
      event.respondWith(new Response("<title>by the worker</title>", { headers: { "content-type": "text/html" } }));
    }
  };
  oninstall = function () { skipWaiting(); };`;

const PAGES = {
  "/": "<title>one</title><body>one</body>",
  "/two": "<title>two</title><body>two</body>",
  "/three": "<title>three</title><body><iframe name=inner src=/two></iframe></body>",
  "/headers": (request, response) => response.end(`<pre>${JSON.stringify(request.headers)}</pre>`),
  "/picture": (_request, response) => {
    response.setHeader("content-type", "image/svg+xml");
    response.end('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  },
  "/worker.js": (_request, response) => {
    response.setHeader("content-type", "text/javascript");
    response.end(WORKER);
  },
};

/** What the async function body `source` gives in the page. */
async function run(page, source) {
  const begin = `function () {
    window.given = null;
    (async function () { ${source} })().then(
      function (value) { window.given = { value: value === undefined ? null : value }; },
      function (error) { window.given = { error: String(error) }; });
  }`;
  await page.evaluate(begin);
  const { value, error } = await until(() => page.evaluate("function () { return window.given; }"), source);
  assert.equal(error, undefined);
  return value;
}

describe("what a page of Chromium leaves to the next", onChromium(), () => {
  let started;
  let pages;
  let ph;

  before(async () => {
    pages = await site(PAGES);
    started = await browser({ browser: "chromium", pageTimeout: 20_000 });
    ph = started.ph;
  });
  after(async () => {
    await started?.close();
    await pages?.close();
  });

  /** What `look` finds behind `leave`, in a tab that is taken at once and in one that was idle. */
  async function found(leave, look, path) {
    const all = [];
    for (const pause of [0, IDLE, 0]) {
      const one = await ph.createPage();
      await one.open(`${pages.url}/`);
      await leave(one);
      await one.close();
      await sleep(pause);
      const two = await ph.createPage();
      if (path) {
        assert.equal(await two.open(pages.url + path), "success");
      }
      all.push(await look(two));
      await two.close();
    }
    return all;
  }

  const title = (page) => page.get("title");
  const evaluating = (source) => (page) => page.evaluate(`function () { return ${source}; }`);
  const nothing = () => {};

  /** What is left, what is looked at, what must be found, and where. */
  const rows = {
    "no history": [
      async (page) => {
        await page.open(`${pages.url}/three`);
        await page.evaluate("function () { history.pushState(1, '', '/pushed'); history.pushState(2, '', '/again'); }");
      },
      async (page) => [
        await page.evaluate("function () { return [history.length, history.state]; }"),
        await page.get("canGoBack"),
        await page.get("canGoForward"),
      ],
      [[1, null], false, false],
    ],
    "no globals, nor documents, before it loads anything": [
      (page) => page.evaluate("function () { window.left = 1; document.title = 'left'; }"),
      evaluating("[typeof left, document.title, location.href, document.documentElement.outerHTML.length]"),
      ["undefined", "", "about:blank", "<html><head></head><body></body></html>".length],
      null,
    ],
    "no listeners of its window": [
      (page) =>
        page.evaluate(`function () {
          ['message', 'focus', 'resize', 'storage', 'hashchange', 'popstate'].forEach(function (name) {
            addEventListener(name, function () { document.title = 'left'; });
          });
        }`),
      async (page) => {
        await page.evaluate(`function () {
          ['focus', 'resize', 'storage', 'hashchange', 'popstate'].forEach(function (name) {
            dispatchEvent(new Event(name));
          });
          postMessage('', '*');
        }`);
        await sleep(20);
        return title(page);
      },
      "",
      null,
    ],
    "no headers": [
      async (page) => {
        await page.set("customHeaders", { "x-left": "1" });
        await page.setHeaders({ "x-left": "2", "user-agent": "left" });
        await page.open(`${pages.url}/headers`);
        assert.match(await page.get("content"), /x-left/);
      },
      async (page) => /left/.test(await page.get("plainText")),
      false,
      "/headers",
    ],
    "no user agent": [
      async (page) => {
        await page.set("settings.userAgent", "left/1");
        await page.open(`${pages.url}/two`);
        assert.equal(await page.evaluate("function () { return navigator.userAgent; }"), "left/1");
      },
      async (page) => [
        /left/.test(await page.get("settings.userAgent")),
        await page.evaluate("function () { return /left/.test(navigator.userAgent); }"),
        /left/.test(await page.get("plainText")),
      ],
      [false, false, false],
      "/headers",
    ],
    "no settings": [
      async (page) => {
        await page.set("settings.javascriptEnabled", false);
        await page.set("settings.loadImages", false);
        await page.set("settings.webSecurityEnabled", false);
        await page.set("settings.resourceTimeout", 1);
        await page.open(`${pages.url}/two`);
      },
      async (page) => {
        const width = "var i = new Image(); i.src = '/picture'; await i.decode(); return i.naturalWidth;";
        const { javascriptEnabled, loadImages, webSecurityEnabled, resourceTimeout } = await page.get("settings");
        return [await run(page, width), javascriptEnabled, loadImages, webSecurityEnabled, resourceTimeout ?? null];
      },
      [9, true, true, true, null],
    ],
    "no scripts for new documents": [
      async (page) => {
        await page.set("onInitialized", () => page.evaluate("function () { window.left = 1; }"));
        await page.on("onInitialized", true, function () {
          this.evaluate(function () {
            window.leftInside = 1;
          });
        });
        await page.defineMethod("left", function () {
          return 1;
        });
        await page.set("onCallback", () => "left");
        await page.open(`${pages.url}/two`);
        assert.equal(await page.evaluate("function () { return window.leftInside; }"), 1);
      },
      async (page) => [
        await page.evaluate("function () { return [typeof left, typeof leftInside, callPhantom('a') || null]; }"),
        await page.invokeMethod("left").then(
          () => "there",
          () => "none",
        ),
      ],
      [["undefined", "undefined", null], "none"],
    ],
    "no answers to dialogs": [
      async (page) => {
        await page.on("onConfirm", true, function () {
          return true;
        });
        await page.on("onPrompt", true, function () {
          return "left";
        });
        await page.evaluate("function () { return [confirm('a'), prompt('b', 'c')]; }");
      },
      evaluating("[confirm('a'), prompt('b', 'c')]"),
      [false, null],
    ],
    "no dialogs": [
      (page) => page.evaluate("function () { setInterval(function () { alert('left'); confirm('left'); }, 10); }"),
      async (page) => {
        const heard = [];
        await page.set("onAlert", (text) => heard.push(text));
        await page.set("onConfirm", (text) => heard.push(text));
        await sleep(100);
        return heard;
      },
      [],
      null,
    ],
    "no lock, no frame, no scrolling": [
      async (page) => {
        await page.open(`${pages.url}/three`);
        await page.switchToFrame("inner");
        await page.set("scrollPosition", { left: 0, top: 9 });
        await page.set("navigationLocked", true);
      },
      async (page) => [
        await page.get("navigationLocked"),
        await page.get("frameName"),
        await page.get("scrollPosition"),
      ],
      [false, "", { left: 0, top: 0 }],
    ],
    "no permission": [
      (page) =>
        run(page, "await Notification.requestPermission(); navigator.geolocation.getCurrentPosition(function () {});"),
      (page) =>
        run(
          page,
          "return Promise.all(['notifications', 'geolocation'].map(async function (name) {" +
            "return (await navigator.permissions.query({ name: name })).state; }));",
        ),
      ["prompt", "prompt"],
    ],
    "no pop-up": [
      async (page) => {
        await page.evaluate("function () { window.open('/two', 'left'); }");
        await until(async () => (await page.get("pages")).length === 1, "the pop-up");
      },
      async (page) => [
        await page.get("pages"),
        await page.evaluate("function () { return [!!window.opener, window.name]; }"),
      ],
      [[], [false, ""]],
    ],
  };

  for (const [name, [leave, look, expected, path = "/two"]] of Object.entries(rows)) {
    test(`leaves ${name}`, async () => {
      assert.deepEqual(await found(leave, look, path), Array(3).fill(expected));
    });
  }

  test("leaves no listener in Node", async () => {
    const heard = [];
    const names = [
      "onLoadStarted",
      "onLoadFinished",
      "onUrlChanged",
      "onResourceRequested",
      "onConsoleMessage",
      "onError",
    ];
    await found(
      async (page) => {
        for (const name of names) {
          await page.set(name, () => heard.push(name));
        }
      },
      (page) => page.evaluate("function () { console.log('next'); setTimeout(function () { none(); }, 0); }"),
      "/two",
    );
    await sleep(100);
    assert.deepEqual(heard, []);
  });

  test("leaves session storage of no frame, nor of any site that it was at", async () => {
    const other = await site(PAGES);
    const store = "function () { sessionStorage.left = 'left'; }";
    const seen = await found(
      async (page) => {
        await page.open(`${other.url}/three`);
        await page.evaluate(store);
        await page.open(`${pages.url}/two`);
        await page.evaluate(store);
      },
      async (page) => {
        const here = await page.evaluate("function () { return sessionStorage.length; }");
        await page.open(`${other.url}/two`);
        return here + (await page.evaluate("function () { return sessionStorage.length; }"));
      },
      "/two",
    );
    assert.deepEqual(seen, [0, 0, 0]);
    await found(nothing, title, "/two");
    await other.close();
  });
});

/** What sites store: how it is left, and whether it is found. */
const STORES = {
  cookies: ["document.cookie = 'left=1';", "return document.cookie.includes('left=1');"],
  localStorage: ["localStorage.left = 1;", "return localStorage.left === '1';"],
  indexedDB: [
    "await new Promise(function (y, n) { var o = indexedDB.open('left'); o.onsuccess = y; o.onerror = n; });",
    "return (await indexedDB.databases()).some(function (d) { return d.name === 'left'; });",
  ],
  "cache storage": [
    "await (await caches.open('left')).put('/kept', new Response('left'));",
    "return caches.has('left');",
  ],
  files: [
    "await (await navigator.storage.getDirectory()).getFileHandle('left', { create: true });",
    "var d = await navigator.storage.getDirectory(); return d.getFileHandle('left').then(() => true, () => false);",
  ],
  "service workers": [
    "await navigator.serviceWorker.register('/worker.js'); await navigator.serviceWorker.ready;",
    "return document.title === 'by the worker';",
  ],
};

for (const isolate of [false, true]) {
  describe(`what sites store on Chromium, isolate: ${isolate}`, onChromium(), () => {
    let started;

    before(async () => {
      started = await browser({ browser: "chromium", isolate, pageTimeout: 20_000 });
    });
    after(() => started?.close());

    for (const [name, [leave, look]] of Object.entries(STORES)) {
      test(`${name}: ${isolate ? "of one page alone" : "shared, as in one PhantomJS"}`, async () => {
        // A site of its own for each.
        const pages = await site(PAGES);
        const beside = await started.ph.createPage();
        for (let time = 0; time < 2; time += 1) {
          const page = await started.ph.createPage();
          await page.open(`${pages.url}/`);
          await run(page, leave);
          await beside.open(`${pages.url}/two`);
          assert.equal(await run(beside, look), !isolate, "a page beside it");
          await page.close();
          const next = await started.ph.createPage();
          await next.open(`${pages.url}/two`);
          assert.equal(await run(next, look), !isolate, "the next page");
          await next.close();
        }
        await beside.close();
        await pages.close();
      });
    }
  });
}
