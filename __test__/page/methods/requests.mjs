// Requests of a page: headers, proxies, the cache, and their events. rows.mjs says what a row is.

import assert from "node:assert/strict";
import { bodyOf, eventRow, LATE, opens, setting } from "./checks.mjs";
import { forgetRequests, PAGES, requested, requests } from "./site.mjs";

export const methods = [
  {
    on: "page",
    name: "clearMemoryCache",
    at: "/picture",
    prepare: async ({ page, url }) => {
      await page.clearMemoryCache();
      forgetRequests();
      await page.open(`${url}/picture`);
      await page.open(`${url}/same-picture`);
      assert.equal(requested("/logo.png").length, 1, "the second comes from the cache");
    },
    args: [],
    check: async (_value, { page, url }) => {
      await page.open(`${url}/picture`);
      assert.equal(requested("/logo.png").length, 2);
    },
  },
  {
    on: "page",
    name: "setHeaders",
    form: "headers",
    args: [{ "X-A": "1" }],
    check: async (value, { page, url }) => {
      assert.deepEqual(value, { "X-A": "1" });
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page))["x-a"], "1");
    },
  },
  {
    on: "page",
    name: "setProxy",
    form: "url",
    args: ({ proxy }) => [proxy.url],
    check: async (_value, { ph, page, proxy, url }) => {
      assert.equal(await page.open("http://named.test/a"), "success");
      assert.equal(await page.get("title"), "by the proxy");
      await page.open(`${url}/two`);
      assert.equal(await page.get("title"), "by the proxy", "for loopback addresses too");
      const other = await ph.createPage();
      assert.equal(await other.open("http://named.test/b"), "fail", "other pages do without");
      await other.close();
      await page.setProxy("");
      assert.equal(await page.open("http://named.test/c"), "fail");
      assert.deepEqual(proxy.asked, ["http://named.test/a", `${url}/two`]);
    },
  },
  eventRow("onResourceError", {
    fire: opens("/missing"),
    expected: ([error], { url }) => {
      assert.match(error.errorString, /Not Found/);
      assert.deepEqual(error, {
        id: error.id,
        url: `${url}/missing`,
        errorCode: 203,
        errorString: error.errorString,
        status: 404,
        statusText: "Not Found",
      });
    },
  }),
  eventRow("onResourceReceived", {
    fire: opens("/two"),
    expected: ([start], { heard, url }) => {
      const [end] = heard[1];
      const common = { id: start.id, url: `${url}/two`, status: 200, statusText: "OK", redirectURL: null };
      assert.deepEqual([start.stage, end.stage, start.bodySize], ["start", "end", PAGES["/two"].length]);
      for (const response of [start, end]) {
        assert.deepEqual({ ...common, ...response }, response);
        assert.equal(response.contentType, "text/html; charset=utf-8");
        assert.ok(
          response.headers.some(({ name, value }) => name === "content-type" && value === response.contentType),
        );
        assert.equal(new Date(response.time).toISOString(), response.time);
      }
    },
  }),
  {
    on: "page",
    name: "onResourceRequested",
    form: "fn, listener, ...args",
    styles: ["promise"],
    prepare: ({ page }) => page.clearMemoryCache(),
    args: ({ heard }) => [
      function choose(data, request, suffix) {
        if (data.url.indexOf("logo") > 0) {
          request.abort();
        } else if (data.url.indexOf("old") > 0) {
          request.changeUrl(data.url.replace("old", "echo"));
        }
        request.setHeader("X-A", "1" + suffix);
      },
      (data) => heard.push(data),
      "!",
    ],
    check: async (_value, { page, url, heard }) => {
      const errors = [];
      await page.set("onResourceError", ({ url, errorCode }) => errors.push([url, errorCode]));
      await page.open(`${url}/picture`);
      assert.deepEqual(
        heard.map((data) => [data.method, data.url]),
        [
          ["GET", `${url}/picture`],
          ["GET", `${url}/logo.png`],
        ],
      );
      assert.equal(requested("/logo.png").length, 0);
      assert.deepEqual(errors, [["", 301]]);
      await page.open(`${url}/old`);
      assert.equal((await bodyOf(page))["x-a"], "1!");
      await page.open(`${url}/echo`, "post", "a=1");
      assert.equal(heard.at(-1).postData, "a=1");
    },
  },
  eventRow("onResourceTimeout", {
    prepare: ({ page }) => page.set("settings.resourceTimeout", LATE),
    fire: opens("/stuck"),
    expected: ([late], { url }) => {
      assert.deepEqual([late.url, late.method, late.errorCode], [`${url}/never`, "GET", 408]);
      assert.ok(late.headers.length > 0);
    },
  }),
];

export const properties = [
  {
    name: "customHeaders",
    get: {},
    set: { "X-A": "1" },
    effect: async ({ page, url }) => {
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page))["x-a"], "1");
    },
  },
  setting("loadImages", {
    get: true,
    set: false,
    effect: async ({ page, url }) => {
      await page.clearMemoryCache();
      await page.open(`${url}/picture`);
      assert.equal(requested("/logo.png").length, 0);
    },
    differs: {
      chromium: {
        how: "a picture that was not loaded has the size of a broken one, 16 px; it has none on PhantomJS",
        effect: async ({ page, url }) => {
          await page.open(`${url}/picture`);
          assert.equal(requested("/logo.png").length, 0);
          assert.equal(await page.evaluate("function () { return document.querySelector('img').width; }"), 16);
        },
      },
    },
  }),
  setting("maxAuthAttempts", {
    get: null,
    set: 2,
    effect: async ({ page, url }) => {
      await page.set("settings.userName", "me");
      await page.set("settings.password", "wrong");
      assert.equal(await page.open(`${url}/private`), "fail");
      const limited = requests.length;
      await page.set("settings.maxAuthAttempts", 5);
      assert.equal(await page.open(`${url}/private`), "fail");
      assert.ok(requests.length - limited > limited, `${limited} of ${requests.length}`);
    },
  }),
  setting("password", {
    get: null,
    set: "secret",
    effect: async ({ page, url }) => {
      await page.set("settings.userName", "me");
      await page.open(`${url}/private`);
      assert.equal(await page.get("title"), "in");
    },
  }),
  setting("resourceTimeout", {
    get: null,
    set: LATE,
    effect: async ({ page, url }) => {
      assert.equal(await page.open(`${url}/stuck`), "success");
      assert.equal(await page.get("title"), "stuck");
    },
  }),
  setting("userAgent", {
    get: (value) => assert.match(value, /PhantomJS\/2\.1\.1/),
    set: "test agent",
    effect: async ({ page, url }) => {
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page))["user-agent"], "test agent");
    },
    differs: {
      chromium: { how: "it names Chromium", get: (value) => assert.match(value, /Chrome\/\d+/) },
    },
  }),
  setting("userName", {
    get: null,
    set: "me",
    effect: async ({ page, url }) => {
      await page.set("settings.password", "secret");
      await page.open(`${url}/private`);
      assert.equal(await page.get("title"), "in");
    },
  }),
];
