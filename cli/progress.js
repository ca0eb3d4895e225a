"use strict";

const path = require("node:path");
const ProgressBar = require("progress");

const BAR = "[:bar] :current/:total  :bad failed:left";
const WIDTH = 40;

/** What a terminal may be shown: one line, without what would control it. */
const oneLine = (text) => text.replace(/[\s\p{Cc}]+/gu, " ").trim();

/** "ok 200 123ms URL → file", "failed 404 80ms URL → file: HTTP 404". */
function lineOf({ state, status, ms, url, file, reason, attempts }) {
  const where = file ? ` → ${path.relative("", file)}` : "";
  const why = reason ? `: ${oneLine(reason)}` : "";
  const often = attempts > 1 ? ` (${attempts} attempts)` : "";
  return `${state} ${status ?? "-"} ${ms === null ? "-" : `${ms}ms`} ${url}${where}${why}${often}`;
}

function plainLines(stream) {
  return {
    page: (page) => stream.write(`${lineOf(page)}\n`),
    note: (text) => stream.write(`${text}\n`),
    end: () => {},
  };
}

function bar(total, stream) {
  const begin = performance.now();
  // Drawn for each page: what is left out would be missing until the next one.
  const progress = new ProgressBar(BAR, { total, stream, width: WIDTH, clear: true, renderThrottle: 0 });
  let done = 0;
  let bad = 0;
  // The bar's own estimate leaves out the time of the first page.
  const left = () => `  ${Math.ceil(((performance.now() - begin) * (total / done - 1)) / 1000)} s left`;
  progress.render({ bad, left: "" });
  return {
    page(page) {
      done += 1;
      if (page.state === "failed") {
        bad += 1;
        progress.interrupt(lineOf(page));
      }
      progress.tick({ bad, left: left() });
    },
    note: (text) => progress.interrupt(text),
    end: () => progress.complete || progress.terminate(),
  };
}

/** Shows how far it is: a bar with the failures above it on a terminal, a line for each page elsewhere. */
function showProgress(total, stream) {
  return stream.isTTY && stream.columns > 0 ? bar(total, stream) : plainLines(stream);
}

module.exports = { showProgress };
