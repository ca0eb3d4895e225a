// More than the workers can take, and messages as large as may be. The full size by hand:
// node __test__/fixtures/overload.js '{"scenario":"drain","count":1000000,"workers":2,"workerParallelism":4}'

import assert from "node:assert/strict";
import { test } from "node:test";
import { basePort, run } from "../helpers.mjs";

async function overload(options) {
  const { code, events, text } = await run("overload.js", { phantomBasePort: basePort(), ...options });
  assert.equal(code, 0, text);
  return { events, named: (name) => events.find(({ event }) => event === name), text };
}

test("200,000 requests wait in little memory and are answered while the primary stays responsive", async (t) => {
  const count = 200_000;
  const { named, text } = await overload({ scenario: "drain", count, workers: 2, workerParallelism: 4 });
  t.diagnostic(text);
  const [waiting, drained] = [named("waiting"), named("drained")];
  assert.equal(waiting.count, count);
  assert.ok(waiting.rss <= 2048, `${waiting.rss} bytes each`);
  assert.equal(drained.answered, count);
  assert.ok(drained.most <= 4);
  assert.ok(drained.p99 < 200, `the event loop's delay is ${drained.p99} ms`);
});

test("a worker that cannot keep up is not sent more than it has slots", async () => {
  const { named } = await overload({ scenario: "slow", workers: 2, workerParallelism: 3 });
  const { most, held } = named("slow");
  assert.equal(most, 3, "requests in one worker's hands");
  assert.ok(held >= 3 && held <= 2 * 3, `${held} requests are handed over, more than both workers' slots`);
});

test("64 MiB pass in either direction, one byte more is refused, and the engine goes on", async () => {
  const { events } = await overload({ scenario: "large", workers: 1 });
  const outcomes = Object.fromEntries(events.map(({ what, ...outcome }) => [what, outcome]));
  const limit = 64 * 2 ** 20;
  assert.equal(outcomes.request.length, 0);
  // Without its quotes.
  assert.equal(outcomes.response.length, limit - 2);
  assert.equal(outcomes.both.length, limit - 2);
  for (const what of ["request above", "response above"]) {
    const { name, code, message } = outcomes[what];
    assert.deepEqual([name, code], ["ItemError", "ERR_MESSAGE_TOO_LONG"]);
    assert.match(message, /of 67108865 bytes is above the limit of 67108864/);
  }
  assert.equal(outcomes.small.length, 1);
});
