// The events of a page, but those of its requests. rows.mjs says what a row is.

import assert from "node:assert/strict";
import { arrivesAt, click, eventRow, opens, read } from "./checks.mjs";

/** events.test.mjs and inside.test.mjs see it. */
const ANSWERS = {
  chromium: "what a listener in Node answers counts; PhantomJS cannot wait for it, which a warning says",
};

export const methods = [
  {
    on: "page",
    name: "off",
    form: "event",
    prepare: async ({ page, heard, ph }) => {
      await ph.windowProperty("inside", 0);
      await page.on("onConsoleMessage", (text) => heard.push(text));
      await page.on("onConsoleMessage", true, function count() {
        window.inside += 1;
      });
      await read(page, "console.log('first')");
    },
    args: ["onConsoleMessage"],
    check: async (_value, { page, heard, ph }) => {
      await read(page, "console.log('second')");
      assert.deepEqual(heard, ["first"]);
      assert.equal(await ph.windowProperty("inside"), 1);
    },
  },
  ...[
    { form: "event, listener", given: [] },
    { form: "event, false, listener", given: [false] },
  ].map(({ form, given }) => ({
    on: "page",
    name: "on",
    form,
    styles: ["promise"],
    prepare: ({ page, heard }) => page.on("onConsoleMessage", (text) => heard.push(`other ${text}`)),
    args: ({ page, heard }) => [
      "onConsoleMessage",
      ...given,
      function note(text) {
        assert.equal(this, page);
        heard.push(text);
      },
    ],
    check: async (_value, { page, heard }) => {
      await read(page, "console.log('x')");
      assert.deepEqual(heard, ["other x", "x"]);
    },
  })),
  {
    on: "page",
    name: "on",
    form: "event, listener, ...args",
    styles: ["promise"],
    args: ({ heard }) => ["onConsoleMessage", (...args) => heard.push(args), "more"],
    check: async (_value, { page, heard }) => {
      await read(page, "console.log('x')");
      assert.deepEqual(heard, [["x", "more"]]);
    },
  },
  {
    on: "page",
    name: "on",
    form: "event, true, fn, ...args",
    styles: ["promise"],
    args: [
      "onPrompt",
      true,
      function answer(text, preset, suffix) {
        return text + preset + suffix;
      },
      "!",
    ],
    check: async (_value, { page, url }) => {
      await page.open(`${url}/prompts`);
      assert.equal(await read(page, "answer"), "name?none!");
    },
  },
  {
    on: "page",
    name: "set",
    form: "event, listener",
    prepare: ({ page, heard }) => page.set("onConsoleMessage", () => heard.push("replaced")),
    args: ({ heard }) => ["onConsoleMessage", (text) => heard.push(text)],
    check: async (value, { page, heard }) => {
      assert.equal(value ?? null, null);
      await read(page, "console.log('x')");
      await page.set("onConsoleMessage", null);
      await read(page, "console.log('y')");
      assert.deepEqual(heard, ["x"]);
    },
  },
  eventRow("onAlert", { fire: opens("/alerts"), expected: ["hi é"] }),
  eventRow("onCallback", { fire: opens("/calls"), expected: [{ a: 1 }, 2], differs: ANSWERS }),
  eventRow("onClosing", {
    at: "/",
    fire: ({ page }) => read(page, "window.close()"),
    expected: ([closing], { page }) => assert.equal(closing, page),
  }),
  eventRow("onConfirm", { fire: opens("/confirms"), expected: ["sure?"], differs: ANSWERS }),
  eventRow("onConsoleMessage", { fire: opens("/speaks"), expected: ["one 2"] }),
  eventRow("onError", {
    fire: opens("/throws"),
    expected: ([message, trace], { url, browser }) => {
      assert.equal(message, "TypeError: boo");
      const file = `${url}/throws`;
      const outermost = browser === "phantomjs" ? [] : [{ file, line: 3, function: "" }];
      assert.deepEqual(trace, [{ file, line: 2, function: "inner" }, ...outermost]);
    },
    differs: {
      chromium:
        "The message of an error is in the words of Chromium's engine, and the trace has a last step for the script itself; " +
        'a thrown object that cannot be made text is "[object Object]", and not empty',
    },
  }),
  eventRow("onFilePicker", { at: "/files", fire: ({ page }) => click(page, "one"), expected: [""] }),
  eventRow("onInitialized", { fire: opens("/"), expected: [] }),
  eventRow("onLoadFinished", { fire: opens("/"), expected: ["success"] }),
  eventRow("onLoadStarted", { fire: opens("/"), expected: [] }),
  // PhantomJS 2.1.1 never emits it by itself, so a function in there does.
  eventRow("onLongRunningScript", {
    fire: async ({ page }) => {
      await page.defineMethod("emit", "function () { this._getJsInterruptCallback().called([]); }");
      await page.invokeMethod("emit");
    },
    expected: [],
    differs: {
      chromium: {
        how: "It comes when a script has run for 10 s, and every 10 s from then on; stopJavaScript() ends that script",
        fire: async ({ page, heard }) => {
          if (heard.length === 0) {
            await page.evaluate("function () { for (var end = Date.now() + 12000; Date.now() < end; ) {} }");
          }
        },
      },
    },
  }),
  eventRow("onNavigationRequested", {
    fire: opens("/two"),
    expected: (args, { url }) => assert.deepEqual(args, [`${url}/two`, "Other", true, true]),
  }),
  eventRow("onPageCreated", {
    at: "/opener",
    fire: ({ page }) => read(page, "!!go()"),
    expected: async ([created], { page }) => {
      await arrivesAt(created, "two");
      assert.deepEqual(await page.get("pages"), [created]);
    },
  }),
  eventRow("onPrompt", { fire: opens("/prompts"), expected: ["name?", "none"], differs: ANSWERS }),
  eventRow("onRepaintRequested", {
    fire: opens("/large"),
    expected: (args) => {
      assert.equal(args.length, 4);
      assert.ok(args.every(Number.isInteger), `${args}`);
    },
    unsupported: { chromium: "use page.waitFor() for what is to be seen, and page.render()" },
  }),
  eventRow("onUrlChanged", {
    fire: opens("/two"),
    expected: (args, { url }) => assert.deepEqual(args, [`${url}/two`]),
  }),
];
