"use strict";

// Memory of a cluster's processes, from /proc: Linux alone.

const fs = require("node:fs");
const { median } = require("../statistics");

function status(pid) {
  try {
    const text = fs.readFileSync(`/proc/${pid}/status`, "utf8");
    const kibibytes = (field) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(text)?.[1] ?? 0);
    const [, name] = /Name:\s+(.*)/.exec(text);
    return {
      pid,
      name,
      parent: kibibytes("PPid"),
      resident: kibibytes("VmRSS") / 1024,
      peak: kibibytes("VmHWM") / 1024,
    };
  } catch {
    // It ended while we looked, or there is no /proc.
    return null;
  }
}

/** All processes that come from this one, or from another. */
function descendants(root = process.pid) {
  const pids = fs.existsSync("/proc") ? fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  const all = pids.map((pid) => status(Number(pid))).filter(Boolean);
  const found = [];
  let parents = new Set([root]);
  while (parents.size > 0) {
    const children = all.filter(({ parent }) => parents.has(parent));
    found.push(...children);
    parents = new Set(children.map(({ pid }) => pid));
  }
  return found;
}

/** What a process has of memory, with its part of what it shares, MiB. */
function proportional(pid) {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))[1]) / 1024;
  } catch {
    return 0;
  }
}

const SAMPLE_EVERY = 250;
const CHROMIUM = /^(chrom|headless_shell)/;
const sum = (list) => list.reduce((total, value) => total + value, 0);

/** Looks at the memory of this process and all that come from it, several times a second. */
class Samples {
  #found = [];
  #timer = setInterval(() => this.#take(), SAMPLE_EVERY);

  #take() {
    const all = [...descendants(), { pid: process.pid, name: "node" }];
    const sizes = all.map(({ pid, name }) => ({ size: proportional(pid), isBrowser: CHROMIUM.test(name) }));
    this.#found.push({
      browser: sum(sizes.filter(({ isBrowser }) => isBrowser).map(({ size }) => size)),
      all: sum(sizes.map(({ size }) => size)),
    });
  }

  /** Medians: of the browser's processes, and of all, MiB. */
  end() {
    clearInterval(this.#timer);
    this.#take();
    return {
      browser: median(this.#found.map(({ browser }) => browser)),
      all: median(this.#found.map(({ all }) => all)),
    };
  }
}

const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;

/** Resident memory of a worker and of a PhantomJS, means, MiB. */
function memory() {
  const processes = descendants();
  const phantoms = processes.filter(({ name }) => name.startsWith("phantomjs"));
  const workers = processes.filter(({ name }) => !name.startsWith("phantomjs"));
  return {
    worker: mean(workers.map(({ resident }) => resident)),
    phantom: mean(phantoms.map(({ resident }) => resident)),
    phantomPeak: mean(phantoms.map(({ peak }) => peak)),
  };
}

module.exports = { memory, descendants, Samples };
