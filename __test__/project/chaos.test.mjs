// A short run of chaos/: faults at random times under load, and every request ends exactly once. `npm run chaos` is the
// long one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isLinux, run } from "../helpers.mjs";

const FIXED_SEED = 20130204;
const randomSeed = Math.floor(Math.random() * 2 ** 32);

for (const seed of [FIXED_SEED, randomSeed]) {
  test(`faults at random times, seed ${seed}`, { skip: !isLinux }, async (t) => {
    const plan = { seed, requests: 1_000, faults: 48, seconds: 10 };
    const { code, events, text } = await run("chaos.js", plan, { deadline: 110_000 });
    assert.equal(code, 0, text);
    const [{ problems, kinds, faults, counts, stderr }] = events;
    assert.equal(problems.length, 0, `seed ${seed}:\n${problems.join("\n")}\nthe workers said:\n${stderr}`);
    assert.ok(kinds.every(({ injected, survived }) => injected === survived));
    // Some find nobody to be done to.
    assert.ok(faults >= 36, `${faults} faults`);
    assert.ok(counts.enqueued >= 1_000);
    assert.equal(counts.enqueued, counts.response + counts.failed + counts.cancelled);
    t.diagnostic(`seed ${seed}: ${faults} faults, ${counts.enqueued} requests, ${counts.deliveries} deliveries`);
  });
}
