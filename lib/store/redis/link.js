"use strict";

const { randomUUID } = require("node:crypto");
const { Clients } = require("./clients");

/** How long an idle fetch waits for a job, s: nothing wakes it for one that was given back with a priority. */
const IDLE_FETCH = 1;
/** A job is added, waits, is active and ends: of so many events one carries its result. */
const EVENTS_OF_JOB = 4;
const NEVER_TOO_OFTEN = 2 ** 31 - 1;
const BETWEEN_READS = 20;
/** How long BullMQ may take to close what it has, ms. */
const CLOSE_LIMIT = 1_000;

/**
 * BullMQ's objects for one queue, and their connections. When these do not answer any more, another link takes its place:
 * what was asked of this one fails then.
 */
class Link {
  #bullmq;
  #clients;
  #queueName;
  #common;
  #onError;
  #listeners = [];
  #closed = null;
  #token = `${randomUUID()}:`;
  #tokens = 0;

  /** `onError(error)` hears of all errors, those of connections too. */
  constructor({ bullmq, Redis }, { redis, queue, prefix, lock, keep }, onError) {
    this.#bullmq = bullmq;
    this.#queueName = queue;
    this.#onError = onError;
    this.#clients = new Clients(Redis, redis, onError);
    const connection = this.#clients.open();
    // In a cluster all keys of a queue must be in one slot.
    this.#common = { connection, prefix: prefix ?? (connection.isCluster ? "{bull}" : "bull") };
    this.worker = this.#hear(
      new bullmq.Worker(queue, null, {
        ...this.#common,
        autorun: false,
        drainDelay: IDLE_FETCH,
        lockDuration: lock,
        // Redis takes integers only.
        stalledInterval: Math.ceil(lock / 3),
        // By default the second primary that ends would fail a job.
        maxStalledCount: NEVER_TOO_OFTEN,
      }),
    );
    this.queue = this.#hear(
      new bullmq.Queue(queue, { ...this.#common, streams: { events: { maxLen: EVENTS_OF_JOB * keep } } }),
    );
    this.control = `${queue}-control`;
    this.producer = this.#hear(new bullmq.QueueEventsProducer(this.control, { ...this.#common }));
  }

  /** Listens to the events of a queue: of this one, or of its `control`. */
  listen(name = this.#queueName, lastEventId = undefined) {
    const events = new (patient(this.#bullmq.QueueEvents))(name, {
      ...this.#common,
      ...(lastEventId && { lastEventId }),
    });
    this.#listeners.push(this.#hear(events));
    return events;
  }

  /** A job of ours by its id; undefined where there is none. */
  job(id) {
    return this.#bullmq.Job.fromId(this.queue, id);
  }

  /** The job as this link knows it: one that was fetched by another. */
  own(job) {
    return job.queue === this.worker ? job : this.#bullmq.Job.fromJSON(this.worker, job.asJSON(), job.id);
  }

  /** Whether all commands of a turn leave together: that costs more than it saves where each is alone. */
  set isBusy(isBusy) {
    this.#common.connection.options.enableAutoPipelining = isBusy;
  }

  /** A lock's token, never used before. */
  newToken() {
    this.#tokens += 1;
    return this.#token + this.#tokens;
  }

  get isClosed() {
    return this.#closed !== null;
  }

  /** Ends what is under way: all of that fails. */
  abandon() {
    this.close();
    this.#clients.close();
  }

  close() {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close() {
    const closing = [
      this.worker.close(true),
      ...[...this.#listeners, this.queue, this.producer].map((one) => one.close()),
    ];
    let timer;
    const limit = new Promise((resolve) => {
      timer = setTimeout(resolve, CLOSE_LIMIT);
    });
    // Without a connection some of them never say that they are closed.
    await Promise.race([Promise.allSettled(closing), limit]);
    clearTimeout(timer);
    this.#clients.close();
  }

  #hear(emitter) {
    emitter.on("error", (error) => !this.isClosed && this.#onError(error));
    return emitter;
  }
}

/**
 * QueueEvents that read no more often than each 20 ms. A job has four events, and each of them that comes alone costs a
 * command; together they cost one.
 */
function patient(QueueEvents) {
  return class extends QueueEvents {
    async checkConnectionError(...args) {
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_READS));
      return super.checkConnectionError(...args);
    }
  };
}

module.exports = { IDLE_FETCH, Link };
