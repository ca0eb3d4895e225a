"use strict";

const { log } = require("../native/log");

/** A PhantomJS that does not answer for so long, ms, after it was asked is of no use any more. */
const WEDGED_AFTER = 2_000;
/** The same where it may be doing what it was told to, or what another request's page does. */
const PATIENCE = 10_000;
/** How much earlier than a command, ms, what PhantomJS is stuck in must have been sent. */
const SLACK = 50;
/** The closing of a page takes no longer than this, ms, unless its scripts do something. */
const SOON = 250;

/** Of timeouts: whether PhantomJS goes on after all, a promise, and whether another request may be to blame. */
const timeouts = new WeakMap();

/**
 * That promise, once, for an error whose request fails only when PhantomJS goes on: it may be another's fault, or, for
 * `published` handlers, the primary hears of no failure but that of its worker.
 */
function unlessWedged(error, published) {
  const timeout = timeouts.get(error);
  timeouts.delete(error);
  return timeout && (published || timeout.mayBeOthers) ? timeout.goesOn : undefined;
}

/**
 * Sees that PhantomJS goes on answering, and ends it when it does not. It has one thread: a script that does not end
 * holds up all its pages. While there is doubt its user should give it nothing more to do. A browser whose pages have
 * processes of their own is doubted only as a whole: a page that does not end is its remote end's to close.
 */
class Watchdog {
  #browser;
  #doubts = 0;
  #timer = null;
  #isPatient = false;

  constructor(browser) {
    this.#browser = browser;
    this.onDoubt = () => {};
    this.onTrust = () => {};
    /** Whether several requests are at work: nobody knows then whose page it is that does not end. */
    this.isShared = () => false;
    browser.onTimeout = (error) => {
      const goesOn = this.doubt();
      const mayBeOthers = this.isShared() || browser.unanswered > browser.pageTimeout - SLACK;
      timeouts.set(error, { goesOn, mayBeOthers });
    };
  }

  get isDoubted() {
    return this.#doubts > 0;
  }

  /**
   * A page is being closed, whose scripts hear of it: `onunload` may never end. That PhantomJS got past it needs no
   * reply of its own. `besideOthers`: pages of other requests were at work already, and it may be theirs that take long.
   */
  watchClosing(besideOthers) {
    this.#browser.probe();
    this.#isPatient ||= besideOthers;
    this.#timer ??= setTimeout(() => this.#look(), SOON);
  }

  #look() {
    this.#timer = null;
    const ms = this.#browser.unanswered;
    if (ms > 0 && ms < SOON) {
      this.#timer = setTimeout(() => this.#look(), SOON - ms);
      return;
    }
    if (ms > 0) {
      this.doubt(this.#isPatient || this.#browser.isComputing ? PATIENCE : WEDGED_AFTER);
    }
    this.#isPatient = false;
  }

  /** Asks PhantomJS for its status, ends it when none comes within `limit` ms, and resolves with whether it goes on. */
  async doubt(limit = WEDGED_AFTER) {
    this.#doubts += 1;
    this.onDoubt();
    if (!(await this.#answers(limit))) {
      log.warn?.("the browser is killed, if it still runs: it did not answer", { pid: this.#browser.pid, ms: limit });
      this.#browser.kill(`it did not answer for ${limit} ms`);
      return false;
    }
    this.#doubts -= 1;
    if (this.#doubts === 0) {
      this.onTrust();
    }
    return true;
  }

  async #answers(limit) {
    try {
      await this.#browser.status(limit);
      return true;
    } catch {
      return false;
    }
  }
}

module.exports = { Watchdog, unlessWedged };
