"use strict";

const { randomUUID } = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { socketsOutside } = require("./browsers");
const { processesWith, zombiesOf } = require("./processes");
const { timeUntil } = require("./time");
const { Zombies, describeZombie } = require("./zombies");

const MARKER = "PHANTOM_CLUSTER_CHAOS";
const SAMPLE = 250;
const END_LIMIT = 10_000;

/** Whether somebody listens at a socket in this directory: a Chromium that is none of the run's. */
function isInUse(directory) {
  return fs.readFileSync("/proc/net/unix", "utf8").includes(` ${directory}/`);
}

/** The run's processes and files: none of them may be there after its end. Its processes inherit what this sets. */
class Leftovers {
  #complain;
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-chaos-"));
  #seen = new Set();
  #groups = new Set();
  #socketsBefore = new Set(socketsOutside());
  #marker;
  #zombies = new Zombies();
  #sampler = setInterval(() => this.#sample(), SAMPLE);

  /** `complain(problem)` hears of what should not be. */
  constructor(complain) {
    this.#complain = complain;
    const id = randomUUID();
    this.#marker = `${MARKER}=${id}`;
    Object.assign(process.env, { [MARKER]: id, TMPDIR: this.#folder });
  }

  /** An environment for a process that is no part of the run. */
  unmarked() {
    const { [MARKER]: _, ...environment } = process.env;
    return environment;
  }

  /** How many processes there have been. */
  get seen() {
    return this.#seen.size;
  }

  /** The run's processes now: `{ pid, parent, group, state, command, kind }`. */
  processes() {
    return processesWith(this.#marker, this.#groups);
  }

  /** How many of a kind there are. */
  count(kind) {
    return this.processes().filter((process) => process.kind === kind).length;
  }

  /** The run's processes and files, as a list for people. */
  list() {
    const names = this.processes().map(({ pid, kind }) => `${kind} ${pid}`);
    // What is within a profile is Chromium's affair, as long as it runs.
    const files = this.#files().filter((file) => !/chromium-[^/]*\//.test(file));
    return [...names.sort(), ...files];
  }

  /** To be called when nothing of the run is to be left. */
  async check() {
    clearInterval(this.#sampler);
    const isClean = () => this.processes().length + this.#files().length + zombiesOf(new Set()).length === 0;
    await timeUntil(isClean, END_LIMIT);
    for (const { pid, command } of this.processes()) {
      this.#complain(`process ${pid} was left: ${command}`);
    }
    for (const zombie of zombiesOf(new Set())) {
      this.#complain(`${describeZombie(zombie)} was left`);
    }
    for (const file of this.#files()) {
      this.#complain(`file ${file} was left`);
    }
    for (const file of socketsOutside().filter((file) => !this.#socketsBefore.has(file) && !isInUse(file))) {
      this.#complain(`${file} was left, unless another Chromium that ran beside has left it`);
    }
    fs.rmSync(this.#folder, { recursive: true });
  }

  /** Of profiles too, and of the sockets in them. */
  #files() {
    while (fs.existsSync(this.#folder)) {
      try {
        return fs.readdirSync(this.#folder, { recursive: true });
      } catch (error) {
        // A directory went while we looked.
        if (error.code !== "ENOENT") {
          throw error;
        }
      }
    }
    return [];
  }

  /** Counts the processes, and looks for ended children that nobody reaps. */
  #sample() {
    const pids = new Set(this.processes().map(({ pid }) => pid));
    for (const pid of pids) {
      this.#seen.add(pid);
    }
    for (const zombie of this.#zombies.look(zombiesOf(pids), performance.now())) {
      this.#complain(`${describeZombie(zombie)} was not reaped`);
    }
  }
}

module.exports = { Leftovers };
