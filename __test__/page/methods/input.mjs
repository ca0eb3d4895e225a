// Keys, the mouse and files. rows.mjs says what a row is.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { click, filesOf, read, scriptIn } from "./checks.mjs";

export const methods = [
  {
    on: "page",
    name: "sendEvent",
    form: "type, x, y, button, modifier",
    at: "/form",
    args: ["click", 50, 120, "left", 0],
    check: async (_value, { page }) => assert.equal(await page.get("title"), "clicked"),
  },
  {
    on: "page",
    name: "sendEvent",
    form: "type, key",
    at: "/form",
    prepare: ({ page }) => read(page, "document.getElementById('i').focus()"),
    args: ["keypress", "aB1"],
    check: async (_value, { page }) => {
      assert.equal(await read(page, "document.getElementById('i').value"), "aB1");
      await page.sendEvent("keypress", await page.get("event.key.Backspace"));
      assert.equal(await read(page, "document.getElementById('i').value"), "aB");
    },
  },
  {
    on: "page",
    name: "setFileOnPicker",
    form: "file",
    at: "/files",
    args: ({ folder }) => [scriptIn(folder)],
    check: async (_value, { page }) => {
      await click(page, "one");
      assert.deepEqual(await filesOf(page, "one"), ["injected.js"]);
    },
  },
  {
    on: "page",
    name: "uploadFile",
    form: "selector, file",
    at: "/files",
    args: ({ folder }) => ["#one", scriptIn(folder)],
    check: async (_value, { page }) => assert.deepEqual(await filesOf(page, "one"), ["injected.js"]),
  },
  {
    on: "page",
    name: "uploadFile",
    form: "selector, files",
    at: "/files",
    args: ({ folder }) => {
      const other = path.join(folder, "é 😀.txt");
      fs.writeFileSync(other, "content");
      return ["#many", [scriptIn(folder), other]];
    },
    check: async (_value, { page }) => assert.deepEqual(await filesOf(page, "many"), ["injected.js", "é 😀.txt"]),
  },
];

export const properties = [
  {
    name: "event",
    // Setting it would only take the codes away.
    isPlain: true,
    get: ({ key, modifier }) => assert.deepEqual([key.A, modifier.shift], [65, 0x02000000]),
  },
];
