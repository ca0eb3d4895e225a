"use strict";

// What all plots share: text and lines that are readable on white and on black.

const echarts = require("echarts");

const GREY = "#808080";
const COLOURS = { other: "#c77d2e", ours: "#3b82c4", ceiling: "#6a9c4f" };

function axis(name, { axisLabel, ...more } = {}) {
  return {
    name,
    nameLocation: "middle",
    nameTextStyle: { color: GREY },
    axisLine: { show: true, lineStyle: { color: GREY } },
    splitLine: { lineStyle: { color: "#80808040" } },
    axisLabel: { color: GREY, ...axisLabel },
    ...more,
  };
}

const short = (value) =>
  value >= 1e6 ? `${value / 1e6} M` : value >= 1e3 ? `${value / 1e3} k` : String(Number(value.toPrecision(3)));

/** An SVG of an option of ECharts. */
function svg(option, width = 760, height = 420) {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: "Helvetica, Arial, DejaVu Sans, sans-serif", color: GREY },
    legend: { bottom: 4, itemGap: 28, textStyle: { color: GREY } },
    grid: { left: 76, right: 40, top: 56, bottom: 84 },
    ...option,
    title: [option.title].flat().map((title) => ({
      left: "center",
      top: 8,
      ...title,
      textStyle: { color: GREY, fontSize: 15, ...title.textStyle },
    })),
  });
  const text = chart.renderToSVGString();
  chart.dispose();
  const title = [option.title].flat().map((part) => part.text);
  // Its style is for pointers; a title is for those who cannot see it.
  return text
    .replace(/<style[\s\S]*?<\/style>/, "")
    .replace(/<svg[^>]*>/, (tag) => `${tag}\n<title>${title.join("; ")}</title>`);
}

/** The median of a row's side, or null. */
const value = (row, side) => row?.[side]?.median ?? null;

module.exports = { svg, axis, short, value, COLOURS, GREY };
