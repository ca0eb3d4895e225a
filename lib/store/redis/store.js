"use strict";

const { Calls } = require("./calls");
const { Counts } = require("./counts");
const { ItemError } = require("../../errors");
const { NAME, optionsOf, readJob, toBullPriority } = require("./envelope");
const { isOutage } = require("./failures");
const { Fetcher } = require("./fetcher");
const { Health } = require("./health");
const { Leases } = require("./leases");
const { Lifeline } = require("./lifeline");
const { Link } = require("./link");
const { loadClients } = require("./load");
const { News } = require("./news");
const { Outbox } = require("./outbox");

/** How long the end may take, ms. */
const CLOSE_LIMIT = 5_000;

/**
 * A queue that primaries share, in Redis, by BullMQ. `hooks`:
 * - `room()`: how many jobs are wanted; below 0 where not even one for a worker that is just done
 * - `take(lease)`: a job was fetched; `finish()`, `fail()` or `giveBack()` ends its lease
 * - `callOff(lease)`: its lock is gone, or it was cancelled; whatever is said of it later is dropped
 * - `settled(lease)`: Redis has its outcome
 * - `ended(id, outcome)`: a job that was added here is over
 * - `missing(id)`: Redis does not have such a job any more
 * - `lost(error)`, `found()`
 */
class RedisStore {
  #packages;
  #options;
  #hooks;
  #lifeline;
  #isServing = false;
  #health;
  #outbox;
  #leases;
  #fetcher;
  #news;
  #calls;
  #counts;

  /** @throws {StoreError} ERR_STORE_MISSING */
  constructor(options, hooks) {
    this.#packages = loadClients();
    this.#options = options;
    this.#hooks = hooks;
    const interval = Math.ceil(options.lock / 3);
    const link = () => this.#lifeline.link;
    const health = new Health(hooks.lost, () => this.#found());
    this.#health = health;
    this.#lifeline = new Lifeline({
      make: () => new Link(this.#packages, options, (error) => this.#onError(error)),
      health,
      interval,
      check: () => this.#checkAll(),
      onError: (error) => this.#onError(error),
      onRenewed: () => this.#renewed(),
    });
    this.#outbox = new Outbox(link, health);
    this.#fetcher = new Fetcher({
      link,
      health,
      room: hooks.room,
      onJob: (job, token) => this.#take(job, token),
      onStuck: () => this.#lifeline.stuck("a fetch did not come back in its time"),
    });
    this.#leases = new Leases({
      link,
      health,
      lock: options.lock,
      fetcher: () => this.#fetcher,
      onSettled: (lease) => this.#settled(lease),
      onGone: (lease) => this.#gone(lease),
    });
    this.#news = new News({ link, check: interval, onEnd: hooks.ended, onMissing: hooks.missing });
    this.#calls = new Calls({ link, health, onCall: (id) => this.#called(id) });
    this.#counts = new Counts(link);
  }

  /** Connects: before a request is added, or the first fetched. */
  open() {
    this.#lifeline.open();
  }

  /** Begins to fetch jobs. */
  serve() {
    this.open();
    this.#isServing = true;
    this.#calls.listen();
    this.#checkStalled();
    this.#fetcher.start();
  }

  #checkStalled() {
    this.#lifeline.link.worker.startStalledCheckTimer().catch((error) => this.#onError(error));
  }

  /** There is room for more. */
  pump() {
    this.#fetcher.pump();
  }

  set isBusy(isBusy) {
    this.#lifeline.link.isBusy = isBusy;
  }

  stopFetching() {
    this.#fetcher.stop();
  }

  /** Why nothing more is taken in; null while there is room. */
  get refusal() {
    return this.#outbox.refusal(this.#options.maxPending);
  }

  /** Adds a request, JSON text, by the fields of `optionsOf`. */
  add(json, fields, onStored, onRefused) {
    this.open();
    this.#news.listen();
    const job = { name: NAME, data: json, opts: optionsOf(fields, this.#options.keep) };
    this.#outbox.add(fields.jobId, job, onStored, onRefused);
  }

  /** `ended` is to say what becomes of a job; `isOld`: it may be over. */
  await(id, isOld) {
    this.#news.await(id);
    if (isOld) {
      this.#look(id);
    }
  }

  /** @throws {OptionRangeError} BullMQ has no such priority */
  checkPriority(priority) {
    toBullPriority(priority);
  }

  /** Whether the job of an id came of another request; false while Redis cannot be asked. */
  async isAnothers(id, nonce) {
    try {
      const job = await this.#lifeline.link.job(id);
      return job !== undefined && readJob(job).nonce !== nonce;
    } catch (error) {
      this.#onError(error);
      return false;
    }
  }

  /** How many jobs are held, those whose outcome is on its way included. */
  get held() {
    return this.#leases.size;
  }

  get leases() {
    return this.#leases;
  }

  #look(id) {
    const { link } = this.#lifeline;
    this.#news.look(id).catch((error) => !link.isClosed && this.#onError(error));
  }

  /** Nobody waits for its end any more. */
  forget(id) {
    this.#news.forget(id);
  }

  /** Calls a job off that was added here, wherever it is. */
  cancel(id) {
    this.#news.forget(id);
    const where = this.#outbox.drop(id);
    if (where === "unsent") {
      return;
    }
    const lease = this.#leases.get(id);
    if (lease) {
      this.#called(id);
    } else {
      this.#calls.cancel(id);
    }
  }

  finish(lease, value) {
    this.#leases.finish(lease, value);
  }

  fail(lease, error, isFinal) {
    this.#leases.fail(lease, error, isFinal);
  }

  giveBack(lease) {
    return this.#leases.giveBack(lease);
  }

  stats() {
    return {
      ...this.#counts.last(),
      held: this.#leases.size,
      pending: this.#outbox.size + this.#leases.unsent,
      late: this.#leases.late,
    };
  }

  /** Gives back what is held and ends all connections. Resolves in any case. */
  async close() {
    this.#fetcher.stop();
    this.#lifeline.stopChecking();
    this.#health.stop();
    const { link } = this.#lifeline;
    if (!link) {
      return;
    }
    let timer;
    const limit = new Promise((resolve) => {
      timer = setTimeout(resolve, this.#health.error ? 0 : CLOSE_LIMIT);
    });
    await Promise.race([
      Promise.allSettled([...this.#leases.values().map((one) => this.giveBack(one)), this.#sent()]),
      limit,
    ]);
    clearTimeout(timer);
    await link.close();
  }

  /** Resolves when nothing is on its way. */
  async #sent() {
    while (this.#outbox.size + this.#leases.unsent > 0 && !this.#health.error) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** What was under way by the link before may never come back. */
  #renewed() {
    this.#calls.relinked();
    this.#news.relinked();
    this.#fetcher.relinked();
    if (this.#isServing) {
      this.#checkStalled();
    }
    this.#outbox.relinked();
    this.#leases.relinked();
    this.#calls.resend();
  }

  #onError(error) {
    if (!this.#lifeline.isClosed && isOutage(error)) {
      this.#health.failed(error);
    }
  }

  #found() {
    this.#news.doubt();
    this.#resend();
    this.#fetcher.pump();
    this.#hooks.found();
  }

  #resend() {
    this.#outbox.flush();
    this.#leases.resend();
    this.#calls.resend();
  }

  async #checkAll() {
    // First of all: the others are in no haste.
    await this.#leases.renew();
    await this.#counts.refresh();
    this.#health.worked(this.#outbox.size + this.#leases.unsent === 0);
    this.#resend();
    this.#fetcher.pump();
    await this.#news.sweep();
  }

  #take(job, token) {
    const lease = this.#leases.take(job, token);
    if (this.#lifeline.isClosed) {
      this.giveBack(lease);
    } else if (this.#calls.isOff(job.id)) {
      this.#called(job.id);
    } else {
      this.#hooks.take(lease);
    }
  }

  #called(id) {
    const lease = this.#leases.get(id);
    if (lease) {
      this.#hooks.callOff(lease);
      this.#leases.fail(lease, new ItemError("ERR_ITEM_CANCELLED", `job ${id} was cancelled by who enqueued it`), true);
    }
  }

  #settled(lease) {
    this.#hooks.settled(lease);
    this.#news.forget(lease.id);
  }

  #gone(lease) {
    this.#hooks.callOff(lease);
    this.#look(lease.id);
  }
}

module.exports = { RedisStore };
