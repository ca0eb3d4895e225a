"use strict";

// Chromium's program, and what it does by itself, in as many processes as the row has workers.

const { execFileSync } = require("node:child_process");
const path = require("node:path");
const chromium = require("../../lib/browser/chromium-binary");
const { runSeveral } = require("./processes");

const script = path.join(__dirname, "..", "scripts", "cdp.js");
const LIMIT = 60_000;
/** What a Chromium takes to start, with the first page, ms. */
const START = 1000;
const WARMUP = { "/": 1000, "/heavy": 2000 };

/** The program that ours would take; null where there is none. One that is named and cannot be run is an error. */
function findChromium() {
  try {
    return chromium.findChromium();
  } catch (error) {
    if (error.isMissing) {
      return null;
    }
    throw error;
  }
}

function versionOf(binary) {
  return execFileSync(binary, ["--version", "--no-sandbox"], { stdio: ["ignore", "pipe", "ignore"] })
    .toString()
    .trim();
}

class ChromiumCeiling {
  #binary;
  #url;
  #scale;

  constructor(binary, url, scale) {
    this.#binary = binary;
    this.#url = url;
    this.#scale = scale;
  }

  /** `perSecond`: pages; `cpuMs`: processor time for each. Of a start `ms`. */
  async measure({ way, path: page, processes, atOnce }) {
    if (way === "start") {
      const [run] = await this.#run(1, { way, url: `${this.#url}${page}` });
      return run ?? {};
    }
    const from = Date.now() + WARMUP[page] + START * processes;
    const to = from + Math.max(500, Math.round((page === "/heavy" ? 8000 : 4000) * this.#scale));
    const runs = await this.#run(processes, { url: `${this.#url}${page}`, way, atOnce, from, to });
    const sum = (key) => runs.reduce((total, run) => total + (run?.[key] ?? Number.NaN), 0);
    return { perSecond: (sum("pages") / (to - from)) * 1000, cpuMs: sum("cpuMs") / sum("pages") };
  }

  #run(processes, options) {
    const args = [script, JSON.stringify({ binary: this.#binary, ...options })];
    return runSeveral(processes, process.execPath, args, LIMIT);
  }
}

module.exports = { ChromiumCeiling, findChromium, versionOf };
