"use strict";

const cluster = require("node:cluster");
const { PhantomClusterClient, workerOf } = require("../engine/client");
const { contact } = require("../engine/worker-contact");

/** Takes requests from the queue and gives each to the user's handler. */
class PhantomQueuedClusterClient extends PhantomClusterClient {
  #intake = null;

  constructor(options) {
    super(options);
    this.currentRequestId = null;
    if (cluster.isWorker && !contact) {
      warnOfNoEngine();
    }
    const worker = workerOf(this);
    worker.use(() => {
      const { Intake } = require("./intake");
      this.#intake = new Intake(this, worker);
      return this.#intake;
    });
  }

  start() {
    if (!contact) {
      warnOfNoEngine();
    }
    super.start();
  }

  /** Answers the request whose handler is running (0.1.x). */
  queueItemResponse(response) {
    this.#intake?.answerCurrent(response);
  }
}

function warnOfNoEngine() {
  require("./notices").warnOfNoEngine();
}

module.exports = { PhantomQueuedClusterClient };
