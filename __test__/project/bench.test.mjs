// The benchmark works: a few rows of it, shortened, for ours alone. How fast it is, is not tested.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findChromium } from "../../bench/run/chromium.js";
import "../leftovers.mjs";

const script = fileURLToPath(new URL("../../bench/run.js", import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-bench-"));
after(() => fs.rmSync(folder, { recursive: true }));

const bench = (...args) =>
  promisify(execFile)(process.execPath, [script, "--out", folder, ...args], { timeout: 120_000 });
const read = (name) => fs.readFileSync(path.join(folder, name), "utf8");

const ROWS = [
  "queue, 2 workers, 20 k",
  "pages, 1 worker, 4 at once",
  "start()",
  "memory, primary",
  "bridge, evaluate, p50",
];

test("the benchmark gives figures, a table and plots", async () => {
  const only = ["queue, 2 workers, 20 k", "pages, 1 worker, 4", "start()", "memory, primary", "bridge, evaluate"];
  const args = only.flatMap((word) => ["--only", word]);
  const { stdout } = await bench("--ours-only", "--pairs", "1", "--scale", "0.01", ...args);

  const { results, site } = JSON.parse(read("latest.json"));
  const rows = results.flatMap((result) => result.rows);
  for (const name of ROWS) {
    assert.ok(
      rows.some((row) => row.name.startsWith(name)),
      `${name} is there`,
    );
  }
  for (const { name, ours } of rows) {
    assert.ok(Number.isFinite(ours?.median) && ours.median > 0, `${name}: ${JSON.stringify(ours)}`);
  }
  const pages = rows.find(({ name }) => name.startsWith("pages"));
  assert.ok(pages.ceiling.median > 0, "the ceiling was measured beside it");
  assert.ok(site.capacity > 0, "so was the site");

  assert.equal(stdout.trim(), read("latest.md").trim());
  assert.match(stdout, /^\| pages, 1 worker, 4 at once \| {2}\| [\d,.]+\/s /m);
  for (const name of ["queue-length", "pages", "latency"]) {
    assert.match(read(`${name}.svg`), /^<svg [\s\S]*<title>[\s\S]*<\/svg>$/);
  }
});

const isThere = findChromium() !== null || process.env.CI;

test("rows of Chromium are beside puppeteer-cluster", { skip: isThere ? false : "no Chromium" }, async () => {
  const only = ["pages, 1 × 1", "isolated pages, 1 × 1", "evaluate", "PDF"].map((name) => `Chromium, ${name}`);
  const { stdout } = await bench("--pairs", "1", "--scale", "0.01", ...only.flatMap((word) => ["--only", word]));

  const { results } = JSON.parse(read("latest.json"));
  assert.equal(results.length, only.length);
  for (const { beside, rows } of results) {
    assert.equal(beside, "puppeteer-cluster");
    for (const { name, other, ours, ratio } of rows) {
      assert.ok(other?.median > 0 && ours?.median > 0 && ratio.median > 0, `${name}: both were measured`);
    }
  }
  for (const { name, ceiling, share } of results.slice(0, 2).flatMap(({ rows }) => rows)) {
    assert.ok(ceiling?.median > 0 && share.median > 0, `${name}: the ceiling was measured beside it`);
  }
  assert.match(stdout, /^Chromium, beside puppeteer-cluster [\d.]+ with puppeteer-core [\d.]+/m);
  assert.match(stdout, /^\| Chromium, pages, 1 × 1 \| [\d.]+\/s .* ≥ 3× \S+, ≥ 85 % of the ceiling \S+ \|$/m);
  assert.match(stdout, /^\| Chromium, pages, 1 × 1, processor time per page \| [\d.]+ ms/m);
  assert.match(stdout, /^\| Chromium, evaluate, p50 \| .* ≤ 0\.6 ms \S+ \|$/m);
});

test("it names its rows without measuring", async () => {
  const { stdout } = await bench("--list", "--only", "recycling");
  assert.equal(stdout.trim().split("\n").length, 6);
});
