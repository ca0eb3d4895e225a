"use strict";

const { svg, axis, short, value, COLOURS } = require("./chart");
const { number } = require("../report/format");

function lines(part, key, label) {
  return ["other", "ours"].map((side) => ({
    name: side === "other" ? label : "ours",
    type: "line",
    symbolSize: 8,
    itemStyle: { color: COLOURS[side] },
    data: part.map(({ x, rows: [row] }) => [x[key], value(row, side)]),
    label: {
      show: true,
      position: side === "other" ? "bottom" : "top",
      color: COLOURS[side],
      formatter: ({ data }) => (data[1] === null ? "" : number(data[1])),
    },
  }));
}

/** Rate by queue length. */
function queueLength({ results, label }) {
  const part = results.filter(({ group, x }) => group === "queue" && x.workers === 2 && x.payload === 100);
  return part.length === 0
    ? null
    : svg({
        title: { text: "Queue: requests per second by queue length (2 workers, 100 B)" },
        xAxis: axis("requests that wait", { type: "log", nameGap: 28, min: 10_000, axisLabel: { formatter: short } }),
        yAxis: axis("requests/s", { type: "value", nameGap: 52, axisLabel: { formatter: short } }),
        series: lines(part, "length", label),
      });
}

/** Rate by payload. */
function payload({ results, label }) {
  const part = results.filter(
    ({ group, x }) => group === "queue" && x.workers === 2 && (x.payload > 100 || x.length === 20_000),
  );
  return part.length === 0
    ? null
    : svg({
        title: { text: "Queue: requests per second by payload (2 workers)" },
        xAxis: axis("bytes of a request", { type: "log", nameGap: 28, min: 100, axisLabel: { formatter: short } }),
        yAxis: axis("requests/s", { type: "log", min: 10, nameGap: 52, axisLabel: { formatter: short } }),
        series: lines(part, "payload", label),
      });
}

module.exports = { queueLength, payload };
