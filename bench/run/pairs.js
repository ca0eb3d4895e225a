"use strict";

// One measurement: the original, ours and the ceiling in turn, then the other way round, so that a machine that changes
// its speed changes all of them.

const path = require("node:path");
const { freeRange } = require("./ports");
const { runScript } = require("./processes");

const script = path.join(__dirname, "..", "scripts", "scenario.js");
/** After so many pairs without figures an engine is not tried any more. */
const PATIENCE = 2;

class Side {
  results = [];
  tries = 0;
  hung = 0;
  failed = 0;
  failure = null;
  #scenario;
  #limit;

  constructor(scenario, limit) {
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
    const args = ["--expose-gc", script, JSON.stringify(scenario)];
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

/** `context`: engines, binary, url, limit, pairs, ceiling. */
async function measure(measurement, context) {
  const { engines, binary, url, limit, pairs, ceiling } = context;
  const common = ({ path: page, ...scenario }) => ({ ...scenario, binary, url: page && `${url}${page}` });
  const side = (engine, scenario) => new Side({ engine, ...common(scenario) }, limit);
  const mine = { ...measurement.scenario, ...measurement.ours };
  const isAlone = !engines.other || (measurement.oursOnly && engines.label === "original");
  const other = isAlone ? null : side(engines.other, engines.label === "original" ? measurement.scenario : mine);
  const ours = side(engines.ours, mine);
  const limits = [];
  const beside = measurement.ceiling?.ours && side(engines.ours, measurement.ceiling.ours);
  const turns = [() => other?.turn(), () => ours.turn()];
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
  return { other, ours, ceiling: (key) => (beside ? beside.values(key) : limits) };
}

module.exports = { measure };
