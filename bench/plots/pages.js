"use strict";

const { svg, axis, value, COLOURS, GREY } = require("./chart");
const { number } = require("../report/format");

const SIDES = {
  ceiling: { name: "PhantomJS by itself", lineStyle: { type: "dashed" } },
  ours: { name: "ours" },
  other: { symbol: "diamond", symbolSize: 12 },
};
const WIDTH = 196;
const LEFT = 66;
const GAP = 34;

/** Pages per second by how many at once, a chart for each number of workers. */
function pages({ results, label }) {
  const part = results.filter(({ group }) => group === "pages");
  if (part.length === 0) {
    return null;
  }
  const numbers = [...new Set(part.map(({ x }) => x.workers))];
  const highest = Math.max(
    ...part.flatMap(({ rows: [row] }) => Object.keys(SIDES).map((side) => value(row, side) ?? 0)),
  );
  const max = Math.ceil((highest * 1.1) / 100) * 100;
  const left = (i) => LEFT + i * (WIDTH + GAP);
  const line = (workers, side, i) => ({
    type: "line",
    symbol: "circle",
    symbolSize: 8,
    xAxisIndex: i,
    yAxisIndex: i,
    itemStyle: { color: COLOURS[side] },
    label: {
      show: true,
      position: side === "other" ? "bottom" : "top",
      color: COLOURS[side],
      formatter: ({ data }) => (data[1] === null ? "" : number(data[1])),
    },
    data: part
      .filter(({ x }) => x.workers === workers)
      .map(({ x, rows: [row] }) => [String(x.parallelism), value(row, side)]),
    ...SIDES[side],
    ...(side === "other" ? { name: label } : {}),
  });
  const sides = Object.keys(SIDES).filter((side) => side !== "other" || label);
  return svg({
    title: [
      { text: "Pages per second by pages at once in each worker" },
      ...numbers.map((workers, i) => ({
        text: `${workers} worker${workers > 1 ? "s" : ""}`,
        left: left(i) + WIDTH / 2,
        top: 38,
        textAlign: "center",
        textStyle: { fontSize: 13 },
      })),
    ],
    grid: numbers.map((_, i) => ({ left: left(i), width: WIDTH, top: 72, bottom: 84 })),
    xAxis: numbers.map((_, gridIndex) =>
      axis("workerParallelism", { type: "category", data: ["1", "4", "8"], nameGap: 28, gridIndex }),
    ),
    yAxis: numbers.map((_, gridIndex) =>
      axis(gridIndex === 0 ? "pages/s" : "", {
        type: "value",
        max,
        nameGap: 44,
        gridIndex,
        axisLabel: { color: GREY },
      }),
    ),
    series: numbers.flatMap((workers, i) => sides.map((side) => line(workers, side, i))),
  });
}

module.exports = { pages };
