// No limit is a limit too: times without an end, and engines without workers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createQueued, QueueItem } from "../../index.js";
import { basePort, run } from "../helpers.mjs";

for (const early of [false, true]) {
  test(`resize(0) ${early ? "before" : "after"} the start: all workers end, and requests wait for others`, async () => {
    const { code, events, text } = await run("resized.js", { early, phantomBasePort: basePort() });
    assert.equal(code, 0, text);
    const [empty, answered, none] = events;
    assert.equal(empty.numWorkers, 0, text);
    assert.ok(empty.waiting >= (early ? 4 : 1), text);
    assert.deepEqual(answered.responses, ["aset", "bset", "cset", "dset"], text);
    assert.equal(answered.workers, 1);
    assert.equal(none.workers, 0, "what is no number changes nothing");
  });
}

test("an item made by hand that starts without a limit does not time out", async () => {
  const item = new QueueItem(1, "by hand");
  item.on("timeout", () => assert.fail("it timed out"));
  item.start(Number.POSITIVE_INFINITY);
  await sleep(50);
  item.finish("done");
  assert.equal(item.response, "done");
});

test("Infinity is no value where something must come to an end", () => {
  for (const name of ["stopTimeout", "workers", "workerIterations"]) {
    assert.throws(() => createQueued({ [name]: Number.POSITIVE_INFINITY }), { code: "ERR_INVALID_OPTION" }, name);
  }
});
