// What PhantomJS's own tests hold its pages to (webpage/facts.mjs), on each browser.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { BROWSERS } from "../helpers.mjs";
import { Harness } from "./methods/harness.mjs";
import { rowOn } from "./methods/outcome.mjs";
import { ELSEWHERE, FACTS, FILES, INSIDE, LATER } from "./webpage/facts.mjs";
import { PAGES } from "./webpage/pages.mjs";

for (const name of Object.keys(BROWSERS)) {
  describe(name, () => {
    const harness = new Harness(name, PAGES);
    before(() => harness.start());
    after(() => harness.close());

    for (const fact of FACTS) {
      const { check, fact: what, of } = rowOn(name, fact);
      test(`${of[0]}: ${what}`, () =>
        harness.inContext(rowOn(name, fact), async (context) => {
          if (fact.unsupported?.[name]) {
            await assert.rejects(async () => await check(context), { code: "ERR_UNSUPPORTED" });
          } else {
            await check(context);
          }
        }));
    }
  });
}

test("each of PhantomJS's files has a fact, or says why not", () => {
  const told = FACTS.flatMap(({ of }) => of);
  const others = [...Object.keys(LATER), ...Object.keys(INSIDE), ...Object.keys(ELSEWHERE)];
  assert.deepEqual(
    others.filter((file) => told.includes(file)),
    [],
  );
  assert.equal(new Set([...told, ...others]).size, FILES);
});
