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
  const { stdout } = await bench("--pairs", "1", "--scale", "0.01", "--only", "Chromium, pages, 1 × 1");

  const [{ rows, beside }] = JSON.parse(read("latest.json")).results;
  assert.equal(beside, "puppeteer-cluster");
  assert.ok(rows[0].other.median > 0, "puppeteer-cluster was measured");
  assert.ok(rows[0].ceiling.median > 0, "the ceiling was measured beside it");
  assert.match(stdout, /^Chromium, beside puppeteer-cluster [\d.]+ with puppeteer-core [\d.]+/m);
  assert.match(stdout, /^\| Chromium, pages, 1 × 1 \| [\d.]+\/s \|/m);
});

test("it names its rows without measuring", async () => {
  const { stdout } = await bench("--list", "--only", "recycling");
  assert.equal(stdout.trim().split("\n").length, 6);
});
