// docs/browsers.md says of each member what it does on Chromium. It is made of the marks of the rows (methods/rows.mjs):
// UPDATE_DOCS=1 writes it. That the marks are true, methods.test.mjs sees on each browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BROWSERS } from "../helpers.mjs";
import { countText, memberCounts, memberDocument } from "./methods/comparison.mjs";
import { holdsTables } from "./methods/document.mjs";
import { METHODS, PROPERTIES } from "./methods/rows.mjs";

/** The least share of members that work on Chromium, the same or in a way that is said. */
const LEAST = 0.95;
/** Browsers that a row may be marked for: PhantomJS is what they are measured by. */
const MARKED = ["chromium"];

test("every mark is for a browser that there is, and says something in one line", () => {
  for (const { name, differs = {}, unsupported = {} } of [...METHODS, ...PROPERTIES]) {
    for (const [browser, mark] of [...Object.entries(differs), ...Object.entries(unsupported)]) {
      assert.ok(MARKED.includes(browser), `${name}: ${browser}`);
      assert.match(mark.how ?? mark, /^\S.+[^\s.]$/, `${name} on ${browser}`);
    }
    assert.deepEqual(
      Object.keys(differs).filter((browser) => unsupported[browser]),
      [],
      `${name}: one mark for one browser`,
    );
  }
});

test("at least 95 % of all members work on Chromium", (t) => {
  const counts = memberCounts();
  t.diagnostic(countText("members", counts));
  assert.ok(counts.same + counts.differs >= LEAST * counts.total, countText("members", counts));
});

test("docs/browsers.md has the tables of the rows", { skip: !Object.hasOwn(BROWSERS, "chromium") }, () => {
  holdsTables("browsers.md", { counts: countText("members", memberCounts()), members: memberDocument() });
});
