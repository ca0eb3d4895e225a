"use strict";

/** Everything about a run, as --json gives it. */
function reportOf({ pages, begin, ms, signal, problem, out, how }) {
  const count = (state) => pages.filter((page) => page.state === state).length;
  const done = pages.length - count("not done");
  return {
    started: new Date(begin).toISOString(),
    ms,
    ok: count("ok"),
    failed: count("failed"),
    notDone: count("not done"),
    retried: pages.filter(({ attempts }) => attempts > 1).length,
    pagesPerSecond: Number((done / (ms / 1000)).toFixed(2)),
    signal,
    problem,
    out,
    options: how,
    pages,
  };
}

/** One row of numbers under their names. */
function table(cells) {
  const columns = Object.entries(cells).map(([name, value]) => [name, String(value)]);
  const row = (index) =>
    columns.map((column) => column[index].padStart(Math.max(...column.map(({ length }) => length)))).join("  ");
  return `${row(0)}\n${row(1)}`;
}

/** What is shown at the end. */
function summaryOf({ ok, failed, notDone, retried, ms, pagesPerSecond, pages, out }) {
  const numbers = table({
    ok,
    failed,
    ...(notDone > 0 ? { "not done": notDone } : {}),
    retried,
    time: `${(ms / 1000).toFixed(1)} s`,
    "pages/s": pagesPerSecond.toFixed(1),
  });
  const saved = pages.filter(({ file }) => file !== null).length;
  return `\n${numbers}\n${saved === 1 ? "1 file" : `${saved} files`} in ${out}\n`;
}

module.exports = { reportOf, summaryOf };
