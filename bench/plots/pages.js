"use strict";

const { svg, axis, value, COLOURS } = require("./chart");

const SHADES = { 1: "#3b82c4", 2: "#8e5bb5", 4: "#2a9d8f" };

/** Pages per second by how many at once, a colour for each number of workers; the ceiling is the broken line. */
function pages({ results, label }) {
  const part = results.filter(({ group }) => group === "pages");
  if (part.length === 0) {
    return null;
  }
  const numbers = [...new Set(part.map(({ x }) => x.workers))];
  const line = (workers, side, name, more) => ({
    name,
    type: "line",
    symbolSize: 8,
    itemStyle: { color: SHADES[workers] },
    data: part
      .filter(({ x }) => x.workers === workers)
      .map(({ x, rows: [row] }) => [String(x.parallelism), value(row, side)]),
    ...more,
  });
  const broken = { lineStyle: { type: "dashed" }, symbol: "emptyCircle" };
  const original = { symbol: "diamond", symbolSize: 12 };
  return svg({
    title: { text: "Pages per second by pages at once in each worker" },
    grid: { left: 72, right: 24, top: 56, bottom: 110 },
    xAxis: axis("workerParallelism", { type: "category", data: ["1", "4", "8"], nameGap: 28 }),
    yAxis: axis("pages/s", { type: "value", nameGap: 48 }),
    series: numbers.flatMap((workers) => {
      const text = `${workers} worker${workers > 1 ? "s" : ""}`;
      const others = { ...original, itemStyle: { color: COLOURS.other, borderColor: SHADES[workers], borderWidth: 3 } };
      return [
        line(workers, "ours", `ours, ${text}`),
        line(workers, "ceiling", `PhantomJS by itself, ${text}`, broken),
        ...(label ? [line(workers, "other", `${label}, ${text}`, others)] : []),
      ];
    }),
  });
}

module.exports = { pages };
