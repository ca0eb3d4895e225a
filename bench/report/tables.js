"use strict";

const { number, spread, plain, times, timesSpread, percent, table } = require("./format");

function machine({ date, cores, cpu, node, phantomjs, chromium, command, pairs, scale, note }) {
  const length = scale === 1 ? "" : `, ${number(scale)} of their full length`;
  const browsers = [`PhantomJS ${phantomjs}`, chromium].filter(Boolean).join(", ");
  return (
    `${date}, ${cores} cores, ${cpu}, Node ${node}, ${browsers}, \`${command}\`: ` +
    `medians of ${pairs} pairs of runs${length}.${note ? ` ${note}` : ""}`
  );
}

/** A table for each engine that ours is beside. */
function measured({ label, results, puppeteer }) {
  const beside = (name) => results.filter((result) => result.beside === name);
  const tables = [comparison(label ?? "original", beside(undefined))];
  const chromium = beside("puppeteer-cluster");
  if (chromium.length > 0) {
    tables.push(`Chromium, beside ${puppeteer}, with the same program:`, comparison("puppeteer-cluster", chromium));
  }
  return tables.filter(Boolean).join("\n\n");
}

const parts = (row) => [
  row.mark.most && [`≤ ${number(row.mark.most)} ${row.unit}`, row.ours?.median <= row.mark.most],
  row.mark.times && [`≥ ${number(row.mark.times)}×`, row.ratio?.median >= row.mark.times],
  row.mark.share && [`≥ ${percent({ median: row.mark.share })} of the ceiling`, row.share?.median >= row.mark.share],
];

/** What ours is to reach, and whether it does: `≥ 3× reached, ≥ 85 % of the ceiling **missed**`. */
function mark(row) {
  const all = row.mark ? parts(row).filter(Boolean) : [];
  return all.map(([text, isReached]) => `${text} ${isReached ? "reached" : "**missed**"}`).join(", ");
}

function comparison(label, results) {
  if (results.length === 0) {
    return null;
  }
  const rows = results.flatMap(({ rows }) =>
    rows.map((row) => [
      row.name,
      spread(row.other, row.unit),
      spread(row.ours, row.unit),
      timesSpread(row.ratio),
      spread(row.ceiling, row.unit),
      percent(row.share),
      mark(row),
    ]),
  );
  const head = ["measured", label, "ours", "times better", "ceiling", "ours / ceiling", "mark"];
  const hasMarks = rows.some((row) => row.at(-1));
  return table([head, ...rows].map((row) => (hasMarks ? row : row.slice(0, -1))));
}

const reason = (text) => (text.split("\n").find((line) => /^\w*Error/.test(line)) ?? text.split("\n")[0]).trim();

/** What an engine did not finish: a line for each measurement. */
function losses({ label, results }) {
  const line = (name, engine, account) => {
    const what = [
      account?.hung && `hung in ${account.hung} of ${account.tries} runs`,
      account?.failed && `failed in ${account.failed} of ${account.tries} runs (${reason(account.failure)})`,
    ].filter(Boolean);
    return what.length ? [`- ${name}: ${engine} ${what.join(", ")}`] : [];
  };
  return results.flatMap(({ name, beside, accounts }) => [
    ...line(name, beside ?? label, accounts.other),
    ...line(name, "ours", accounts.ours),
  ]);
}

/** How the queue's rate grows with each parameter, the others being the same. */
function growth({ label, results }) {
  const queue = results.filter(({ group }) => group === "queue");
  const series = {
    "queue length": ({ x }) => x.workers === 2 && x.payload === 100,
    payload: ({ x }) => x.workers === 2 && (x.payload > 100 || x.length === 20_000),
    workers: ({ x }) => x.length === 20_000,
  };
  const keys = { "queue length": "length", payload: "payload", workers: "workers" };
  const rows = Object.entries(series).flatMap(([name, isPart]) => {
    const part = queue.filter(isPart).sort((a, b) => a.x[keys[name]] - b.x[keys[name]]);
    return part.map(({ x, rows: [row] }) => {
      const [first] = part[0].rows;
      const cells = ["other", "ours"].flatMap((side) => [
        plain(row[side], "/s"),
        row[side] && first[side] ? `${number(row[side].median / first[side].median)}×` : "",
      ]);
      return [name, number(x[keys[name]]), ...cells];
    });
  });
  const other = label ?? "original";
  return table([["grows with", "", other, "to its first", "ours", "to its first"], ...rows]);
}

function site({ site }) {
  if (!site?.times) {
    return null;
  }
  return (
    `The site serves ${number(site.capacity)} requests/s to a plain client, ${number(site.times)} times what the ` +
    `fastest row asks of it (${number(site.demand)}/s).`
  );
}

/** The rows that people care for, by the beginning of their name. */
const MAIN = {
  "queue, 2 workers, 200 k": "queue, 200 k waiting, 2 workers",
  "pages, 1 worker, 1 at once": "pages, 1 worker",
  "pages, 2 workers, 1 at once": "pages, 2 workers",
  "pages, 2 workers, 8 at once": "pages, 2 workers, 8 at once each",
  "heavy pages, 2 workers (ours: 8 at once)": "pages that take 200 ms to come, 2 workers (ours: 8 at once each)",
  "recycling after 4 pages, 1 worker": "pages, workers replaced after 4, 1 worker",
  "recycling after 4 pages, 2 workers": "pages, workers replaced after 4, 2 workers",
  "recycling after 100 pages, 1 worker": "pages, workers replaced after 100, 1 worker",
  "start()": "`start()` to the first response",
  "memory, primary": "memory of the primary for a waiting request of 100 B",
  "bridge, evaluate, p50": "one `evaluate`, p50",
};

function main(results) {
  const rows = results.results.flatMap(({ rows }) => rows);
  const lines = Object.entries(MAIN).flatMap(([begin, name]) => {
    const row = rows.find((candidate) => candidate.name.startsWith(begin));
    return row
      ? [[name, plain(row.other, row.unit), plain(row.ours, row.unit), times(row.ratio), percent(row.share)]]
      : [];
  });
  return table([["", "0.1.2", "1.0", "times better", "of the ceiling"], ...lines]);
}

module.exports = { machine, measured, losses, growth, site, main };
