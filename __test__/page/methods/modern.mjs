// What npm `phantom` and PhantomJS's page have not. rows.mjs says what a row is.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { bodyOf, magicOf, PDF, PNG, read, setting } from "./checks.mjs";
import { requested } from "./site.mjs";

const LATE = { code: "ERR_TIMEOUT" };
const ON_CHROMIUM = 'Chromium does, by option browser: "chromium"';

/** Of a paper of 10 x 5 cm, whose page is described in plain text. */
function isLandscape(pdf) {
  assert.equal(magicOf(pdf, PDF), PDF);
  const [, width, height] = /\/MediaBox \[0 0 (\d+)[.\d]* (\d+)/.exec(pdf.toString("latin1"));
  assert.ok(Math.abs(width / height - 2) < 0.1, `${width} x ${height}`);
}

const sizeOf = (png) => [png.readUInt32BE(16), png.readUInt32BE(20)];

export const methods = [
  {
    on: "page",
    name: "goto",
    form: "url",
    args: ({ url }) => [`${url}/missing`],
    check: async ({ headers, id, ...response }, { page, url }) => {
      assert.deepEqual(response, { url: `${url}/missing`, status: 404, statusText: "Not Found" });
      assert.equal(headers.connection, "keep-alive");
      assert.ok(id > 0);
      assert.equal(await page.get("plainText"), "none");
      const refused = { code: "ERR_NAVIGATION", message: /^goto: http:\/\/none\.invalid\/ was not loaded: / };
      await assert.rejects(page.goto("http://none.invalid/"), (error) => {
        assert.deepEqual(Object.keys(error.cause), ["code", "text", "status", "url"]);
        assert.deepEqual(error.cause, page.loadError);
        return assert.match(error.message, refused.message) ?? error.code === refused.code;
      });
    },
  },
  {
    on: "page",
    name: "goto",
    form: "url, options",
    args: ({ url }) => [`${url}/stuck`, { waitUntil: "domcontentloaded", timeout: 20_000 }],
    check: async (value, { page, url }) => {
      assert.equal(value.status, 200);
      assert.equal(await page.get("title"), "stuck");
      await assert.rejects(page.goto(`${url}/stuck`, { timeout: 1_000 }), LATE);
      await page.goto(`${url}/loads-late`, { waitUntil: "networkidle" });
      assert.equal(await page.get("title"), "loaded late");
      assert.equal(requested("/slow").length, 1);
    },
  },
  {
    on: "page",
    name: "pdf",
    at: "/",
    differs: { chromium: "what is too wide for its paper is printed smaller, down to two thirds; PhantomJS cuts it" },
    prepare: ({ page }) => page.setPaperSize({ width: "10cm", height: "5cm" }),
    args: [],
    check: isLandscape,
  },
  {
    on: "page",
    name: "pdf",
    form: "options",
    at: "/",
    args: ({ folder }) => [{ width: "5cm", height: "10cm", landscape: true, path: path.join(folder, "a.pdf") }],
    check: async (value, { page, folder }) => {
      assert.ok(value.equals(fs.readFileSync(path.join(folder, "a.pdf"))));
      isLandscape(await page.pdf({ width: "10cm", height: "5cm" }));
      assert.deepEqual(await page.get("paperSize"), {}, "the page's own paper stays");
    },
  },
  {
    on: "page",
    name: "render",
    form: "file, { selector }",
    at: "/boxes",
    args: ({ folder }) => [path.join(folder, "box.png"), { selector: "#box" }],
    check: async (value, { page, folder }) => {
      assert.equal(value, true);
      const png = fs.readFileSync(path.join(folder, "box.png"));
      assert.equal(magicOf(png, PNG), PNG);
      assert.deepEqual(sizeOf(png), [120, 70]);
      assert.deepEqual(await page.get("clipRect"), { left: 0, top: 0, width: 0, height: 0 });
      const missing = { code: "ERR_PAGE_COMMAND", message: /no element with a size matches "#none"/ };
      await assert.rejects(page.render(path.join(folder, "none.png"), { selector: "#none" }), missing);
    },
  },
  {
    on: "page",
    name: "renderBase64",
    form: "format, { selector }",
    at: "/boxes",
    prepare: ({ page }) => page.set("scrollPosition", { left: 0, top: 3000 }),
    args: ["PNG", { selector: "#box" }],
    check: async (value, { page }) => {
      assert.deepEqual(sizeOf(Buffer.from(value, "base64")), [120, 70]);
      assert.deepEqual(await read(page, "pageYOffset"), 3000);
    },
  },
  {
    on: "page",
    name: "responseBody",
    form: "id",
    unsupported: { phantomjs: ON_CHROMIUM },
    prepare: async (context) => {
      context.response = await context.page.goto(`${context.url}/missing`);
    },
    args: ({ response }) => [response.id],
    check: async (value, { page }) => {
      assert.equal(value.toString(), "none");
      await assert.rejects(page.responseBody(99_999), { code: "ERR_PAGE_COMMAND" });
    },
  },
  {
    on: "page",
    name: "waitFor",
    form: "selector",
    callbackAt: 1,
    at: "/grows",
    args: ["#late"],
    check: async (value, { page }) => {
      assert.equal(value, true);
      assert.equal(await page.waitFor("#late", { hidden: true }), true, "it is there, and not seen");
    },
  },
  {
    on: "page",
    name: "waitFor",
    form: "selector, options",
    at: "/grows",
    args: ["#late", { visible: true }],
    check: async (value, { page }) => {
      assert.equal(value, true);
      assert.equal(await read(page, "document.getElementById('late').style.visibility"), "visible");
      await assert.rejects(page.waitFor("#none", { timeout: 1_000 }), {
        ...LATE,
        message: /"#none" is there within 1000 ms/,
      });
      await assert.rejects(page.waitFor("###"), { code: "ERR_PAGE_COMMAND", message: /"###" is no selector/ });
    },
  },
  {
    on: "page",
    name: "waitFor",
    form: "fn",
    callbackAt: 1,
    at: "/grows",
    args: [
      function grown() {
        return document.querySelectorAll("p").length;
      },
    ],
    check: async (value, { page }) => {
      assert.equal(value, 1);
      const fails = function () {
        throw new TypeError("boo");
      };
      await assert.rejects(page.waitFor(fails), { code: "ERR_EVALUATE", message: /TypeError: boo/ });
    },
  },
  {
    on: "page",
    name: "waitFor",
    form: "fn, options, ...args",
    at: "/grows",
    args: [
      function found(selector, key) {
        return document.querySelector(selector) && { key: key, text: document.querySelector(selector).textContent };
      },
      { timeout: 20_000 },
      "#late",
      [1],
    ],
    check: async (value, { page, url }) => {
      assert.deepEqual(value, { key: [1], text: "é" });
      const waiting = page.waitFor(function () {
        return document.title === "two" && document.title;
      });
      await page.open(`${url}/two`);
      assert.equal(await waiting, "two", "it goes on in the next document");
    },
  },
];

export const properties = [
  setting("colorScheme", {
    unsupported: { phantomjs: ON_CHROMIUM },
    get: null,
    set: "dark",
    effect: async ({ page, url }) => {
      await page.open(`${url}/`);
      assert.equal(await read(page, "matchMedia('(prefers-color-scheme: dark)').matches"), true);
    },
  }),
  setting("deviceScaleFactor", {
    unsupported: { phantomjs: ON_CHROMIUM },
    get: null,
    set: 2,
    effect: async ({ page, url }) => {
      await page.open(`${url}/`);
      assert.equal(await read(page, "devicePixelRatio"), 2);
      assert.deepEqual(sizeOf(Buffer.from(await page.renderBase64("PNG"), "base64")), [800, 600]);
    },
  }),
  setting("locale", {
    unsupported: { phantomjs: ON_CHROMIUM },
    get: null,
    set: "de-DE",
    effect: async ({ page, url }) => {
      await page.open(`${url}/echo`);
      assert.match((await bodyOf(page))["accept-language"], /^de-DE/);
      assert.deepEqual(await read(page, "[navigator.language, (1.5).toLocaleString()]"), ["de-DE", "1,5"]);
    },
  }),
  setting("timezone", {
    unsupported: { phantomjs: ON_CHROMIUM },
    get: null,
    set: "Asia/Tokyo",
    effect: async ({ page, url }) => {
      await page.open(`${url}/`);
      assert.equal(await read(page, "new Date(0).getTimezoneOffset()"), -540);
    },
  }),
];
