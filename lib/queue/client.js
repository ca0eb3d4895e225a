"use strict";

const cluster = require("node:cluster");
const { PhantomClusterClient, workerOf } = require("../engine/client");
const { contact } = require("../engine/worker-contact");
const { Intake } = require("./intake");
const { warnOfNoEngine } = require("./notices");

/** Takes requests from the queue and gives each to the user's handler. */
class PhantomQueuedClusterClient extends PhantomClusterClient {
  #intake;

  constructor(options) {
    super(options);
    this.currentRequestId = null;
    if (cluster.isWorker && !contact) {
      warnOfNoEngine();
    }
    this.#intake = new Intake(this, workerOf(this));
  }

  start() {
    if (!contact) {
      warnOfNoEngine();
    }
    super.start();
  }

  /** Answers the request whose handler is running (0.1.x). */
  queueItemResponse(response) {
    this.#intake.answerCurrent(response);
  }
}

module.exports = { PhantomQueuedClusterClient };
