"use strict";

const { svg, axis, short, value, COLOURS } = require("./chart");
const { number } = require("../report/format");

const NAMES = { ours: "ours", ceiling: "PhantomJS by itself" };

function series(rows, sides, label, more) {
  return sides.map((side) => ({
    name: side === "other" ? label : NAMES[side],
    type: "bar",
    barMaxWidth: 40,
    itemStyle: { color: COLOURS[side] },
    data: rows.map((row) => value(row, side)),
    label: {
      show: true,
      position: "top",
      color: COLOURS[side],
      fontSize: 11,
      formatter: ({ value }) => (value ? number(value) : ""),
    },
    ...more,
  }));
}

/** Two charts of bars in one. Each: `{ title, unit, rows, names, sides }`. */
function pair(charts, label) {
  const places = [
    { left: 72, width: 290 },
    { left: 452, width: 290 },
  ];
  return svg({
    title: charts.map(({ title }, i) => ({ text: title, left: places[i].left + 145, textAlign: "center" })),
    grid: places.map((place) => ({ ...place, top: 56, bottom: 84 })),
    xAxis: charts.map(({ names, xName }, i) =>
      axis(xName, { type: "category", data: names, gridIndex: i, nameGap: 28, axisLabel: { interval: 0 } }),
    ),
    yAxis: charts.map(({ unit }, i) =>
      axis(unit, { type: "value", gridIndex: i, nameGap: 48, axisLabel: { formatter: short } }),
    ),
    series: charts.flatMap(({ rows, sides }, i) => series(rows, sides, label, { xAxisIndex: i, yAxisIndex: i })),
  });
}

const firstRow = (results, isWanted) => results.filter(isWanted).map(({ rows: [row] }) => row);

/** Rate by workers: of the queue, and of pages. */
function workers({ results, label }) {
  const queue = firstRow(results, ({ group, x }) => group === "queue" && x.length === 20_000);
  const pages = firstRow(results, ({ group, x }) => group === "pages" && x.parallelism === 1);
  if (queue.length < 3 || pages.length < 3) {
    return null;
  }
  const names = ["1", "2", "4"];
  const common = { names, xName: "workers" };
  return pair(
    [
      { ...common, title: "Queue (20 k of 100 B)", unit: "requests/s", rows: queue, sides: ["other", "ours"] },
      { ...common, title: "Pages (1 at once)", unit: "pages/s", rows: pages, sides: ["other", "ours", "ceiling"] },
    ],
    label,
  );
}

function memory({ results, label }) {
  const all = results.flatMap(({ rows }) => rows);
  const find = (text) => all.find(({ name }) => name.includes(text));
  const processes = [find("pages, worker"), find("pages, PhantomJS"), find("memory per page in flight")];
  const primary = find("memory, primary");
  if (!primary || processes.some((row) => !row)) {
    return null;
  }
  const sides = ["other", "ours"];
  return pair(
    [
      {
        title: "Processes, after 1,000 pages",
        unit: "MiB",
        rows: processes,
        names: ["worker", "PhantomJS", "by heavy page\nin flight"],
        sides,
      },
      { title: "Primary", unit: "bytes", rows: [primary], names: ["by waiting request of 100 B"], sides },
    ],
    label,
  );
}

/** All that is measured in ms, on a scale of tens. */
function latency({ results, label }) {
  const rows = results
    .filter(({ beside }) => !beside)
    .flatMap(({ rows }) => rows)
    .filter(({ unit }) => unit === "ms");
  if (rows.length === 0) {
    return null;
  }
  return svg(
    {
      title: { text: "Latency, ms (logarithmic)" },
      grid: { left: 290, right: 60, top: 48, bottom: 84 },
      xAxis: axis("ms", { type: "log", nameGap: 28, min: 0.01, startValue: 0.01, axisLabel: { formatter: short } }),
      yAxis: axis("", {
        type: "category",
        inverse: true,
        data: rows.map(({ name }) => name),
        splitLine: { show: false },
      }),
      series: series(rows, ["other", "ours"], label, {}).map((bar) => ({
        ...bar,
        label: { ...bar.label, position: "right" },
      })),
    },
    760,
    140 + rows.length * 38,
  );
}

module.exports = { workers, memory, latency };
