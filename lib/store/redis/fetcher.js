"use strict";

const { NativeAlarm } = require("../../native/addon");
const { now } = require("../../clock");
const { isOutage } = require("./failures");
const { IDLE_FETCH } = require("./link");

/** Fetches that are under way at once. They double from one, as long as each brings a job. */
const MOST = 64;
/** An idle fetch that has not come back so long after its time, ms, is stuck with its connection. */
const PATIENCE = 10_000;
/** A fetch that waits for a job comes back no sooner than this, ms, unless it has one. */
const SHORT = 50;
const PAUSE = 250;
const NONE = Number.NEGATIVE_INFINITY;

/** Takes jobs as they are wanted. */
class Fetcher {
  #link;
  #health;
  #room;
  #onJob;
  #onStuck;
  #burst = 1;
  // Anew with each link: what is under way on one that was given up may never come back.
  #flight = { count: 0 };
  #isDrained = false;
  #waiting = null;
  #isStopped = true;
  #pause = null;
  #shortWaits = 0;

  /**
   * `room()`: how many jobs are wanted, below 0 where none is. `onJob(job, token)` gets each. `onStuck()`: a fetch did not come back in its time.
   */
  constructor({ link, health, room, onJob, onStuck }) {
    this.#link = link;
    this.#health = health;
    this.#room = room;
    this.#onJob = onJob;
    this.#onStuck = onStuck;
  }

  start() {
    this.#isStopped = false;
    this.pump();
  }

  stop() {
    this.#isStopped = true;
    this.#resume();
  }

  /** There is a new link: what was under way on the old one fails. */
  relinked() {
    this.#waiting?.alarm.cancel();
    this.#waiting = null;
    this.#flight = { count: 0 };
    this.#isDrained = false;
    this.#burst = 1;
    this.#resume();
    this.pump();
  }

  /** Fetches what there is room for. */
  pump() {
    const room = this.#missing();
    if (room <= 0 || this.#pause) {
      return;
    }
    if (this.#isDrained) {
      if (!this.#waiting) {
        this.#wait();
      }
      return;
    }
    for (let count = Math.min(room, this.#burst - this.#flight.count); count > 0; count -= 1) {
      this.#fetch();
    }
  }

  #missing() {
    return this.#isStopped ? NONE : this.#room() - this.#flight.count;
  }

  /** A flight when the answer that is about to be sent may bring another job; `claimed()` says what came of it. */
  claim() {
    // The worker that answered is free in a moment.
    if (this.#isDrained || this.#missing() < 0) {
      return null;
    }
    this.#flight.count += 1;
    return this.#flight;
  }

  /** `next`: BullMQ's reply to an answer; its job is locked by the same token. */
  async claimed(flight, link, next, token) {
    let job;
    try {
      const [data, id] = next ?? [];
      job = data ? await link.worker.nextJobFromJobData(data, id, token) : undefined;
    } catch (error) {
      this.#failed(link, error);
    } finally {
      flight.count -= 1;
    }
    this.#settle(link, job, token);
  }

  async #fetch() {
    const link = this.#link();
    const token = link.newToken();
    const flight = this.#flight;
    flight.count += 1;
    let job;
    try {
      job = await link.worker.getNextJob(token, { block: false });
    } catch (error) {
      return this.#failed(link, error);
    } finally {
      flight.count -= 1;
    }
    this.#settle(link, job, token);
  }

  #settle(link, job, token) {
    if (link.isClosed) {
      return;
    }
    if (job) {
      this.#health.worked();
      this.#isDrained = false;
      this.#burst = Math.min(2 * this.#burst, MOST);
      this.#onJob(job, token);
    } else {
      this.#isDrained = true;
      this.#burst = 1;
    }
    this.pump();
  }

  /** One fetch waits for the next job. */
  async #wait() {
    const link = this.#link();
    const token = link.newToken();
    const since = now();
    const alarm = new NativeAlarm(IDLE_FETCH * 1_000 + PATIENCE, () => this.#onStuck());
    const waiting = { alarm };
    this.#waiting = waiting;
    let job;
    try {
      job = await link.worker.getNextJob(token, { block: true });
    } catch (error) {
      this.#failed(link, error);
    } finally {
      alarm.cancel();
      if (this.#waiting === waiting) {
        this.#waiting = null;
      }
    }
    // Not so where the queue is paused, or limited in its rate.
    this.#shortWaits = job || now() - since > SHORT ? 0 : this.#shortWaits + 1;
    if (this.#shortWaits > 1) {
      this.#rest();
    }
    this.#settle(link, job, token);
  }

  #failed(link, error) {
    if (link.isClosed) {
      return;
    }
    if (isOutage(error)) {
      this.#health.failed(error);
    }
    this.#rest();
  }

  #rest() {
    if (!this.#isStopped) {
      this.#pause ??= setTimeout(() => {
        this.#pause = null;
        this.pump();
      }, PAUSE).unref();
    }
  }

  #resume() {
    clearTimeout(this.#pause);
    this.#pause = null;
  }
}

module.exports = { Fetcher };
