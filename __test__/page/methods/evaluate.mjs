// Scripts in a page, and methods by their names. rows.mjs says what a row is.

import assert from "node:assert/strict";
import path from "node:path";
import { arrivesAt, LATE, read, scriptIn } from "./checks.mjs";

export const methods = [
  {
    on: "page",
    name: "defineMethod",
    form: "name, fn",
    callbackAt: 2,
    at: "/two",
    args: ["titled", "function (prefix) { return prefix + this.title; }"],
    check: async (_value, { page }) => assert.equal(await page.invokeMethod("titled", "the "), "the two"),
  },
  {
    on: "page",
    name: "evaluate",
    form: "fn, ...args",
    callbackAt: 1,
    at: "/two",
    args: ["function (a, b) { return { sum: a + b, title: document.title }; }", 1, 2],
    // evaluate.test.mjs and page.test.mjs see it.
    differs: { chromium: "a function that is too new for PhantomJS runs, and no warning says that it is" },
    check: (value) => assert.deepEqual(value, { sum: 3, title: "two" }),
  },
  {
    on: "page",
    name: "evaluateAsync",
    form: "fn, delay, ...args",
    at: "/two",
    args: ["function (text) { document.title = text; }", LATE, "later"],
    check: async (_value, { page }) => {
      assert.equal(await page.get("title"), "two");
      await arrivesAt(page, "later");
    },
  },
  {
    on: "page",
    name: "evaluateJavaScript",
    form: "fn",
    callbackAt: 1,
    at: "/two",
    args: ["function () { return document.title; }"],
    check: (value) => assert.equal(value, "two"),
  },
  {
    on: "page",
    name: "includeJs",
    form: "url",
    at: "/",
    args: ({ url }) => [`${url}/lib.js`],
    check: async (_value, { page }) => assert.equal(await read(page, "fromLib"), 42),
  },
  {
    on: "page",
    name: "injectJs",
    form: "file",
    at: "/",
    args: ({ folder }) => [scriptIn(folder)],
    check: async (value, { page, folder }) => {
      assert.equal(value, true);
      assert.equal(await read(page, "injected"), "é");
      assert.equal(await page.injectJs(path.join(folder, "missing.js")), false);
    },
  },
  {
    on: "page",
    name: "invokeAsyncMethod",
    form: "name, ...args",
    args: ({ url }) => ["open", `${url}/two`],
    check: async (value, { page }) => {
      assert.equal(value, "success");
      assert.equal(await page.get("title"), "two");
    },
  },
  {
    on: "page",
    name: "invokeMethod",
    form: "name, ...args",
    at: "/two",
    args: ["evaluateJavaScript", "function () { return document.title; }"],
    check: async (value, { page }) => {
      assert.equal(value, "two");
      await assert.rejects(page.invokeMethod("none"), { code: "ERR_PAGE_COMMAND", message: /no method none/ });
    },
  },
  {
    on: "page",
    name: "stopJavaScript",
    at: "/script",
    args: [],
    // There is nothing to stop: while a script runs, PhantomJS takes no commands. Scripts go on as before.
    check: async (value, { page }) => {
      assert.equal(value, null);
      assert.equal(await page.get("title"), "after");
    },
  },
];

export const properties = [
  {
    name: "libraryPath",
    at: "/",
    get: (value) => assert.ok(path.isAbsolute(value)),
    set: ({ folder }) => folder,
    effect: async ({ page, folder }) => {
      scriptIn(folder);
      assert.equal(await page.injectJs("injected.js"), true);
      assert.equal(await read(page, "injected"), "é");
    },
  },
];
