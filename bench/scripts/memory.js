"use strict";

// Memory of a cluster's processes, from /proc: Linux alone.

const fs = require("node:fs");

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

module.exports = { memory, descendants };
