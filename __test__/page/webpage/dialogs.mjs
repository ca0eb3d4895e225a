// Dialogs, callPhantom(), console and errors. facts.mjs says what a fact is.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { lacks, until } from "../../helpers.mjs";
import { read } from "../methods/checks.mjs";

/** A script whose functions are on known lines. */
const HELPER = `Helper = {
  outer: function outer() {
    this.inner();
  },
  inner: function inner() {
    lacking();
  }
};
`;

/** Runs it as a callback's `evaluate`, whose errors are the page's. */
const evaluated = (page, body) => new Promise((resolve) => page.evaluate(`function () { ${body} }`, resolve));

/** The errors of a page, as they come. */
async function errorsOf(page) {
  const errors = [];
  await page.set("onError", (message, trace) => errors.push({ message, trace }));
  return errors;
}

const IN_WORDS_OF_V8 = "The message of an error is in the words of Chromium's engine: x is not defined";

export const facts = [
  {
    of: ["callback"],
    fact: "callPhantom() passes all its arguments to onCallback, and gives what that returns",
    check: async ({ page }) => {
      await page.on("onCallback", true, "function (a, b) { return a + b; }");
      assert.equal(await page.evaluate("function (a, b) { return callPhantom(a, b); }", "a", "b"), "ab");
    },
  },
  {
    of: ["confirm"],
    fact: "confirm() gives what onConfirm returns",
    check: async ({ page }) => {
      await page.on("onConfirm", true, "function (text) { return text === 'really?'; }");
      assert.deepEqual(await read(page, "[confirm('really?'), confirm('other')]"), [true, false]);
    },
  },
  {
    of: ["on-confirm"],
    fact: "the last onConfirm counts, and null takes it away",
    check: async ({ page }) => {
      await page.set("onConfirm", null);
      assert.equal(await read(page, "confirm('a')"), false);
      await page.on("onConfirm", true, "function () { return true; }");
      assert.equal(await read(page, "confirm('b')"), true);
      await page.on("onConfirm", true, "function () { return false; }");
      assert.equal(await read(page, "confirm('c')"), false);
      await page.on("onConfirm", true, "function () { return true; }");
      await page.set("onConfirm", null);
      assert.equal(await read(page, "confirm('d')"), false);
    },
  },
  {
    of: ["prompt"],
    fact: "prompt() gives what onPrompt returns, which gets the question and the preset",
    check: async ({ page }) => {
      await page.on("onPrompt", true, "function (text, preset) { return 'extra-' + preset + '-' + text; }");
      assert.equal(await read(page, "prompt('text', 'value')"), "extra-value-text");
    },
  },
  {
    of: ["on-error"],
    fact: "what a script throws is onError's message: an error with its name, a text as it is",
    differs: { chromium: IN_WORDS_OF_V8 },
    check: async ({ page, browser }) => {
      const errors = await errorsOf(page);
      await evaluated(page, "absent();");
      await evaluated(page, "throw 'foo';");
      await evaluated(page, "throw Error('foo');");
      assert.deepEqual(
        errors.map(({ message }) => message),
        [lacks(browser, "absent"), "foo", "Error: foo"],
      );
    },
  },
  {
    of: ["on-error"],
    fact: "what a timer of the page throws is onError's, and what a script catches is not",
    differs: { chromium: IN_WORDS_OF_V8 },
    check: async ({ page, browser }) => {
      const errors = await errorsOf(page);
      await evaluated(page, "try { absent(); } catch (error) { window.caught = true; }");
      assert.equal(await read(page, "caught"), true);
      await evaluated(page, "setTimeout(function () { later(); }, 0);");
      await until(() => errors.length > 0, "the error");
      assert.deepEqual(
        errors.map(({ message }) => message),
        [lacks(browser, "later")],
      );
    },
  },
  {
    of: ["on-error"],
    fact: "the trace has the file, line and function of each step, the innermost first",
    differs: { chromium: IN_WORDS_OF_V8 },
    check: async ({ page, folder, browser }) => {
      const file = path.join(folder, "helper.js");
      fs.writeFileSync(file, HELPER);
      const errors = await errorsOf(page);
      assert.equal(await page.injectJs(file), true);
      await evaluated(page, "setTimeout(function () { Helper.outer(); }, 0);");
      await until(() => errors.length > 0, "the error");
      const [{ message, trace }] = errors;
      assert.equal(message, lacks(browser, "lacking"));
      assert.deepEqual(
        trace.slice(0, 2).map((step) => [path.basename(step.file), step.line, step.function]),
        [
          ["helper.js", 6, "inner"],
          ["helper.js", 3, "outer"],
        ],
      );
    },
  },
  {
    of: ["on-error", "on-initialized"],
    fact: "the last listener that is set hears an event alone, and null takes it away",
    check: async ({ page, url }) => {
      const heard = [];
      await page.set("onInitialized", () => heard.push("first"));
      await page.set("onInitialized", () => heard.push("second"));
      await page.open(`${url}/two`);
      assert.ok(heard.length > 0 && heard.every((name) => name === "second"), `${heard}`);
      heard.length = 0;
      await page.set("onInitialized", null);
      await page.open(`${url}/`);
      assert.deepEqual(heard, []);
    },
  },
];
