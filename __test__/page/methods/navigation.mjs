// Where a page goes and has been, its pop-ups and its end. rows.mjs says what a row is.

import assert from "node:assert/strict";
import { until } from "../../helpers.mjs";
import { arrivesAt, bodyOf, click, read, twoPages } from "./checks.mjs";
import { requested } from "./site.mjs";

export const methods = [
  ...["close", "release"].map((name) => ({
    on: "page",
    name,
    args: [],
    check: async (_value, { page }) => {
      await assert.rejects(page.get("title"), { code: "ERR_PAGE_CLOSED" });
      await page[name]();
    },
  })),
  {
    on: "page",
    name: "close",
    at: "/",
    prepare: ({ page }) => read(page, "window.close()"),
    args: [],
    check: (_value, { page }) => assert.rejects(page.get("title"), { code: "ERR_PAGE_CLOSED" }),
  },
  {
    on: "page",
    name: "getPage",
    form: "name",
    at: "/opener",
    prepare: ({ page }) => read(page, "!!go()"),
    args: ["kid"],
    check: async (value, { page }) => {
      await arrivesAt(value, "two");
      assert.equal(await page.getPage("nobody"), null);
    },
  },
  {
    on: "page",
    name: "go",
    form: "steps",
    prepare: twoPages,
    args: [-1],
    check: async (value, { page }) => {
      assert.equal(value, true);
      await arrivesAt(page, "start");
      assert.equal(await page.go(-5), false);
    },
  },
  {
    on: "page",
    name: "goBack",
    prepare: twoPages,
    args: [],
    check: async (value, { page, url }) => {
      assert.equal(value, true);
      await arrivesAt(page, "start");
      assert.equal(await page.get("url"), `${url}/`);
    },
  },
  {
    on: "page",
    name: "goForward",
    prepare: async (context) => {
      await twoPages(context);
      await context.page.goBack();
      await arrivesAt(context.page, "start");
    },
    args: [],
    check: async (value, { page, url }) => {
      assert.equal(value, true);
      await arrivesAt(page, "two");
      assert.equal(await page.get("url"), `${url}/two`);
    },
  },
  {
    on: "page",
    name: "loadError",
    styles: ["value"],
    // load-error.test.mjs has the rest.
    differs: {
      chromium:
        "it names the reason of Chromium for a port that is never opened, where PhantomJS only says that it did not load " +
        "it, and HTTP 401 where a password is missing, where PhantomJS says Operation canceled",
    },
    check: (value) => assert.equal(value, null),
  },
  {
    on: "page",
    name: "open",
    form: "url",
    args: ({ url }) => [`${url}/two`],
    check: async (value, { page }) => {
      assert.equal(value, "success");
      assert.equal(await page.get("title"), "two");
      assert.equal(await page.open("http://127.0.0.1:9/"), "fail");
    },
  },
  {
    on: "page",
    name: "open",
    form: "url, settings",
    args: ({ url }) => [`${url}/echo`, { operation: "PUT", data: "é", encoding: "utf8", headers: { "X-A": "1" } }],
    check: async (value, { page }) => {
      assert.equal(value, "success");
      const { method, body, "x-a": header } = await bodyOf(page);
      assert.deepEqual([method, Buffer.from(body, "latin1").toString(), header], ["PUT", "é", "1"]);
    },
  },
  {
    on: "page",
    name: "open",
    form: "url, method",
    args: ({ url }) => [`${url}/echo`, "delete"],
    check: async (value, { page }) => {
      assert.equal(value, "success");
      assert.equal((await bodyOf(page)).method, "DELETE");
    },
  },
  {
    on: "page",
    name: "open",
    form: "url, method, data",
    args: ({ url }) => [`${url}/echo`, "post", "a=é"],
    check: async (value, { page, url }) => {
      assert.equal(value, "success");
      assert.equal((await bodyOf(page)).body, "a=é", "Latin-1 where it can hold the body");
      await page.open(`${url}/echo`, "post", "a=é😀");
      assert.equal(Buffer.from((await bodyOf(page)).body, "latin1").toString(), "a=é😀", "else UTF-8");
    },
  },
  {
    on: "page",
    name: "open",
    form: "url, method, data, headers",
    args: ({ url }) => [`${url}/echo`, "post", "a=1", { "X-A": "1" }],
    check: async (value, { page }) => {
      assert.equal(value, "success");
      const { body, "x-a": header } = await bodyOf(page);
      assert.deepEqual([body, header], ["a=1", "1"]);
    },
  },
  {
    on: "page",
    name: "openUrl",
    form: "url",
    args: ({ url }) => [`${url}/two`],
    check: (_value, { page }) => arrivesAt(page, "two"),
  },
  {
    on: "page",
    name: "openUrl",
    form: "url, method",
    args: ({ url }) => [`${url}/two`, "post"],
    check: async (_value, { page }) => {
      await arrivesAt(page, "two");
      assert.equal(requested("/two")[0].method, "POST");
    },
  },
  {
    on: "page",
    name: "openUrl",
    form: "url, method, settings",
    prepare: async (context) => {
      context.settings = await context.page.get("settings");
    },
    args: ({ url, settings }) => [`${url}/two`, "get", { ...settings, userAgent: "another" }],
    check: async (_value, { page, settings }) => {
      await arrivesAt(page, "two");
      assert.equal(requested("/two")[0].headers["user-agent"], "another");
      assert.deepEqual(await page.get("settings"), settings, "the page's own settings stay");
    },
  },
  {
    on: "page",
    name: "reload",
    at: "/two",
    args: [],
    check: () => until(() => requested("/two").length === 2, "the second load"),
  },
  {
    on: "page",
    name: "stop",
    prepare: async (context) => {
      context.opening = context.page.open(`${context.url}/never`);
      await until(() => requested("/never").length > 0, "the request");
      assert.equal(await context.page.get("loading"), true);
    },
    args: [],
    check: async (_value, { page, opening }) => {
      assert.equal(await opening, "fail");
      assert.equal(await page.get("loading"), false);
    },
  },
];

export const properties = [
  {
    name: "canGoBack",
    prepare: twoPages,
    get: true,
  },
  {
    name: "canGoForward",
    prepare: async (context) => {
      await twoPages(context);
      await context.page.goBack();
      await arrivesAt(context.page, "start");
    },
    get: true,
  },
  {
    name: "loading",
    prepare: async ({ page, url }) => {
      await page.openUrl(`${url}/never`);
      await until(() => requested("/never").length > 0, "the request");
    },
    get: true,
  },
  {
    name: "loadingProgress",
    prepare: async ({ page, url }) => {
      await page.openUrl(`${url}/never`);
      await until(() => requested("/never").length > 0, "the request");
    },
    get: (value) => assert.ok(value > 0 && value < 100, `${value}`),
  },
  {
    name: "navigationLocked",
    at: "/link",
    get: false,
    set: true,
    effect: async ({ page }) => {
      const refused = [];
      await page.on("onNavigationRequested", (_url, type, willNavigate) => refused.push([type, willNavigate]));
      await click(page, "a");
      await until(() => refused.length > 0, "onNavigationRequested");
      assert.deepEqual(refused, [["LinkClicked", false]]);
      assert.equal(await page.get("title"), "link");
    },
  },
  {
    name: "ownsPages",
    at: "/opener",
    get: true,
    set: false,
    effect: async ({ page }) => {
      const created = [];
      await page.set("onPageCreated", (child) => created.push(child));
      await read(page, "!!go()");
      assert.deepEqual(await page.get("pages"), []);
      await page.close();
      await arrivesAt(created[0], "two");
      await created[0].close();
    },
  },
  {
    name: "pages",
    at: "/opener",
    prepare: ({ page }) => read(page, "!!go()"),
    get: async (value, { page }) => assert.deepEqual(value, [await page.getPage("kid")]),
  },
  { name: "pagesWindowName", at: "/opener", prepare: ({ page }) => read(page, "!!go()"), get: ["kid"] },
  { name: "url", at: "/two", get: (value, { url }) => assert.equal(value, `${url}/two`) },
  { name: "windowName", at: "/", prepare: ({ page }) => read(page, "window.name = 'named'"), get: "named" },
];
