"use strict";

// The errors that requests end with in the primary.

const { EngineError, ItemError } = require("../errors");

/** `isStored`: the request stays in the engine's store, and waits there for the next start. */
function stopped(isStored = false) {
  const error = new EngineError("ERR_ENGINE_STOPPED", "the engine was stopped before the request was answered");
  error.stored = isStored;
  return error;
}

/** An earlier process had it, and ended. */
function primaryEnded(id) {
  return new ItemError("ERR_ITEM_CRASHED", `the primary ended while a worker had item ${id}`);
}

/** By its signal; `what` names the request. */
function cancelled(what, { reason }) {
  return new ItemError("ERR_ITEM_CANCELLED", `${what} was cancelled by its signal`, { cause: reason });
}

function timedOut(id) {
  return new ItemError("ERR_ITEM_TIMEOUT", `item ${id} was not answered in time`);
}

/** `ends`: how often workers ended under it, and how. */
function crashed(id, ends) {
  const message = `the worker of item ${id}, or its PhantomJS, ended before its answer: ${ends}`;
  return new ItemError("ERR_ITEM_CRASHED", message);
}

/** No attempt is left; `cause` is how the last one ended. */
function exhausted(id, attempts, cause) {
  const times = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
  const message = `item ${id} was not answered in ${times}, as many as "maxAttempts" allows: ${cause.message}`;
  return new ItemError("ERR_MAX_ATTEMPTS", message, { cause });
}

module.exports = { cancelled, crashed, exhausted, primaryEnded, stopped, timedOut };
