// The cookies of a page. rows.mjs says what a row is.

import assert from "node:assert/strict";
import { bodyOf, COOKIE, namesOf } from "./checks.mjs";

export const methods = [
  {
    on: "page",
    name: "addCookie",
    form: "cookie",
    at: "/",
    args: [COOKIE],
    check: async (value, { page, url }) => {
      assert.equal(value, true);
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page)).cookie, "c=1");
      assert.equal(await page.addCookie({ ...COOKIE, domain: "other.test" }), false);
    },
  },
  {
    on: "page",
    name: "addCookie",
    form: "cookie",
    at: "/",
    args: [{ name: "c", value: "1" }],
    check: async (value, { page }) => {
      assert.deepEqual(namesOf(await page.cookies()), ["c=1"]);
      assert.equal(value, true);
    },
  },
  {
    on: "page",
    name: "clearCookies",
    at: "/",
    prepare: ({ page }) => page.addCookie(COOKIE),
    args: [],
    check: async (value, { page }) => {
      assert.equal(value, true);
      assert.deepEqual(await page.cookies(), []);
      assert.equal(await page.clearCookies(), false);
    },
  },
  ...["cookies", "getCookies"].map((name) => ({
    on: "page",
    name,
    at: "/",
    prepare: ({ page }) => page.addCookie(COOKIE),
    args: [],
    check: ([cookie, ...more]) => {
      assert.deepEqual(more, []);
      assert.deepEqual(cookie, { ...COOKIE, httponly: false, secure: false });
    },
  })),
  {
    on: "page",
    name: "deleteCookie",
    form: "name",
    at: "/",
    prepare: ({ page }) => page.addCookie(COOKIE),
    args: ["c"],
    check: async (value, { page }) => {
      assert.equal(value, true);
      assert.deepEqual(await page.cookies(), []);
      assert.equal(await page.deleteCookie("c"), false);
    },
  },
];

export const properties = [
  {
    name: "cookies",
    at: "/",
    get: [],
    set: [{ ...COOKIE, httponly: false, secure: false }],
    effect: async ({ page, url }) => {
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page)).cookie, "c=1");
    },
  },
];
