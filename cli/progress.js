"use strict";

const path = require("node:path");
const ProgressBar = require("progress");

const BAR = "[:bar] :current/:total  :bad failed:left";
const WIDTH = 40;
const SECOND = 1_000;

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

/** The time that is left, by the pages that are done: counted down between them, from what it was at the last. */
class Estimate {
  #total;
  #begin = performance.now();
  #end = null;

  constructor(total) {
    this.#total = total;
  }

  /** `done` pages are done now. */
  update(done) {
    const now = performance.now();
    this.#end = now + (now - this.#begin) * (this.#total / done - 1);
  }

  /** Nothing where nothing is known: before the first page, and once the time is over. */
  toString() {
    const left = this.#end === null ? 0 : Math.ceil((this.#end - performance.now()) / SECOND);
    return left > 0 ? `  ${left} s left` : "";
  }
}

function bar(total, stream) {
  // No throttling: what one call of render() does not show would be missing until the next page is done.
  const progress = new ProgressBar(BAR, { total, stream, width: WIDTH, clear: true, renderThrottle: 0 });
  const left = new Estimate(total);
  let done = 0;
  let bad = 0;
  progress.render({ bad, left });
  const clock = setInterval(() => progress.render({ bad, left }), SECOND).unref();
  return {
    page(page) {
      done += 1;
      if (page.state === "failed") {
        bad += 1;
        progress.interrupt(lineOf(page));
      }
      left.update(done);
      progress.tick({ bad, left });
    },
    note: (text) => progress.interrupt(text),
    end() {
      clearInterval(clock);
      if (!progress.complete) {
        progress.terminate();
      }
    },
  };
}

/** Shows how far it is: a bar with the failures above it on a terminal, a line for each page elsewhere. */
function showProgress(total, stream) {
  return stream.isTTY && stream.columns > 0 ? bar(total, stream) : plainLines(stream);
}

module.exports = { showProgress };
