"use strict";

const NONE = { waiting: 0, active: 0, delayed: 0, failed: 0, completed: 0, paused: false };

/** How many jobs the queue has, by state: as of the last check. */
class Counts {
  #link;
  #last = null;
  #at = null;

  constructor(link) {
    this.#link = link;
  }

  async refresh() {
    const { queue } = this.#link();
    const [counts, paused] = await Promise.all([
      queue.getJobCounts("wait", "prioritized", "paused", "active", "delayed", "failed", "completed"),
      queue.isPaused(),
    ]);
    const { wait = 0, waiting = 0, prioritized = 0, active, delayed, failed, completed } = counts;
    this.#last = {
      waiting: wait + waiting + prioritized + (counts.paused ?? 0),
      active,
      delayed,
      failed,
      completed,
      paused,
    };
    this.#at = Date.now();
  }

  /** `age`: how old the figures are, ms; null before the first. */
  last() {
    return { ...(this.#last ?? NONE), age: this.#at === null ? null : Date.now() - this.#at };
  }
}

module.exports = { Counts };
