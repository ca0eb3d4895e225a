"use strict";

/** Levenshtein distance, ignoring case. */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1].toLowerCase() === b[j - 1].toLowerCase();
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (same ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}

/** The known name most like `name`, if it is at all. */
function nearest(name, known) {
  const [best] = known
    .map((candidate) => ({ candidate, cost: distance(name, candidate) }))
    .sort((a, b) => a.cost - b.cost);
  return best && best.cost <= Math.max(name.length, best.candidate.length) / 2 ? best.candidate : undefined;
}

/** `; did you mean "…"?`, or nothing. */
function didYouMean(name, known) {
  const near = nearest(name, known);
  return near ? `; did you mean "${near}"?` : "";
}

module.exports = { didYouMean };
