"use strict";

const { StoreError } = require("../../errors");
const { log } = require("../../native/log");
const { isOutage } = require("./failures");

/** So many jobs are added by one command at most. */
const BULK = 500;

/** Jobs on their way to Redis: they wait here while it cannot be reached. */
class Outbox {
  #link;
  #health;
  // By id, oldest first: `{ job, link, onStored, onRefused }`; `link` is that by which it is on its way.
  #jobs = new Map();
  #isDue = false;

  /** `link()` gives the link of now. */
  constructor(link, health) {
    this.#link = link;
    this.#health = health;
  }

  get size() {
    return this.#jobs.size;
  }

  /** Why nothing more is taken while Redis is lost: so many wait already. Null while there is room. */
  refusal(maxPending) {
    const cause = this.#health.error;
    if (!cause || this.#jobs.size < maxPending) {
      return null;
    }
    const message = `${maxPending} requests wait for Redis to be found, as many as option "maxPending" allows`;
    return new StoreError("ERR_STORE_UNAVAILABLE", message, { cause });
  }

  /** `job` as BullMQ takes it, with its data as JSON text. */
  add(id, job, onStored, onRefused) {
    this.#jobs.set(id, { job, link: null, onStored, onRefused });
    this.flush();
  }

  /** Takes a job back: "unsent", "sent" when it is on its way, "absent" when it has arrived. */
  drop(id) {
    const entry = this.#jobs.get(id);
    if (entry && !entry.link) {
      this.#jobs.delete(id);
    }
    return entry ? (entry.link ? "sent" : "unsent") : "absent";
  }

  /** Sends what waits, with all that is enqueued in this turn. */
  flush() {
    if (!this.#isDue && this.#jobs.size > 0) {
      this.#isDue = true;
      setImmediate(() => {
        this.#isDue = false;
        this.#flush();
      });
    }
  }

  #flush() {
    let bulk = [];
    for (const entry of this.#jobs) {
      if (!entry[1].link) {
        bulk.push(entry);
      }
      if (bulk.length === BULK) {
        this.#send(bulk);
        bulk = [];
      }
    }
    if (bulk.length > 0) {
      this.#send(bulk);
    }
  }

  /** What was on its way by another link may never be answered. */
  relinked() {
    for (const entry of this.#jobs.values()) {
      entry.link = null;
    }
    this.flush();
  }

  async #send(bulk) {
    const link = this.#link();
    for (const [, entry] of bulk) {
      entry.link = link;
    }
    try {
      await link.queue.addBulk(bulk.map(([, { job }]) => ({ ...job, data: JSON.parse(job.data) })));
    } catch (error) {
      return this.#failed(
        bulk.filter(([, entry]) => entry.link === link),
        error,
      );
    }
    this.#health.worked(true);
    for (const [id, { onStored }] of bulk) {
      if (this.#jobs.delete(id)) {
        onStored();
      }
    }
  }

  #failed(bulk, error) {
    for (const [, entry] of bulk) {
      entry.link = null;
    }
    if (isOutage(error)) {
      // Until the next check, or until it is found.
      this.#health.failed(error);
    } else if (bulk.length > 1) {
      // One of them is refused: which one?
      for (const entry of bulk) {
        this.#send([entry]);
      }
    } else if (bulk.length === 1) {
      const [[id, { onRefused }]] = bulk;
      log.warn?.("job is refused", { job: id, reason: error.message });
      this.#jobs.delete(id);
      onRefused(error);
    }
  }
}

module.exports = { Outbox };
