"use strict";

const { log } = require("../../native/log");
const { ItemError } = require("../../errors");
const { fromBullError } = require("./envelope");

/** So many jobs are looked at in one check, and so many at the same time. */
const LOOKS = 1_000;
const AT_ONCE = 50;
/** Clocks differ: events so old, ms, are read at the beginning. */
const SKEW = 60_000;

const removed = (id) => new ItemError("ERR_ITEM_CANCELLED", `job ${id} was removed from its queue`);

/**
 * What becomes of the jobs that were enqueued here, wherever they are handled: by the queue's events, and for those of
 * which none has come for a while, by a look at the job.
 */
class News {
  #link;
  #check;
  #onEnd;
  #onMissing;
  // Ids of jobs in Redis, to when they were last looked at; the longest ago first.
  #awaited = new Map();
  #events = null;
  #lastEventId;
  #lastSweep = Date.now();

  /** `onEnd(id, { value } | { error, attempts })`. `onMissing(id)`: Redis has no such job. `check`: ms. */
  constructor({ link, check, onEnd, onMissing }) {
    this.#link = link;
    this.#check = check;
    this.#onEnd = onEnd;
    this.#onMissing = onMissing;
  }

  get size() {
    return this.#awaited.size;
  }

  /** Before the first job is added. */
  listen() {
    if (!this.#events) {
      this.#lastEventId ??= `${Date.now() - SKEW}-0`;
      this.#events = this.#link().listen(undefined, this.#lastEventId);
      this.#hear(this.#events);
    }
  }

  #hear(events) {
    events.on("completed", ({ jobId, returnvalue }, eventId) => {
      this.#lastEventId = eventId;
      this.#end(jobId, { value: returnvalue });
    });
    events.on("failed", ({ jobId }, eventId) => {
      this.#lastEventId = eventId;
      // The event has the message alone.
      if (this.#awaited.has(jobId)) {
        this.look(jobId).catch(() => {});
      }
    });
    events.on("removed", ({ jobId }, eventId) => {
      this.#lastEventId = eventId;
      this.#end(jobId, { error: removed(jobId) });
    });
  }

  relinked() {
    if (this.#events) {
      this.#events = null;
      this.listen();
    }
    this.doubt();
  }

  await(id) {
    this.#awaited.set(id, Date.now());
  }

  forget(id) {
    this.#awaited.delete(id);
  }

  /** Events may have been lost: all jobs are looked at. */
  doubt() {
    for (const id of this.#awaited.keys()) {
      this.#awaited.set(id, 0);
    }
  }

  #end(id, outcome) {
    if (this.#awaited.delete(id)) {
      this.#onEnd(id, outcome);
    }
  }

  /** Looks at those of which nothing was heard for two checks. */
  async sweep() {
    const time = Date.now();
    if (time - this.#lastSweep > 3 * this.#check) {
      // This process was stopped meanwhile, and the events may have gone by.
      this.doubt();
    }
    this.#lastSweep = time;
    const due = [];
    for (const [id, looked] of this.#awaited) {
      if (time - looked < 2 * this.#check || due.length === LOOKS) {
        break;
      }
      due.push(id);
    }
    for (let index = 0; index < due.length; index += AT_ONCE) {
      await Promise.all(due.slice(index, index + AT_ONCE).map((id) => this.#glance(id)));
    }
  }

  /** The state alone first: a job may be large. */
  async #glance(id) {
    const state = await this.#link().queue.getJobState(id);
    if (["completed", "failed", "unknown"].includes(state)) {
      await this.look(id);
    } else if (this.#awaited.delete(id)) {
      this.await(id);
    }
  }

  async look(id) {
    const job = await this.#link().job(id);
    if (!this.#awaited.has(id)) {
      return;
    }
    if (!job) {
      log.debug?.("job is missing", { job: id });
      this.#awaited.delete(id);
      this.#onMissing(id);
    } else if (job.finishedOn) {
      const isFailed = (await job.getState()) === "failed";
      const attempts = Math.max(job.attemptsStarted, 1);
      this.#end(id, isFailed ? { error: fromBullError(job), attempts } : { value: job.returnvalue, attempts });
    }
  }
}

module.exports = { News };
