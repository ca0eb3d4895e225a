// Documents, scripts in them, and properties of a page. facts.mjs says what a fact is.

import assert from "node:assert/strict";
import { read } from "../methods/checks.mjs";

/** The same words in old encodings, as base64. */
const TEXTS = {
  Shift_JIS: ["g3SDQIOTg2eDgA==", "ファントム"],
  "EUC-JP": ["pdWloaXzpcil4A0K", "ファントム"],
  "ISO-2022-JP": ["GyRCJVUlISVzJUglYBsoQg0K", "ファントム"],
  Big5: ["pNu2SA0K", "幻象"],
  GBK: ["u8PP8w0K", "幻象"],
  "EUC-KR": ["yK+/tQ==", "환영"],
};

/** The properties of a page by their types. */
const TYPES = {
  boolean: ["canGoBack", "canGoForward", "loading", "navigationLocked", "ownsPages"],
  number: ["framesCount", "loadingProgress", "offlineStorageQuota", "zoomFactor"],
  object: [
    ...["clipRect", "cookies", "customHeaders", "event", "framesName", "pages", "pagesWindowName", "paperSize"],
    ...["scrollPosition", "settings", "viewportSize"],
  ],
  string: [
    ...["content", "focusedFrameName", "frameContent", "frameName", "framePlainText", "frameTitle", "frameUrl"],
    ...["libraryPath", "offlineStoragePath", "plainText", "title", "url", "windowName"],
  ],
};

/** A property that a new page has by default, and that keeps what it is set to. */
const keeps = (file, name, initial, ...values) => ({
  of: [file],
  fact: `${name} is ${JSON.stringify(initial)} on a new page, and keeps what it is set to`,
  check: async ({ page }) => {
    assert.deepEqual(await page.get(name), initial);
    for (const value of values) {
      await page.set(name, value);
      assert.deepEqual(await page.get(name), value);
    }
  },
});

const agentOf = (page) => read(page, "navigator.userAgent");

export const facts = [
  ...Object.entries(TEXTS).map(([encoding, [base64, text]]) => ({
    of: ["cjk-text-codecs"],
    fact: `text in ${encoding} is read`,
    check: async ({ page }) => {
      assert.equal(await page.open(`data:text/plain;charset=${encoding};base64,${base64}`), "success");
      assert.equal((await read(page, "document.querySelector('pre').innerText")).trim(), text);
    },
  })),
  {
    of: ["evaluate-broken-json"],
    fact: "evaluate() needs nothing of the page's own JSON, neither for arguments nor for the value",
    check: async ({ page }) => {
      await page.set("content", "<html><script>JSON.parse = JSON.stringify = function () {};</script></html>");
      const value = await page.evaluate("function (object) { return { square: object.n * object.n }; }", { n: 4 });
      assert.deepEqual(value, { square: 16 });
    },
  },
  {
    of: ["webpage-spec"],
    fact: "evaluate() passes its arguments as they are, undefined as null",
    check: async ({ page }) => {
      const given = [true, 0, "`~!@#$%^&*()_+-=[]\\{}|;':\",./<>?", undefined, null, { a: true, b: 0 }, [true, "text"]];
      assert.deepEqual(
        await page.evaluate("function () { return [].slice.call(arguments); }", ...given),
        given.map((value) => value ?? null),
      );
    },
  },
  {
    of: ["set-content"],
    fact: "setContent() gives the document, and the location that scripts in it see",
    check: async ({ page }) => {
      await page.setContent("<html><body><div>Test div</div></body></html>", "http://www.phantomjs.org/");
      assert.deepEqual(await read(page, "[document.documentElement.textContent, location.href]"), [
        "Test div",
        "http://www.phantomjs.org/",
      ]);
    },
  },
  {
    of: ["no-plugin"],
    fact: "a page has no plug-ins, neither a new one nor one that is loaded",
    check: async ({ page, url }) => {
      assert.equal(await read(page, "navigator.plugins.length"), 0);
      await page.open(`${url}/`);
      assert.equal(await read(page, "navigator.plugins.length"), 0);
    },
  },
  keeps(
    "clip-rect",
    "clipRect",
    { left: 0, top: 0, width: 0, height: 0 },
    { left: 10, top: 20, width: 200, height: 100 },
  ),
  keeps("viewport-size", "viewportSize", { width: 400, height: 300 }, { width: 200, height: 100 }),
  keeps("zoom-factor", "zoomFactor", 1, 1.5, 2, 0.5),
  {
    of: ["scroll-position"],
    fact: "scrollPosition is the top of a new page, and keeps what it is set to",
    at: "/large",
    check: async ({ page }) => {
      assert.deepEqual(await page.get("scrollPosition"), { left: 0, top: 0 });
      await page.set("scrollPosition", { left: 1, top: 2 });
      assert.deepEqual(await page.get("scrollPosition"), { left: 1, top: 2 });
    },
  },
  {
    of: ["object"],
    fact: "each property of a page has the type that it has",
    check: async ({ page }) => {
      for (const [type, names] of Object.entries(TYPES)) {
        for (const name of names) {
          assert.equal(typeof (await page.get(name)), type, name);
        }
      }
      assert.deepEqual(await page.get("paperSize"), {});
    },
  },
  {
    of: ["settings"],
    fact: "settings are those of ph.defaultPageSettings; the user agent is the page's own until it is set",
    at: "/",
    check: async ({ page, ph, url }) => {
      const settings = await page.get("settings");
      assert.deepEqual(settings, await ph.get("defaultPageSettings"));
      assert.equal(await agentOf(page), settings.userAgent);
      await page.set("settings.userAgent", "test agent");
      await page.open(`${url}/two`);
      assert.equal(await agentOf(page), "test agent");
    },
  },
  {
    of: ["settings"],
    fact: "openUrl(url, method, settings) is with those settings, and page.settings stay",
    check: async ({ page, url }) => {
      await page.set("settings.userAgent", "test agent");
      const loaded = new Promise((resolve) => page.set("onLoadFinished", resolve));
      await page.openUrl(
        `${url}/two`,
        "get",
        await page.get("settings").then((all) => ({ ...all, userAgent: "once" })),
      );
      await loaded;
      assert.deepEqual([await agentOf(page), await page.get("settings.userAgent")], ["once", "test agent"]);
    },
  },
  {
    of: ["user-agent"],
    fact: "settings.userAgent before a load is what its scripts see",
    check: async ({ page, url }) => {
      await page.set("settings.userAgent", "PHANTOMJS-TEST-USER-AGENT");
      await page.open(`${url}/`);
      assert.equal(await agentOf(page), "PHANTOMJS-TEST-USER-AGENT");
    },
  },
  {
    of: ["construction-with-options"],
    fact: "settings may have a name that nobody knows",
    check: async ({ page }) => {
      assert.equal(await page.set("settings.timeout", 100), 100);
      assert.equal(await page.get("settings.timeout"), 100);
    },
  },
  {
    of: ["construction-with-options"],
    fact: "onConsoleMessage hears what evaluate() logs, all arguments in one text",
    check: async ({ page }) => {
      const heard = [];
      await page.set("onConsoleMessage", (text) => heard.push(text));
      await page.evaluate("function () { console.log('answer', 42); }");
      assert.deepEqual(heard, ["answer 42"]);
    },
  },
];
