"use strict";

const { log } = require("../../native/log");
const { toBullError } = require("./envelope");
const { isLate, isOutage } = require("./failures");

/**
 * The jobs that this primary has locked, by id: `{ id, job, token, outcome, link }`. A lease ends when Redis has taken
 * its outcome, or when its lock is gone; then an answer is late, and dropped.
 */
class Leases {
  #link;
  #health;
  #lock;
  #fetcher;
  #onSettled;
  #onGone;
  #held = new Map();
  #late = 0;

  /**
   * `fetcher()` takes the jobs that come with a reply. `onSettled(lease)`: Redis has the outcome. `onGone(lease)`: the lock
   * is gone.
   */
  constructor({ link, health, lock, fetcher, onSettled, onGone }) {
    this.#link = link;
    this.#health = health;
    this.#lock = lock;
    this.#fetcher = fetcher;
    this.#onSettled = onSettled;
    this.#onGone = onGone;
  }

  get size() {
    return this.#held.size;
  }

  /** Answers that came without their lock. */
  get late() {
    return this.#late;
  }

  /** Outcomes that Redis does not have yet. */
  get unsent() {
    return [...this.#held.values()].filter(({ outcome }) => outcome !== null).length;
  }

  get(id) {
    return this.#held.get(id);
  }

  take(job, token) {
    const before = this.#held.get(job.id);
    if (before) {
      // Its lock ran out, and here the job is again.
      this.#lose(before);
    }
    const lease = { id: job.id, job, token, outcome: null, link: null };
    this.#held.set(job.id, lease);
    return lease;
  }

  finish(lease, value) {
    this.#settle(lease, { value });
  }

  /** `isFinal`: BullMQ is not to try again. */
  fail(lease, error, isFinal) {
    this.#settle(lease, { error, isFinal });
  }

  #settle(lease, outcome) {
    if (this.#held.get(lease.id) === lease && lease.outcome === null) {
      lease.outcome = outcome;
      this.#send(lease);
    }
  }

  /** What was on its way by another link may never be answered. */
  relinked() {
    for (const lease of this.#held.values()) {
      lease.link = null;
    }
    this.resend();
  }

  /** Sends again what Redis did not take. */
  resend() {
    for (const lease of this.#held.values()) {
      if (lease.outcome !== null && !lease.link) {
        this.#send(lease);
      }
    }
  }

  async #send(lease) {
    const link = this.#link();
    lease.link = link;
    try {
      await this.#move(link, lease);
    } catch (error) {
      if (lease.link === link) {
        lease.link = null;
        this.#failed(lease, error);
      }
      return;
    }
    this.#health.worked(true);
    if (this.#held.get(lease.id) === lease) {
      this.#held.delete(lease.id);
      this.#onSettled(lease);
    }
  }

  async #move(link, { job: fetched, token, outcome }) {
    const job = link.own(fetched);
    if (outcome.error !== undefined) {
      const traces = [...(job.stacktrace ?? [])];
      await job.moveToFailed(toBullError(outcome.error, outcome.isFinal), token, false).catch((error) => {
        // It will be told once more.
        job.stacktrace = traces;
        throw error;
      });
      return;
    }
    const fetcher = this.#fetcher();
    const flight = fetcher.claim();
    let next = null;
    try {
      next = await job.moveToCompleted(outcome.value, token, flight !== null);
    } finally {
      if (flight) {
        fetcher.claimed(flight, link, next, token);
      }
    }
  }

  #failed(lease, error) {
    if (isLate(error)) {
      log.trace?.("an answer is late", { job: lease.id });
      this.#lose(lease);
    } else if (isOutage(error)) {
      this.#health.failed(error);
    } else if (lease.outcome.error === undefined) {
      // BullMQ does not take it as done: a child of it has failed.
      lease.outcome = { error, isFinal: true };
      this.#send(lease);
    } else {
      log.warn?.("a job cannot be ended", { job: lease.id, reason: error.message });
      this.#lose(lease);
    }
  }

  #lose(lease) {
    if (this.#held.get(lease.id) === lease) {
      this.#held.delete(lease.id);
    }
    if (lease.outcome !== null) {
      this.#late += 1;
    }
    this.#onGone(lease);
  }

  /** Renews all locks. Those that are gone end their leases. */
  async renew() {
    const leases = [...this.#held.values()].filter(({ link }) => !link);
    if (leases.length === 0) {
      return;
    }
    const ids = leases.map(({ id }) => id);
    const tokens = leases.map(({ token }) => token);
    const failed = new Set(await this.#link().worker.extendJobLocks(ids, tokens, this.#lock));
    for (const lease of leases) {
      // One whose outcome was sent meanwhile is no more in question.
      if (failed.has(lease.id) && !lease.link && this.#held.get(lease.id) === lease) {
        this.#lose(lease);
      }
    }
  }

  /** Gives a job back: another primary takes it at once. When that fails, its lock runs out. */
  async giveBack(lease) {
    if (this.#held.get(lease.id) !== lease || lease.outcome !== null) {
      return;
    }
    this.#held.delete(lease.id);
    try {
      await this.#link().own(lease.job).moveToWait(lease.token);
    } catch (error) {
      if (!isLate(error) && isOutage(error)) {
        this.#health.failed(error);
      }
    }
  }

  values() {
    return [...this.#held.values()];
  }
}

module.exports = { Leases };
