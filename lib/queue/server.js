"use strict";

const { answer } = require("../answer");
const { PhantomClusterServer, primaryOf } = require("../engine/server");
const { Requests } = require("./requests");
const { liveArray } = require("./views");

/** Takes requests, hands them to workers, and brings their responses back. */
class PhantomQueuedClusterServer extends PhantomClusterServer {
  #requests;

  constructor(options) {
    super(options);
    const primary = primaryOf(this);
    const { native } = primary;
    const { messageTimeout, workerParallelism } = primary.options;
    const isShared = primary.options.store?.redis !== undefined;
    const requests = isShared ? sharedRequests(this, primary) : new Requests(this, primary);
    const idle = () => idleWorkers(native, workerParallelism);
    this.#requests = requests;
    this.messageTimeout = messageTimeout;
    this.queue = liveArray(
      () => native.waitingLength,
      () => native.waitingIds.map((id) => requests.itemOf(id)),
    );
    this.itemsQueue = this.queue;
    this.clientsQueue = liveArray(
      () => idle().length,
      () => idle().map((id) => this.workers[id]),
    );
    this.workersQueue = this.clientsQueue;
  }

  start() {
    this.#requests.beforeStart();
    super.start();
    this.#requests.afterStart();
  }

  enqueue(request, options) {
    return this.#requests.enqueue(request, options);
  }

  run(request, options) {
    return answer(
      (resolve, reject) => {
        this.enqueue(request, options).result().then(resolve, reject);
      },
      (error) => this.#requests.warnOfFailure("a request of run() failed and nobody waits for it", error),
    );
  }

  idle() {
    return this.#requests.idle();
  }

  item(id) {
    return this.#requests.item(id);
  }

  forget(target) {
    this.#requests.forget(target);
  }

  pause() {
    this.#requests.pause(true);
  }

  resume() {
    this.#requests.pause(false);
  }
}

/** What only those load who share a queue. */
function sharedRequests(server, primary) {
  const { SharedRequests } = require("./shared");
  return new SharedRequests(server, primary);
}

/** The workers with a free slot, one entry a slot. What they take in advance is no slot. */
function idleWorkers(native, parallelism) {
  const seen = new Map();
  return native.idleWorkers.filter((id) => {
    seen.set(id, (seen.get(id) ?? 0) + 1);
    return seen.get(id) <= parallelism;
  });
}

module.exports = { PhantomQueuedClusterServer };
