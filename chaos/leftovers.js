"use strict";

const { randomUUID } = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { processesWith, zombiesOf } = require("./processes");
const { timeUntil } = require("./time");
const { Zombies, describeZombie } = require("./zombies");

const MARKER = "PHANTOM_CLUSTER_CHAOS";
const SAMPLE = 250;
const END_LIMIT = 10_000;

/** The run's processes and files: none of them may be there after its end. Its processes inherit what this sets. */
class Leftovers {
  #complain;
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-chaos-"));
  #processes = new Set();
  #zombies = new Zombies();
  #sampler = setInterval(() => this.#sample(), SAMPLE);

  /** `complain(problem)` hears of what should not be. */
  constructor(complain) {
    this.#complain = complain;
    const id = randomUUID();
    this.marker = `${MARKER}=${id}`;
    Object.assign(process.env, { [MARKER]: id, TMPDIR: this.#folder });
  }

  /** An environment for a process that is no part of the run. */
  unmarked() {
    const { [MARKER]: _, ...environment } = process.env;
    return environment;
  }

  /** How many processes there have been. */
  get seen() {
    return this.#processes.size;
  }

  /** How many PhantomJS there are. */
  get phantoms() {
    return processesWith(this.marker).filter(({ isPhantom }) => isPhantom).length;
  }

  /** The run's processes and files, as a list for people. */
  list() {
    const names = processesWith(this.marker).map(
      ({ pid, isPhantom }) => `${isPhantom ? "PhantomJS" : "worker"} ${pid}`,
    );
    const files = fs.existsSync(this.#folder) ? fs.readdirSync(this.#folder, { recursive: true }) : [];
    return [...names.sort(), ...files];
  }

  /** To be called when nothing of the run is to be left. */
  async check() {
    clearInterval(this.#sampler);
    const isClean = () => processesWith(this.marker).length === 0 && zombiesOf(new Set()).length === 0;
    await timeUntil(isClean, END_LIMIT);
    for (const { pid, command } of processesWith(this.marker)) {
      this.#complain(`process ${pid} was left: ${command}`);
    }
    for (const zombie of zombiesOf(new Set())) {
      this.#complain(`${describeZombie(zombie)} was left`);
    }
    for (const file of fs.readdirSync(this.#folder, { recursive: true })) {
      this.#complain(`file ${file} was left`);
    }
    fs.rmSync(this.#folder, { recursive: true });
  }

  /** Counts the processes, and looks for ended children that nobody reaps. */
  #sample() {
    const pids = new Set(processesWith(this.marker).map(({ pid }) => pid));
    for (const pid of pids) {
      this.#processes.add(pid);
    }
    for (const zombie of this.#zombies.look(zombiesOf(pids), performance.now())) {
      this.#complain(`${describeZombie(zombie)} was not reaped`);
    }
  }
}

module.exports = { Leftovers };
