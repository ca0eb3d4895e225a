"use strict";

const { NativeAlarm } = require("../../native/addon");
const { log } = require("../../native/log");

/** Redis may take so long to answer what a check asks, ms; then its connections are made anew. */
const ANSWER_LIMIT = 10_000;
/** While it is lost they are made anew no more often than this, ms. */
const RELINK = 10_000;

/**
 * The link to Redis, and the checks that it is one. A connection may be silent for ever: after a failover, or where a cable
 * is cut. So what does not come back in its time is given up, with its link, and another is made.
 */
class Lifeline {
  #make;
  #health;
  #interval;
  #check;
  #onError;
  #onRenewed;
  #link = null;
  #linkedAt = 0;
  #timer = null;
  #checking = null;
  #isClosed = false;

  /**
   * `make()` gives a link. `check()` asks what is to be asked each `interval` ms, `onError(error)` hears why it failed.
   * `onRenewed()`: there is another link.
   */
  constructor({ make, health, interval, check, onError, onRenewed }) {
    this.#make = make;
    this.#health = health;
    this.#interval = interval;
    this.#check = check;
    this.#onError = onError;
    this.#onRenewed = onRenewed;
  }

  /** The link of now; null before `open()`. */
  get link() {
    return this.#link;
  }

  get isClosed() {
    return this.#isClosed;
  }

  open() {
    if (!this.#timer && !this.#isClosed) {
      this.#relink();
      this.#timer = setInterval(() => this.#tick(), this.#interval).unref();
    }
  }

  /** No more checks, and no other link: this one is still needed. */
  stopChecking() {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#checking?.cancel();
  }

  /** Something did not come back in its time. */
  stuck(what) {
    if (!this.#isClosed) {
      this.#health.failed(new Error(`no answer: ${what}`));
      this.#renew();
    }
  }

  #relink() {
    this.#link?.abandon();
    this.#linkedAt = Date.now();
    this.#link = this.#make();
  }

  #renew() {
    log.warn?.("connections to the store are made anew");
    this.#checking?.cancel();
    this.#checking = null;
    this.#relink();
    this.#onRenewed();
  }

  #tick() {
    if (this.#checking) {
      return;
    }
    if (this.#health.error && !this.#health.isFull && Date.now() - this.#linkedAt > RELINK) {
      this.#renew();
    }
    const alarm = new NativeAlarm(ANSWER_LIMIT, () => this.#checking === alarm && this.stuck("a check took too long"));
    this.#checking = alarm;
    this.#check()
      .catch((error) => this.#checking === alarm && this.#onError(error))
      .finally(() => {
        alarm.cancel();
        if (this.#checking === alarm) {
          this.#checking = null;
        }
      });
  }
}

module.exports = { Lifeline };
