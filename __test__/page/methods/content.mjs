// The document as text. rows.mjs says what a row is.

import assert from "node:assert/strict";
import { read } from "./checks.mjs";

export const methods = [
  {
    on: "page",
    name: "getContent",
    at: "/",
    args: [],
    check: (value) => assert.match(value, /<p id="p">text<\/p>/),
  },
  {
    on: "page",
    name: "setContent",
    form: "html",
    args: ["<title>set</title><p>é😀</p>"],
    check: async (value, { page }) => {
      assert.equal(value, "success");
      assert.equal(await page.get("title"), "set");
      assert.equal(await page.get("plainText"), "é😀");
    },
  },
  {
    on: "page",
    name: "setContent",
    form: "html, url",
    args: ({ url }) => ["<title>set</title><script src='lib.js'></script>", `${url}/set`],
    check: async (value, { page, url }) => {
      assert.equal(value, "success");
      assert.deepEqual([await page.get("url"), await read(page, "fromLib")], [`${url}/set`, 42]);
    },
  },
];

export const properties = [
  {
    name: "content",
    at: "/",
    get: (value) => assert.match(value, /<p id="p">text<\/p>/),
    set: "<html><head><title>set</title></head><body></body></html>",
    effect: async ({ page }) => assert.equal(await read(page, "document.title"), "set"),
  },
  { name: "plainText", at: "/", get: "text" },
  { name: "title", at: "/two", get: "two" },
];
