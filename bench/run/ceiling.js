"use strict";

// PhantomJS by itself, in as many processes as the row has workers.

const path = require("node:path");
const { PATIENCE } = require("../rows/pages");
const { runSeveral } = require("./processes");

const script = path.join(__dirname, "..", "scripts", "ceiling.js");
const TRIED = [1, 2, 4, 8, 16];
const LIMIT = 60_000;
/** What a PhantomJS takes to start where there is a core for two of them, ms. */
const START = 300;
const WARMUP = { "/": 300, "/heavy": 1000 };

class Ceiling {
  #best = new Map();
  #binary;
  #url;
  #scale;

  constructor(binary, url, scale) {
    this.#binary = binary;
    this.#url = url;
    this.#scale = scale;
  }

  /** `perSecond`: pages. `atOnce` "best": as many at once as it is fastest with, which is found out first. */
  async measure({ path: page, processes, atOnce }) {
    const length = (page === "/heavy" ? 8000 : 2500) * this.#scale;
    const most = atOnce === "best" ? await this.#findBest(page, processes) : atOnce;
    return { perSecond: await this.#run(page, processes, most, length) };
  }

  async #findBest(page, processes) {
    const key = `${page} ${processes}`;
    if (!this.#best.has(key)) {
      const rates = [];
      // A shortened run has no time to find out; 8 is good enough everywhere.
      for (const atOnce of this.#scale < 1 ? [] : TRIED) {
        rates.push(await this.#run(page, processes, atOnce, (page === "/heavy" ? 4000 : 1000) * this.#scale));
      }
      this.#best.set(key, TRIED[rates.indexOf(Math.max(...rates))] ?? 8);
    }
    return this.#best.get(key);
  }

  async #run(page, processes, atOnce, length) {
    const from = Date.now() + WARMUP[page] + START * processes;
    const args = [script, `${this.#url}${page}`, atOnce, from, from + Math.max(300, Math.round(length)), PATIENCE];
    const rates = await runSeveral(processes, this.#binary, args.map(String), LIMIT);
    return rates.reduce((sum, rate) => sum + (rate ?? Number.NaN), 0);
  }

  /** How many at once were best, by page and number of processes. */
  get found() {
    return Object.fromEntries(this.#best);
  }
}

module.exports = { Ceiling };
