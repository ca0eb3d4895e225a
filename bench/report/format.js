"use strict";

const DIGITS = 3;

/** Three digits, as people read them: 0.234, 12.3, 1,230. */
function number(value) {
  const rounded = value >= 100 ? Math.round(Number(value.toPrecision(DIGITS))) : Number(value.toPrecision(DIGITS));
  return rounded.toLocaleString("en", { maximumFractionDigits: 6 });
}

/** `12 (11–14) ms` */
function spread(summary, unit = "") {
  if (!summary) {
    return "";
  }
  const text = `${number(summary.median)}${unit === "/s" || unit === "" ? unit : ` ${unit}`}`;
  return summary.runs > 1 ? `${text} (${number(summary.min)}–${number(summary.max)})` : text;
}

/** `12 ms` */
const plain = (summary, unit) => spread(summary && { ...summary, runs: 1 }, unit);

const times = (summary) => (summary ? `${number(summary.median)}×` : "");

/** `2.5× (2.1–2.7)` */
const timesSpread = (summary) =>
  summary?.runs > 1 ? `${times(summary)} (${number(summary.min)}–${number(summary.max)})` : times(summary);

const percent = (summary) => (summary ? `${Math.round(summary.median * 100)} %` : "");

/** A table of Markdown; the first row is its head. */
function table([head, ...rows]) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

module.exports = { number, spread, plain, times, timesSpread, percent, table };
