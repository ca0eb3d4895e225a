// Keys, the mouse and files. facts.mjs says what a fact is.

import assert from "node:assert/strict";
import path from "node:path";
import { click, filesOf, read, scriptIn } from "../methods/checks.mjs";

const modifiersOf = ({ page }) => page.get("event.modifier");

/** What the page notes of the events of that kind while it is sent one. */
async function sent({ page }, kind, ...args) {
  await read(page, "log = []");
  await page.sendEvent(...args);
  return (await read(page, "log")).filter(({ type }) => type === kind);
}

/** `sendEvent(name, x, y)` is one event `kind` there, and another with the modifier. */
const atPlace = (name, kind = name, file = `${name}-event`) => ({
  of: [file],
  fact: `sendEvent("${name}", x, y, button, modifier) is "${kind}" at that place, with the modifier`,
  at: "/mouse",
  check: async (context) => {
    const { shift } = await modifiersOf(context);
    const [plain, ...more] = await sent(context, kind, name, 42, 217);
    assert.deepEqual([plain.clientX, plain.clientY, plain.shiftKey, more], [42, 217, false, []]);
    const [shifted] = await sent(context, kind, name, 100, 100, "left", shift);
    assert.deepEqual([shifted.clientX, shifted.clientY, shifted.shiftKey], [100, 100, true]);
  },
});

/** `sendEvent(name, key)` is one event of that name, with that key. */
const ofKey = (name, key) => ({
  of: [`${name}-event`],
  fact: `sendEvent("${name}", page.event.key.${key}) is one "${name}", whose which is that key`,
  at: "/keys",
  check: async (context) => {
    const code = await context.page.get(`event.key.${key}`);
    assert.equal(code, key.charCodeAt(0));
    const [event, ...more] = await sent(context, name, name, code);
    assert.deepEqual([event.which, more], [code, []]);
  },
});

const FIELD = "document.getElementById('i')";
const focus = ({ page }) => read(page, `${FIELD}.focus()`);

/** Sends each key press, and sees what the field holds then. */
async function typed({ page }, presses) {
  for (const [args, value] of presses) {
    await page.sendEvent("keypress", ...args);
    assert.equal(await read(page, `${FIELD}.value`), value, JSON.stringify(args));
  }
}

export const facts = [
  ofKey("keydown", "A"),
  ofKey("keypress", "C"),
  ofKey("keyup", "B"),
  {
    of: ["keydown-event", "keypress-event", "keyup-event"],
    fact: "a key press is keydown, keypress and keyup; a key that has no text has no keypress",
    at: "/keys",
    check: async ({ page }) => {
      const { C, Left } = await page.get("event.key");
      const names = async (...args) => {
        await read(page, "log = []");
        await page.sendEvent(...args);
        return (await read(page, "log")).map(({ type }) => type);
      };
      assert.deepEqual(await names("keypress", C), ["keydown", "keypress", "keyup"]);
      assert.deepEqual(await names("keypress", Left), ["keydown", "keyup"]);
      assert.deepEqual(await names("keydown", C), ["keydown", "keypress"]);
      assert.deepEqual(await names("keyup", C), ["keyup"]);
    },
  },
  {
    of: ["keypress-event"],
    fact: "key presses write into the field that has the focus, keys by their numbers and text as it is",
    at: "/form",
    prepare: focus,
    check: async (context) => {
      const { A, B, Backspace } = await context.page.get("event.key");
      await typed(context, [
        [[A], "A"],
        [[B], "AB"],
        [[Backspace], "A"],
        [[Backspace], ""],
        [["XYZ"], "XYZ"],
        [["ä"], "XYZä"],
      ]);
    },
  },
  {
    of: ["keypress-event"],
    fact: "a key press with Shift selects",
    at: "/form",
    prepare: focus,
    check: async (context) => {
      const { Home, Delete } = await context.page.get("event.key");
      const { shift } = await modifiersOf(context);
      await typed(context, [
        [["XYZä"], "XYZä"],
        [[Home, null, null, shift], "XYZä"],
        [[Delete], ""],
      ]);
    },
  },
  {
    of: ["keypress-event"],
    fact: "key presses with Control cut and paste",
    at: "/form",
    prepare: focus,
    check: async (context) => {
      const { Home } = await context.page.get("event.key");
      const { shift, ctrl } = await modifiersOf(context);
      await typed(context, [
        [["ABCD"], "ABCD"],
        [[Home, null, null, shift], "ABCD"],
        [["x", null, null, ctrl], ""],
        [["v", null, null, ctrl], "ABCD"],
      ]);
    },
  },
  atPlace("mousedown"),
  atPlace("mouseup"),
  atPlace("contextmenu", "contextmenu", "contextclick-event"),
  {
    of: ["mousemove-event"],
    fact: 'sendEvent("mousemove", x, y) is one "mousemove" at that place',
    at: "/mouse",
    check: async (context) => {
      const [event, ...more] = await sent(context, "mousemove", "mousemove", 14, 3);
      assert.deepEqual([event.clientX, event.clientY, more], [14, 3, []]);
    },
  },
  ...["mousedown", "mouseup", "click"].map((kind) => atPlace("click", kind, "mouseclick-event")),
  atPlace("doubleclick", "dblclick", "mousedoubleclick-event"),
  {
    of: ["mousedoubleclick-event"],
    fact: "a double click is heard by an element as such, after its clicks",
    at: "/double",
    check: async ({ page }) => {
      await page.sendEvent("doubleclick", 50, 25);
      assert.equal(await read(page, "document.querySelector('input').value"), "doubleclicked");
    },
  },
  {
    of: ["file-upload"],
    fact: "uploadFile() puts one file, or several, into a field that takes several",
    at: "/files",
    check: async ({ page, folder }) => {
      const file = scriptIn(folder);
      await page.uploadFile("#many", file);
      assert.deepEqual(await filesOf(page, "many"), ["injected.js"]);
      await page.uploadFile("#many", [file, import.meta.filename]);
      assert.deepEqual(await filesOf(page, "many"), ["injected.js", path.basename(import.meta.filename)]);
    },
  },
  {
    of: ["file-upload"],
    fact: "a click on a file field asks onFilePicker with the file that it has, and takes the answer",
    at: "/files",
    check: async ({ page, folder, ph }) => {
      const out = ph.createOutObject();
      await page.on(
        "onFilePicker",
        true,
        "function (old, file, into) { into.old = old; return file; }",
        scriptIn(folder),
        out,
      );
      assert.deepEqual(await filesOf(page, "one"), []);
      await click(page, "one");
      assert.deepEqual(await filesOf(page, "one"), ["injected.js"]);
      assert.equal(await out.property("old"), "");
    },
  },
];
