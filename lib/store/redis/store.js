"use strict";

const { NativeAlarm } = require("../../native/addon");
const { log } = require("../../native/log");
const { Calls } = require("./calls");
const { Counts } = require("./counts");
const { ItemError, StoreError } = require("../../errors");
const { NAME, optionsOf, readJob, toBullPriority } = require("./envelope");
const { isOutage } = require("./failures");
const { Fetcher } = require("./fetcher");
const { Health } = require("./health");
const { Leases } = require("./leases");
const { Link } = require("./link");
const { loadClients } = require("./load");
const { News } = require("./news");
const { Outbox } = require("./outbox");

/** Redis may take so long to answer what a check asks, ms; then its connections are made anew. */
const ANSWER_LIMIT = 10_000;
/** While it is lost they are made anew no more often than this, ms. */
const RELINK = 10_000;
/** How long the end may take, ms. */
const CLOSE_LIMIT = 5_000;

/**
 * A queue that primaries share, in Redis, by BullMQ. `hooks`:
 * - `room()`: how many jobs are wanted
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
  #check;
  #link = null;
  #linkedAt = 0;
  #timer = null;
  #isClosed = false;
  #isServing = false;
  #checking = null;
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
    this.#check = options.lock / 3;
    const link = () => this.#link;
    const health = new Health(hooks.lost, () => this.#found());
    this.#health = health;
    this.#outbox = new Outbox(link, health);
    this.#fetcher = new Fetcher({
      link,
      health,
      room: hooks.room,
      onJob: (job, token) => this.#take(job, token),
      onStuck: () => this.#stuck("a fetch did not come back in its time"),
    });
    this.#leases = new Leases({
      link,
      health,
      lock: options.lock,
      fetcher: () => this.#fetcher,
      onSettled: (lease) => this.#settled(lease),
      onGone: (lease) => this.#gone(lease),
    });
    this.#news = new News({ link, check: this.#check, onEnd: hooks.ended, onMissing: hooks.missing });
    this.#calls = new Calls({ link, health, onCall: (id) => this.#called(id) });
    this.#counts = new Counts(link);
  }

  /** Connects: before a request is added, or the first fetched. */
  open() {
    if (!this.#timer && !this.#isClosed) {
      this.#relink();
      this.#timer = setInterval(() => this.#tick(), this.#check).unref();
    }
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
    this.#link.worker.startStalledCheckTimer().catch((error) => this.#onError(error));
  }

  /** There is room for more. */
  pump() {
    this.#fetcher.pump();
  }

  stopFetching() {
    this.#fetcher.stop();
  }

  startFetching() {
    this.#fetcher.start();
  }

  /** Why nothing more is taken in; null while there is room. */
  get refusal() {
    const { maxPending } = this.#options;
    const cause = this.#health.error;
    if (!cause || this.#outbox.size < maxPending) {
      return null;
    }
    const message = `${maxPending} requests wait for Redis to be found, as many as option "store.maxPending" allows`;
    return new StoreError("ERR_STORE_UNAVAILABLE", message, { cause });
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
      const job = await this.#link.job(id);
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

  lease(id) {
    return this.#leases.get(id);
  }

  leases() {
    return this.#leases.values();
  }

  #look(id) {
    return this.#news.look(id).catch((error) => this.#onError(error));
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
    this.#isClosed = true;
    clearInterval(this.#timer);
    if (!this.#link) {
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
    await this.#link.close();
  }

  /** Resolves when nothing is on its way. */
  async #sent() {
    while (this.#outbox.size + this.#leases.unsent > 0 && !this.#health.error) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #relink() {
    this.#link?.abandon();
    this.#linkedAt = Date.now();
    this.#link = new Link(this.#packages, this.#options, (error) => this.#onError(error));
  }

  /** Nothing of this link is waited for any more. */
  #renew() {
    if (this.#isClosed) {
      return;
    }
    log.warn?.("connections to the store are made anew");
    this.#checking?.cancel();
    this.#checking = null;
    this.#relink();
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
    if (!this.#isClosed && isOutage(error)) {
      this.#health.failed(error);
    }
  }

  #stuck(what) {
    if (!this.#isClosed) {
      this.#health.failed(new Error(`no answer: ${what}`));
      this.#renew();
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

  #tick() {
    if (this.#checking) {
      return;
    }
    if (this.#health.error && !this.#health.isFull && Date.now() - this.#linkedAt > RELINK) {
      this.#renew();
    }
    const alarm = new NativeAlarm(ANSWER_LIMIT, () => this.#checking === alarm && this.#stuck("a check took too long"));
    this.#checking = alarm;
    this.#checkAll()
      .catch((error) => this.#checking === alarm && this.#onError(error))
      .finally(() => {
        alarm.cancel();
        if (this.#checking === alarm) {
          this.#checking = null;
        }
      });
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
    if (this.#isClosed) {
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
