"use strict";

const ascending = (list) => [...list].sort((a, b) => a - b);

/** Of a sorted list. */
function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function median(list) {
  const sorted = ascending(list);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median, smallest and largest; null of nothing. */
function summary(list) {
  const known = ascending(list.filter((value) => Number.isFinite(value)));
  return known.length === 0 ? null : { median: median(known), min: known[0], max: known.at(-1), runs: known.length };
}

/** Summary of a(i) / b(i), of the pairs that have both. */
function ratios(as, bs) {
  return summary(as.map((a, i) => a / bs[i]));
}

module.exports = { percentile, median, summary, ratios };
