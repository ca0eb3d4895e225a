"use strict";

const { isOutage } = require("./failures");

/** So many ids are remembered of jobs that were called off before this primary knew that it has them. */
const REMEMBERED = 1_000;

/**
 * Cancelled jobs: those that wait are removed. One that a primary has cannot be, so that primary is told, by the events of
 * a queue of its own that has no jobs: those of the queue itself are four for each job, and not every primary reads them.
 */
class Calls {
  #link;
  #health;
  #onCall;
  #unsent = new Set();
  #recent = new Set();
  #lastEventId;
  #isListening = false;

  /** `onCall(id)`: another primary calls a job off. */
  constructor({ link, health, onCall }) {
    this.#link = link;
    this.#health = health;
    this.#onCall = onCall;
  }

  /** Before the first job is fetched. */
  listen() {
    this.#isListening = true;
    const link = this.#link();
    link.listen(link.control, this.#lastEventId).on("cancel", ({ jobId }, eventId) => {
      this.#lastEventId = eventId;
      this.#remember(jobId);
      this.#onCall(jobId);
    });
  }

  relinked() {
    if (this.#isListening) {
      this.listen();
    }
  }

  /** Whether a job that was fetched just now has been called off. */
  isOff(id) {
    return this.#recent.delete(id);
  }

  async cancel(id) {
    this.#unsent.add(id);
    const link = this.#link();
    try {
      if ((await link.queue.remove(id)) === 0) {
        await link.producer.publishEvent({ eventName: "cancel", jobId: id });
      }
      this.#unsent.delete(id);
    } catch (error) {
      if (link.isClosed) {
        // It is sent by the next one.
      } else if (isOutage(error)) {
        this.#health.failed(error);
      } else {
        this.#unsent.delete(id);
      }
    }
  }

  resend() {
    for (const id of this.#unsent) {
      this.cancel(id);
    }
  }

  #remember(id) {
    this.#recent.add(id);
    if (this.#recent.size > REMEMBERED) {
      this.#recent.delete(this.#recent.values().next().value);
    }
  }
}

module.exports = { Calls };
