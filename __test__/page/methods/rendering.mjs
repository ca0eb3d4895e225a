// Pictures and PDF. rows.mjs says what a row is.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { magicOf, PDF, PNG, paper, picture, read } from "./checks.mjs";

export const methods = [
  {
    on: "page",
    name: "render",
    form: "file",
    at: "/",
    args: ({ folder }) => [path.join(folder, "made", "é 😀.png")],
    check: async (value, { page, folder }) => {
      assert.equal(value, true);
      assert.equal(magicOf(fs.readFileSync(path.join(folder, "made", "é 😀.png")), PNG), PNG);
      assert.equal(await page.render(path.join(folder, "a.unknown")), false);
    },
  },
  {
    on: "page",
    name: "render",
    form: "file, options",
    at: "/",
    args: ({ folder }) => [path.join(folder, "pdf"), { format: "pdf" }],
    check: (value, { folder }) => {
      assert.equal(value, true);
      assert.equal(magicOf(fs.readFileSync(path.join(folder, "pdf")), PDF), PDF);
    },
  },
  {
    on: "page",
    name: "renderBase64",
    at: "/",
    args: [],
    check: (value) => assert.equal(magicOf(Buffer.from(value, "base64"), PNG), PNG),
  },
  {
    on: "page",
    name: "renderBase64",
    form: "format",
    at: "/",
    args: ["JPEG"],
    differs: { chromium: "GIF and WebP can be made too; what the page does not paint is white, black on PhantomJS" },
    check: async (value, { page, browser }) => {
      const isChromium = browser === "chromium";
      assert.equal(magicOf(Buffer.from(value, "base64"), "ffd8ff"), "ffd8ff");
      const bitmap = Buffer.from(await page.renderBase64("BMP"), "base64");
      assert.equal(magicOf(bitmap, "424d"), "424d");
      assert.equal(bitmap.at(-1), isChromium ? 255 : 0);
      const refused = isChromium ? "TIFF" : "GIF";
      const why = { code: "ERR_PAGE_COMMAND", message: new RegExp(`cannot make a ${refused}`) };
      await assert.rejects(page.renderBase64(refused), why);
    },
  },
  {
    on: "page",
    name: "setPaperSize",
    form: "paper",
    at: "/",
    args: [{ width: "10cm", height: "5cm" }],
    check: async (value, { page, folder }) => {
      assert.deepEqual(value, { width: "10cm", height: "5cm" });
      const [, width, height] = /\/MediaBox \[0 0 (\d+)[.\d]* (\d+)/.exec(await paper(page, folder));
      assert.ok(Math.abs(width / height - 2) < 0.1, `${width} x ${height}`);
    },
  },
  {
    on: "page",
    name: "setViewportSize",
    form: "width, height",
    args: [320, 200],
    check: async (value, { page }) => {
      assert.deepEqual(value, { width: 320, height: 200 });
      assert.deepEqual(await picture(page), [320, 200]);
    },
  },
  {
    on: "page",
    name: "setViewportSize",
    form: "size",
    args: [{ width: 330, height: 210 }],
    check: async (value, { page }) => {
      assert.deepEqual(value, { width: 330, height: 210 });
      assert.deepEqual(await picture(page), [330, 210]);
    },
  },
  {
    on: "page",
    name: "setZoomFactor",
    form: "factor",
    at: "/large",
    prepare: async ({ page }) => assert.deepEqual(await picture(page), [1000, 2000]),
    args: [0.5],
    check: async (value, { page }) => {
      assert.equal(value, 0.5);
      assert.deepEqual(await picture(page), [500, 1000]);
    },
  },
];

export const properties = [
  {
    name: "clipRect",
    at: "/large",
    get: { left: 0, top: 0, width: 0, height: 0 },
    set: { left: 10, top: 20, width: 120, height: 50 },
    effect: async ({ page }) => assert.deepEqual(await picture(page), [120, 50]),
  },
  {
    name: "paperSize",
    at: "/",
    get: {},
    set: { width: "5cm", height: "10cm" },
    effect: async ({ page, folder }) => {
      const [, width, height] = /\/MediaBox \[0 0 (\d+)[.\d]* (\d+)/.exec(await paper(page, folder));
      assert.ok(Math.abs(height / width - 2) < 0.1, `${width} x ${height}`);
    },
  },
  {
    name: "scrollPosition",
    at: "/large",
    get: { left: 0, top: 0 },
    set: { left: 20, top: 300 },
    effect: async ({ page }) => assert.deepEqual(await read(page, "[pageXOffset, pageYOffset]"), [20, 300]),
  },
  {
    name: "viewportSize",
    get: { width: 400, height: 300 },
    set: { width: 320, height: 200 },
    effect: async ({ page }) => assert.deepEqual(await read(page, "[innerWidth, innerHeight]"), [320, 200]),
  },
  {
    name: "zoomFactor",
    at: "/large",
    get: 1,
    set: 0.5,
    effect: async ({ page }) => assert.deepEqual(await picture(page), [500, 1000]),
  },
];
