// Frames. rows.mjs says what a row is.

import assert from "node:assert/strict";
import { read } from "./checks.mjs";

export const methods = [
  {
    on: "page",
    name: "childFramesCount",
    at: "/frames",
    args: [],
    check: (value) => assert.equal(value, 1),
  },
  {
    on: "page",
    name: "childFramesName",
    at: "/frames",
    args: [],
    check: (value) => assert.deepEqual(value, ["one"]),
  },
  {
    on: "page",
    name: "currentFrameName",
    at: "/frames",
    prepare: ({ page }) => page.switchToFrame("one"),
    args: [],
    check: (value) => assert.equal(value, "one"),
  },
  ...["switchToFrame", "switchToChildFrame"].flatMap((name) =>
    ["one", 0].map((frame) => ({
      on: "page",
      name,
      form: "frame",
      at: "/frames",
      args: [frame],
      check: async (value, { page }) => {
        assert.equal(value, true);
        assert.equal(await page.get("frameName"), "one");
        assert.equal(await read(page, "document.title"), "inner");
        assert.equal(await page[name]("none"), false);
        assert.equal(await page[name](9), false);
      },
    })),
  ),
  {
    on: "page",
    name: "switchToFocusedFrame",
    at: "/frames",
    prepare: async ({ page }) => {
      await page.switchToFrame("one");
      await read(page, "document.getElementById('i').focus()");
      await page.switchToMainFrame();
    },
    args: [],
    check: async (_value, { page }) => assert.equal(await page.get("frameName"), "one"),
  },
  {
    on: "page",
    name: "switchToMainFrame",
    at: "/frames",
    prepare: async ({ page }) => {
      await page.switchToFrame("one");
      assert.equal(await page.switchToFrame("deep"), true);
    },
    args: [],
    check: async (_value, { page }) => assert.equal(await read(page, "document.title"), "outer"),
  },
  {
    on: "page",
    name: "switchToParentFrame",
    at: "/frames",
    prepare: async ({ page }) => {
      await page.switchToFrame("one");
      assert.equal(await page.switchToFrame("deep"), true);
    },
    args: [],
    check: async (value, { page }) => {
      assert.equal(value, true);
      assert.equal(await page.get("frameName"), "one");
      await page.switchToParentFrame();
      assert.equal(await page.switchToParentFrame(), false);
    },
  },
];

export const properties = [
  {
    name: "focusedFrameName",
    at: "/frames",
    prepare: async ({ page }) => {
      await page.switchToFrame("one");
      await read(page, "document.getElementById('i').focus()");
    },
    get: "one",
  },
  {
    name: "frameContent",
    at: "/frames",
    prepare: ({ page }) => page.switchToFrame("one"),
    get: (value) => assert.match(value, /<p>inside<\/p>/),
    set: "<html><head></head><body>set</body></html>",
    effect: async ({ page }) => {
      await page.switchToMainFrame();
      assert.equal(await read(page, "frames[0].document.body.textContent"), "set");
    },
  },
  { name: "frameName", at: "/frames", prepare: ({ page }) => page.switchToFrame("one"), get: "one" },
  {
    name: "framePlainText",
    at: "/frames",
    prepare: ({ page }) => page.switchToFrame("one"),
    get: (value) => assert.match(value, /inside/),
  },
  { name: "framesCount", at: "/frames", get: 1 },
  { name: "framesName", at: "/frames", get: ["one"] },
  { name: "frameTitle", at: "/frames", prepare: ({ page }) => page.switchToFrame("one"), get: "inner" },
  {
    name: "frameUrl",
    at: "/frames",
    prepare: ({ page }) => page.switchToFrame("one"),
    get: (value, { url }) => assert.equal(value, `${url}/inner`),
  },
];
