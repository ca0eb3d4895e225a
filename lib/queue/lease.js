"use strict";

const { now } = require("../clock");
const { ItemError, fromNative } = require("../errors");
const { toWire } = require("../failure");
const { log } = require("../native/log");
const { QueueItem, kEnd, kOwner } = require("./item");
const { codeOf, messageOf } = require("../thrown");
const { unlessWedged } = require("../browser/watchdog");
const { warn } = require("../warn");

/**
 * A request that a worker holds: ended once, by its answer, its failure, or its time. It is the owner of the pages that
 * are made for it: see page/owner.js.
 */
class Lease {
  #native;
  #onEnd;
  #id;
  #limit;
  #isOpen = true;
  #isLost = false;
  /** It will fail, as soon as it is known whether its page or another request's blocks PhantomJS. */
  #isFailing = false;
  #returned = null;

  /** `limit`: the longest message, bytes. `onEnd(lease)` frees the slot. */
  constructor(native, { lease, item, attempt, request, published, limit }, onEnd) {
    this.#native = native;
    this.#onEnd = onEnd;
    this.#id = lease;
    this.#limit = limit;
    this.attempt = attempt;
    this.published = published;
    this.since = now();
    /** Its handler failed, which the primary hears of by the timeout alone. */
    this.isAbandoned = false;
    /** The page that its handler was given. */
    this.ownPage = null;
    /** All pages made for this request. */
    this.pages = [];
    this.item = new QueueItem(item, request);
    this.item[kOwner] = this.#owner;
  }

  /** The promise of its handler is resolved: that alone is no answer. */
  returned(value) {
    this.#returned = { value };
  }

  /** What that promise was resolved with, `{ value }`, if it was. */
  get outcome() {
    return this.#returned;
  }

  get isOpen() {
    return this.#isOpen;
  }

  answer(response) {
    if (!this.#isOpen || this.#isLost || this.#isFailing) {
      return;
    }
    let json;
    try {
      json = JSON.stringify(response) ?? "null";
    } catch (error) {
      const reason = `the response to item ${this.item.id} cannot be made JSON: ${messageOf(error)}`;
      this.#reportFailure(new ItemError("ERR_INVALID_RESPONSE", reason, { cause: error }));
      return;
    }
    try {
      this.#native.answer(this.#id, json);
    } catch (error) {
      this.#reportFailure(fromNative(error));
      return;
    }
    this.#close("done", response);
  }

  fail(error) {
    // A request whose PhantomJS died is no failure of its handler: the primary hands it to another worker.
    if (!this.#isOpen || this.#isLost || codeOf(error) === "ERR_BROWSER_GONE") {
      return;
    }
    const goesOn = unlessWedged(error, this.published);
    if (goesOn) {
      this.#isFailing = true;
      // Another request's page may block PhantomJS. If PhantomJS does not go on, both requests go to other workers.
      goesOn.then((does) => does && this.fail(error));
      return;
    }
    if (this.published) {
      // 0.1.x knows no handler that fails: its users hear of it by the request's timeout. The slot is free before that.
      const reason = messageOf(error);
      warn("PHANTOM_CLUSTER_HANDLER_FAILED", `the handler of request ${this.item.id} failed: ${reason}`, error);
      this.#native.released(this.#id);
      this.isAbandoned = true;
      this.#close("failed", error);
    } else {
      this.#reportFailure(error);
    }
  }

  /** A command failed, and its caller goes on without looking at that: code of the callback generation. */
  commandFailed(error) {
    // A handler of 0.1.x goes on and answers. But where PhantomJS does not react, its answer would be wrong.
    if (this.published && codeOf(error) !== "ERR_PAGE_TIMEOUT") {
      if (this.#isOpen) {
        warnOfIgnored(this.item.id, error);
      }
    } else {
      this.fail(error);
    }
  }

  /** PhantomJS died: the request goes to another worker, and an answer from here does not count. */
  browserGone() {
    this.#isLost = true;
  }

  adopt(page) {
    this.pages.push(page);
  }

  /** The request is over, and so are its pages. */
  closePages() {
    for (const page of this.pages) {
      log.trace?.("a page is closed: the lease ended", { item: this.item.id });
      page.drop();
    }
  }

  #reportFailure(error) {
    this.#native.fail(this.#id, toWire(error, this.#limit));
    this.#close("failed", error);
  }

  /** The lease ended without an answer. */
  expire() {
    if (this.#isOpen) {
      try {
        this.item.emit("timeout");
      } finally {
        this.#close("timedOut", new ItemError("ERR_ITEM_TIMEOUT", `item ${this.item.id} was not answered in time`));
      }
    }
  }

  /** The item was ended from outside. */
  withdraw() {
    if (this.#isOpen) {
      this.#close("cancelled", new ItemError("ERR_ITEM_CANCELLED", `item ${this.item.id} was cancelled`));
    }
  }

  #close(state, outcome) {
    // Closed by the item's own timeout listener, it is over already.
    if (!this.#isOpen) {
      return;
    }
    this.#isOpen = false;
    log.trace?.("ended in its worker", { item: this.item.id, lease: this.#id, state });
    try {
      this.item[kEnd](state, outcome);
    } finally {
      this.#onEnd(this);
    }
  }

  /** What the item's own methods do on this side. */
  #owner = {
    // An answer after its time is dropped silently, as in 0.1.x.
    ignoresLate: true,
    stateOf: () => "leased",
    attemptsOf: () => this.attempt,
    finish: (_item, response) => this.answer(response),
    fail: (_item, error) => this.fail(error),
    cancel: () => this.fail(new ItemError("ERR_ITEM_CANCELLED", `item ${this.item.id} was cancelled by its handler`)),
    requeue: () => {
      throw new ItemError("ERR_ITEM_STATE", `item ${this.item.id} can only be requeued by the server`);
    },
  };
}

function warnOfIgnored(item, error) {
  warn("PHANTOM_CLUSTER_ERROR_IGNORED", `nobody takes this error of request ${item}: ${messageOf(error)}`, error);
}

module.exports = { Lease };
