"use strict";

const { EventEmitter } = require("node:events");
const { readOptions } = require("../options");
const { Worker } = require("./worker");
const { nextEngine } = require("./worker-contact");

/** The inside of a client, for what is made of it here. */
let workerOf;

/** Runs PhantomJS in a worker and asks for work, a bounded number of times. */
class PhantomClusterClient extends EventEmitter {
  // The only member of ours beside the documented ones: a subclass may have any other name for itself.
  #worker;

  static {
    workerOf = (client) => client.#worker;
  }

  constructor(options) {
    super();
    const number = nextEngine();
    const given = readOptions(options);
    this.ph = null;
    this.iterations = given.workerIterations;
    this.parallelism = given.workerParallelism;
    this.done = false;
    this.#worker = new Worker(this, number, given);
  }

  /** Tells the two sides of `create()` apart. */
  get role() {
    return "client";
  }

  start() {
    this.#worker.start();
  }

  next() {
    this.#worker.next();
  }

  stop() {
    this.#worker.stop();
  }
}

module.exports = { PhantomClusterClient, workerOf };
