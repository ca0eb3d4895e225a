"use strict";

// One measurement: the original, ours and the ceiling in turn, then the other way round, so that a machine that changes
// its speed changes all of them.

const path = require("node:path");
const { canRun } = require("./engines");
const { freeRange } = require("./ports");
const { runScript } = require("./processes");

const scripts = path.join(__dirname, "..", "scripts");
/** After so many pairs without figures an engine is not tried any more. */
const PATIENCE = 2;

class Side {
  results = [];
  tries = 0;
  hung = 0;
  failed = 0;
  failure = null;
  #script;
  #scenario;
  #limit;

  constructor(script, scenario, limit) {
    this.#script = path.join(scripts, script);
    this.#scenario = scenario;
    this.#limit = limit;
  }

  /** One run; one more if there are no figures. */
  async turn() {
    const lost = this.results.slice(-PATIENCE);
    if (lost.length === PATIENCE && lost.every((result) => result === null)) {
      return;
    }
    this.results.push((await this.#try()) ?? (await this.#try()));
  }

  async #try() {
    const scenario = { ...this.#scenario, basePort: await freeRange() };
    const args = ["--expose-gc", this.#script, JSON.stringify(scenario)];
    const { output, hung, failure } = await runScript(process.execPath, args, this.#limit);
    this.tries += 1;
    if (output) {
      return JSON.parse(output.split("\n").find((line) => line.startsWith("{")));
    }
    this.hung += hung ? 1 : 0;
    this.failed += hung ? 0 : 1;
    this.failure = failure ?? this.failure;
    return null;
  }

  values(key) {
    return this.results.map((result) => result?.[key] ?? Number.NaN);
  }
}

/** An engine's side; null, and said so, where the engine does not know the row's browser. */
function engineSide(engine, scenario, side) {
  if (!canRun(engine, scenario)) {
    console.error(`left out: ${engine} does not know ${scenario.browser}`);
    return null;
  }
  return side("scenario.js", { engine, ...scenario });
}

/** What ours is beside: the original, another checkout, puppeteer-cluster, or nothing. */
function otherSide(measurement, mine, { engines, side }) {
  if (engines.label === "baseline") {
    return engineSide(engines.other, mine, side);
  }
  if (!engines.label || measurement.oursOnly) {
    return null;
  }
  if (measurement.beside === "puppeteer-cluster") {
    return side("puppeteer.js", mine);
  }
  return side("scenario.js", { engine: engines.other, ...measurement.scenario });
}

/** `context`: engines, programs, url, limit, pairs, ceiling. */
async function measure(measurement, context) {
  const { engines, programs, url, limit, pairs, ceiling } = context;
  const binary = programs[measurement.scenario.browser ?? "phantomjs"];
  const side = (script, { path: page, ...scenario }) =>
    new Side(script, { ...scenario, binary, url: page && `${url}${page}` }, limit);
  const mine = { ...measurement.scenario, ...measurement.ours };
  const other = otherSide(measurement, mine, { engines, side });
  const ours = engineSide(engines.ours, mine, side);
  const limits = [];
  const beside =
    measurement.ceiling?.ours && side("scenario.js", { engine: engines.ours, ...measurement.ceiling.ours });
  const turns = [() => other?.turn(), () => ours?.turn()];
  if (beside) {
    turns.push(() => beside.turn());
  } else if (measurement.ceiling) {
    turns.push(async () => limits.push(await ceiling.measure(measurement.ceiling)));
  }
  for (let pair = 0; pair < pairs; pair += 1) {
    for (const turn of pair % 2 ? turns.toReversed() : turns) {
      await turn();
    }
  }
  return {
    other,
    ours,
    ceiling: (key) => (beside ? beside.values(key) : limits.map((limit) => limit[key] ?? Number.NaN)),
  };
}

module.exports = { measure };
