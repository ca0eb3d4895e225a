// A promise of ours may be dropped: code of the callback generation knows none. No method may give one that ends the
// process when it is rejected.

import assert from "node:assert/strict";
import { test } from "node:test";
import { basePort, run } from "../helpers.mjs";

test("no public method gives a promise that ends the process when it is dropped", async () => {
  const { code, events, text } = await run("dropped.js", { phantomBasePort: basePort() });
  const unhandled = events.filter(({ event }) => event === "unhandled").map(({ call }) => call);
  assert.deepEqual(unhandled, [], text);
  assert.equal(code, 0, text);
  const { called } = events.find(({ event }) => event === "end");
  for (const call of ["page.on", "closed page.onResourceRequested", "out.property", "server.run", "item.result"]) {
    assert.ok(called.includes(call), `${call} was called`);
  }
  assert.ok(called.length > 150, `${called.length} methods were called`);
});
