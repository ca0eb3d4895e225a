"use strict";

const { EventEmitter } = require("node:events");
const { readOptions } = require("../options");
const { Primary } = require("./primary");
const { refuseRecursion } = require("./where");
const { nextEngine } = require("./worker-contact");

/** The internals of a server: for lib alone, users cannot reach them. */
let primaryOf;

/** Forks workers, replaces those that die, and ends them. */
class PhantomClusterServer extends EventEmitter {
  // The one internal member, and private: a subclass is free to use any name.
  #primary;

  static {
    primaryOf = (server) => server.#primary;
  }

  constructor(options) {
    super();
    const number = nextEngine();
    refuseRecursion();
    const given = readOptions(options);
    this.numWorkers = given.workers;
    this.workers = {};
    this.done = false;
    this.#primary = new Primary(this, number, given);
  }

  /** Tells servers from clients: `create()` gives either. */
  get role() {
    return "server";
  }

  addWorker() {
    this.#primary.addWorker();
  }

  start() {
    this.#primary.start();
  }

  stop() {
    this.#primary.stop();
  }

  /** Keeps `workers` workers from now on; those that are too many finish what they hold first. */
  resize(workers) {
    this.#primary.resize(workers);
  }

  /**
   * Lets the workers finish what they hold, and stops then: after `timeout` ms at the latest. Resolves when it has
   * stopped.
   */
  close(options) {
    return this.#primary.close(options);
  }

  stats() {
    return this.#primary.stats();
  }
}

module.exports = { PhantomClusterServer, primaryOf };
