"use strict";

const { EventEmitter } = require("node:events");
const { readOptions } = require("../options");
const { Worker } = require("./worker");
const { nextEngine } = require("./worker-contact");

/** The internals of a client: for lib alone, users cannot reach them. */
let workerOf;

/** Runs PhantomJS in a worker and asks for work, a bounded number of times. */
class PhantomClusterClient extends EventEmitter {
  // The one internal member, and private: a subclass is free to use any name.
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

  /** Tells clients from servers: `create()` gives either. */
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
