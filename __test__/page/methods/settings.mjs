// Properties and settings. rows.mjs says what a row is.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { until } from "../../helpers.mjs";
import { bodyOf, fetched, picture, read, setting } from "./checks.mjs";

export const methods = [
  {
    on: "page",
    name: "get",
    form: "name",
    args: ["settings.loadImages"],
    check: (value) => assert.equal(value, true),
  },
  {
    on: "page",
    name: "property",
    form: "name",
    at: "/two",
    args: ["title"],
    check: (value) => assert.equal(value, "two"),
  },
  {
    on: "page",
    name: "property",
    form: "name, value",
    args: ["viewportSize", { width: 320, height: 200 }],
    check: async (value, { page }) => {
      assert.deepEqual(value, { width: 320, height: 200 });
      assert.deepEqual(await picture(page), [320, 200]);
    },
  },
  {
    on: "page",
    name: "set",
    form: "name, value",
    args: ["settings.userAgent", "test agent"],
    check: async (value, { page, url }) => {
      assert.equal(value, "test agent");
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page))["user-agent"], "test agent");
    },
  },
  {
    on: "page",
    name: "setting",
    form: "name",
    args: ["javascriptEnabled"],
    check: (value) => assert.equal(value, true),
  },
  {
    on: "page",
    name: "setting",
    form: "name, value",
    args: ["javascriptEnabled", false],
    check: async (value, { page, url }) => {
      assert.equal(value, false);
      await page.open(`${url}/script`);
      assert.equal(await page.get("title"), "before");
    },
  },
];

export const properties = [
  {
    name: "offlineStoragePath",
    get: (value) => assert.match(value, /PhantomJS/),
    differs: { chromium: { how: "it is empty: what pages store ends with the browser", get: "" } },
  },
  { name: "offlineStorageQuota", get: 5 * 1024 * 1024 },
  {
    name: "settings",
    get: async (value, { ph }) => assert.deepEqual(value, await ph.get("defaultPageSettings")),
    set: async ({ ph }) => ({ ...(await ph.get("defaultPageSettings")), userAgent: "whole" }),
    effect: async ({ page, url }) => {
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page))["user-agent"], "whole");
    },
  },
  setting("javascriptCanCloseWindows", {
    get: true,
    set: false,
    effect: async ({ page, url }) => {
      await page.open(`${url}/`);
      const closing = [];
      await page.set("onClosing", () => closing.push(true));
      await read(page, "window.close()");
      await until(() => closing.length > 0, "the end that PhantomJS 2.1.1 allows in any case");
    },
  }),
  setting("javascriptCanOpenWindows", {
    get: true,
    set: false,
    effect: async ({ page, url }) => {
      await page.open(`${url}/opener`);
      assert.equal(await read(page, "!!go()"), true, "PhantomJS 2.1.1 ignores the setting");
    },
  }),
  setting("javascriptEnabled", {
    get: true,
    set: false,
    effect: async ({ page, url }) => {
      await page.open(`${url}/script`);
      assert.equal(await page.get("title"), "before");
    },
  }),
  setting("localToRemoteUrlAccessEnabled", {
    get: false,
    set: true,
    effect: async ({ page, url, folder }) => {
      const file = path.join(folder, "local.html");
      fs.writeFileSync(file, "<title>local</title>");
      await page.open(`file://${file}`);
      assert.match(await fetched(page, `${url}/two`), /two/);
      await page.set("settings.localToRemoteUrlAccessEnabled", false);
      await page.open(`file://${file}`);
      assert.equal(await fetched(page, `${url}/two`), "refused");
    },
  }),
  setting("webSecurityEnabled", {
    get: true,
    set: false,
    effect: async ({ page, url, other }) => {
      await page.open(`${url}/`);
      assert.match(await fetched(page, `${other}/`), /hello from/);
      await page.set("settings.webSecurityEnabled", true);
      await page.open(`${url}/`);
      assert.equal(await fetched(page, `${other}/`), "refused");
    },
  }),
  setting("XSSAuditingEnabled", {
    get: false,
    set: true,
    effect: async ({ page, url }) => {
      const attack = `${url}/reflects?${encodeURIComponent("<script>document.title = 'attacked';</script>")}`;
      await page.open(attack);
      assert.equal(await page.get("title"), "calm");
      await page.set("settings.XSSAuditingEnabled", false);
      await page.open(attack);
      assert.equal(await page.get("title"), "attacked");
    },
    differs: {
      chromium: {
        how: "it can only be false: true rejects with `ERR_UNSUPPORTED`, as there is no such auditor any more",
        set: false,
        effect: (context) =>
          assert.rejects(context.page.set("settings.XSSAuditingEnabled", true), { code: "ERR_UNSUPPORTED" }),
      },
    },
  }),
];
