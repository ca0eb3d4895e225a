// Frames. facts.mjs says what a fact is.

import assert from "node:assert/strict";
import { read } from "../methods/checks.mjs";

/** How each generation of PhantomJS asks for the same. */
const WAYS = {
  "frame-switching": {
    switchTo: "switchToFrame",
    name: (page) => page.get("frameName"),
    names: (page) => page.get("framesName"),
    count: (page) => page.get("framesCount"),
  },
  "frame-switching-deprecated": {
    switchTo: "switchToChildFrame",
    name: (page) => page.currentFrameName(),
    names: (page) => page.childFramesName(),
    count: (page) => page.childFramesCount(),
  },
};

export const facts = [
  ...Object.entries(WAYS).map(([file, { switchTo, name, names, count }]) => ({
    of: [file],
    fact: `${switchTo}() goes down by name and by place, and scripts run in the frame where it is`,
    at: "/frameset",
    check: async ({ page }) => {
      const isAt = async (title, frame, children) => {
        assert.equal(await read(page, "document.title"), title);
        assert.equal(await name(page), frame);
        assert.deepEqual([await names(page), await count(page)], [children, children.length]);
        await read(page, "document.title += ' seen'");
      };
      await isAt("top", "", ["a", "b"]);
      assert.equal(await page[switchTo]("a"), true);
      await isAt("a", "a", ["a1", "a2"]);
      assert.equal(await page[switchTo]("a2"), true);
      await isAt("a2", "a2", []);
      assert.equal(await page.switchToParentFrame(), true);
      await isAt("a seen", "a", ["a1", "a2"]);
      assert.equal(await page[switchTo](0), true);
      await isAt("a1", "a1", []);
      assert.equal(await page.switchToMainFrame(), null);
      await isAt("top seen", "", ["a", "b"]);
      assert.equal(await page[switchTo]("b"), true);
      await isAt("b", "b", ["b1", "b2", "b3"]);
    },
  })),
  {
    of: ["frame-switching"],
    fact: "focusedFrameName follows the focus, not the frame where scripts run",
    at: "/frameset",
    check: async ({ page }) => {
      const focused = () => page.get("focusedFrameName");
      assert.equal(await focused(), "");
      await page.switchToFrame("b");
      assert.equal(await focused(), "");
      await read(page, "window.focus()");
      assert.equal(await focused(), "b");
      await page.switchToFrame("b1");
      await read(page, "window.focus()");
      assert.equal(await focused(), "b1");
      await page.switchToMainFrame();
      await read(page, "window.focus()");
      assert.equal(await focused(), "");
      await read(page, "window.frames[0].focus()");
      assert.deepEqual([await focused(), await page.get("frameName")], ["a", ""]);
      assert.equal(await page.switchToFocusedFrame(), null);
      assert.equal(await page.get("frameName"), "a");
    },
  },
];
