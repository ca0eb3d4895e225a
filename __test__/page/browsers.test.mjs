// docs/browsers.md says of each member what it does on Chromium, and which facts of PhantomJS's own tests, and which orders
// of events, are not the same. It is made of the marks of the rows (methods/rows.mjs, webpage): UPDATE_DOCS=1 writes it.
// That the marks are true, methods.test.mjs, webpage.test.mjs and order.test.mjs see on each browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BROWSERS } from "../helpers.mjs";
import {
  countText,
  factCounts,
  factDocument,
  memberCounts,
  memberDocument,
  orderCounts,
  orderDocument,
} from "./methods/comparison.mjs";
import { holdsTables } from "./methods/document.mjs";
import { METHODS, PROPERTIES } from "./methods/rows.mjs";
import { FACTS } from "./webpage/facts.mjs";
import { ORDERS } from "./webpage/orders.mjs";

/** The least share of members, facts and orders of events that work on Chromium, the same or in a way that is said. */
const LEAST = 0.95;
/** Browsers that a row may be marked for. PhantomJS is what others are measured by: only what is new it may not have. */
const MAY_DIFFER = ["chromium"];
const MAY_LACK = ["chromium", "phantomjs"];

/** Marks say nothing until the rows have been run. */
const ofChromium = { skip: !Object.hasOwn(BROWSERS, "chromium") && "Chromium is not among the browsers" };

test("every mark is for a browser that there is, and says something in one line", () => {
  for (const { name, what = name, fact = what, differs = {}, unsupported = {} } of [
    ...METHODS,
    ...PROPERTIES,
    ...FACTS,
    ...ORDERS,
  ]) {
    for (const [marks, allowed] of [
      [differs, MAY_DIFFER],
      [unsupported, MAY_LACK],
    ]) {
      for (const [browser, mark] of Object.entries(marks)) {
        assert.ok(allowed.includes(browser), `${fact}: ${browser}`);
        assert.match(mark.how ?? mark, /^\S.+[^\s.]$/, `${fact} on ${browser}`);
      }
    }
    assert.deepEqual(
      Object.keys(differs).filter((browser) => unsupported[browser]),
      [],
      `${fact}: one mark for one browser`,
    );
  }
});

for (const [what, counts] of Object.entries({ members: memberCounts(), facts: factCounts(), orders: orderCounts() })) {
  test(`at least 95 % of all ${what} work on Chromium`, ofChromium, (t) => {
    t.diagnostic(countText(what, counts));
    assert.ok(counts.same + counts.differs >= LEAST * counts.total, countText(what, counts));
  });
}

test("docs/browsers.md has the tables of the rows", ofChromium, () => {
  holdsTables("browsers.md", {
    "count of members": countText("members", memberCounts()),
    members: memberDocument(),
    "count of facts": countText("facts", factCounts()),
    facts: factDocument(),
    "count of orders": countText("orders", orderCounts()),
    orders: orderDocument(),
  });
});
