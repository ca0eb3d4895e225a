"use strict";

// What all plots share: text and lines that are readable on white and on black.

const echarts = require("echarts");

const GREY = "#808080";
const COLOURS = { other: "#c77d2e", ours: "#3b82c4", ceiling: "#6a9c4f" };

const nameStyle = { nameTextStyle: { color: GREY }, axisLabel: { color: GREY }, nameLocation: "middle" };

function axis(name, more = {}) {
  const lines = {
    axisLine: { show: true, lineStyle: { color: GREY } },
    splitLine: { lineStyle: { color: "#80808040" } },
  };
  return { name, ...nameStyle, ...lines, ...more };
}

const short = (value) =>
  value >= 1e6 ? `${value / 1e6} M` : value >= 1e3 ? `${value / 1e3} k` : String(Number(value.toPrecision(3)));

/** An SVG of an option of ECharts. */
function svg(option, width = 760, height = 420) {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: "sans-serif", color: GREY },
    legend: { bottom: 4, textStyle: { color: GREY } },
    grid: { left: 76, right: 24, top: 56, bottom: 84 },
    ...option,
    title: [option.title].flat().map((title) => ({
      left: "center",
      top: 8,
      ...title,
      textStyle: { color: GREY, fontSize: 15 },
    })),
  });
  const text = chart.renderToSVGString();
  chart.dispose();
  return text;
}

/** The median of a row's side, or null. */
const value = (row, side) => row?.[side]?.median ?? null;

module.exports = { svg, axis, short, value, COLOURS, GREY };
