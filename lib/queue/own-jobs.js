"use strict";

/** The jobs that items of this primary wait for, by id. Items with the same key share one. */
class OwnJobs {
  #jobs = new Map();

  has(id) {
    return this.#jobs.has(id);
  }

  /** The items that wait for a job, the one that brought it first. */
  entries(id) {
    return this.#jobs.get(id)?.entries ?? [];
  }

  /** Adds an item; true when its job is new here, and has to be sent. */
  add(entry) {
    const job = this.#jobs.get(entry.jobId);
    if (!job) {
      // `isAnothers`: a request from elsewhere had its key before. `isOver`: it ended before that was known.
      this.#jobs.set(entry.jobId, { entries: [entry], isAnothers: false, isOver: false });
      return true;
    }
    entry.isAgain = true;
    if (job.entries[0].isStored) {
      entry.wasStored(true);
    }
    job.entries.push(entry);
    return false;
  }

  /** What `stored()` is to be told of. */
  current(id) {
    return this.#jobs.get(id);
  }

  /** A job is in Redis. False when nobody waits for it any more, but maybe for a later one of the same id. */
  stored(id, job, isAnothers) {
    const isWanted = job !== undefined && this.#jobs.get(id) === job;
    if (isWanted) {
      job.isAnothers = isAnothers;
      for (const [index, entry] of job.entries.entries()) {
        entry.wasStored(isAnothers || index > 0);
      }
    }
    return isWanted;
  }

  isAnothers(id) {
    return this.#jobs.get(id)?.isAnothers ?? false;
  }

  leave(entry) {
    const job = this.#jobs.get(entry.jobId);
    if (job) {
      job.entries = job.entries.filter((other) => other !== entry);
      if (job.entries.length === 0) {
        this.#jobs.delete(entry.jobId);
      }
    }
  }
}

module.exports = { OwnJobs };
