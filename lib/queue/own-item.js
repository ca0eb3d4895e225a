"use strict";

const { answer } = require("../answer");
const { ItemError } = require("../errors");
const { kOwner } = require("./item");
const { toJson } = require("./request");

function ignore() {}

/** An item whose request is in a shared queue: the item's owner, on the side of the primary that enqueued it. */
class OwnItem {
  #engine;
  #stored = null;
  #settle = null;
  #failure = null;
  isStored = false;
  isAgain = false;

  /** `engine`: see SharedRequests. `given`: the options of the request; `json`: itself, as text. */
  constructor(engine, item, json, jobId, given) {
    this.#engine = engine;
    this.item = item;
    this.json = json;
    this.jobId = jobId;
    this.given = given;
    item[kOwner] = this;
  }

  /** The request is in Redis; `isAgain`: another with the same key was there before. */
  wasStored(isAgain) {
    this.isStored = true;
    this.isAgain ||= isAgain;
    this.#settle?.();
  }

  /** The item is over: by an answer, which only what was stored can get, or by an error. */
  ended(error) {
    this.isStored ||= error === null;
    this.#failure = error;
    this.#settle?.();
  }

  storedOf() {
    this.#stored ??= answer((resolve, reject) => {
      this.#settle = () => {
        if (this.isStored) {
          resolve();
        } else if (this.#failure) {
          reject(this.#failure);
        }
      };
      this.#settle();
    }, ignore);
    return this.#stored;
  }

  isDuplicate() {
    return this.isAgain;
  }

  stateOf() {
    return this.#engine.stateOf(this);
  }

  attemptsOf() {
    return this.#engine.attemptsOf(this);
  }

  finish(_item, response) {
    this.#engine.withdraw(this, "done", response);
  }

  fail(_item, error) {
    this.#engine.withdraw(this, "failed", error);
  }

  cancel(_item, error) {
    this.#engine.withdraw(this, "cancelled", error);
  }

  requeue() {
    this.#engine.requeue(this);
  }
}

/**
 * The request as JSON text of at most `limit` bytes.
 * @throws {RequestError | ItemError} ERR_INVALID_REQUEST, ERR_MESSAGE_TOO_LONG
 */
function sizedJson(request, limit) {
  const json = toJson(request);
  const bytes = Buffer.byteLength(json);
  if (bytes > limit) {
    const message = `the request has ${bytes} bytes, and option "maxMessageSize" allows ${limit}`;
    throw new ItemError("ERR_MESSAGE_TOO_LONG", message);
  }
  return json;
}

module.exports = { OwnItem, sizedJson };
