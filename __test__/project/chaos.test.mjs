// A short run of chaos/: faults at random times under load, and every request ends exactly once. `npm run chaos` is the
// long one.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { isLinux, onChromium, run } from "../helpers.mjs";

const FIXED_SEED = 20130204;
const randomSeed = Math.floor(Math.random() * 2 ** 32);

const linux = { skip: !isLinux };

/** Each run: its browser and seed; how much it is, and how long it may take; options of its test. */
const PHANTOMJS = [{ browser: "phantomjs", requests: 1_000, faults: 48, seconds: 10 }, 110_000, linux];
const CHROMIUM = [
  { browser: "chromium", requests: 400, faults: 54, seconds: 30 },
  200_000,
  isLinux ? onChromium() : linux,
];
const RUNS = [
  [FIXED_SEED, ...PHANTOMJS],
  [randomSeed, ...PHANTOMJS],
  [randomSeed, ...CHROMIUM],
];

for (const [seed, amount, deadline, where] of RUNS) {
  test(`faults at random times, ${amount.browser}, seed ${seed}`, where, async (t) => {
    const plan = { seed, ...amount };
    const { code, events, text } = await run("chaos.js", plan, { deadline });
    assert.equal(code, 0, text);
    const [{ problems, kinds, faults, counts, stderr }] = events;
    assert.equal(problems.length, 0, `seed ${seed}:\n${problems.join("\n")}\nthe workers said:\n${stderr}`);
    assert.ok(kinds.every(({ injected, survived }) => injected === survived));
    // Some find nobody to be done to.
    assert.ok(faults >= plan.faults * 0.75, `${faults} faults`);
    assert.ok(counts.enqueued >= plan.requests);
    assert.equal(counts.enqueued, counts.response + counts.failed + counts.cancelled);
    t.diagnostic(
      `seed ${seed}: ${faults} faults, ${counts.enqueued} requests, ${counts.pages} pages, ${counts.deliveries} deliveries`,
    );
  });
}

test("what keeps it from beginning is said at once", { skip: !isLinux }, () => {
  const script = fileURLToPath(new URL("../../chaos/chaos.js", import.meta.url));
  const said = (args, more = {}) => {
    const env = { ...process.env, PUPPETEER_EXECUTABLE_PATH: "", ...more };
    const { status, stderr } = spawnSync(process.execPath, [script, ...args], {
      env,
      encoding: "utf8",
      timeout: 30_000,
    });
    assert.equal(status, 2, stderr);
    return stderr;
  };
  assert.equal(
    said(["--browser", "chrome"]),
    'chaos: --browser must be phantomjs or chromium, not "chrome"; did you mean "chromium"?\n',
  );
  assert.equal(said(["--faults", "many"]), "chaos: --faults must be a whole number, not many\n");
  assert.match(
    said([], { PHANTOM_CLUSTER_BROWSER: "chromium", CHROME_PATH: "/nowhere/chrome" }),
    /^chaos: CHROME_PATH names \/nowhere\/chrome, which does not exist; install one with "/,
  );
});
