"use strict";

// A request as BullMQ's job, and back. The job's data is the request itself, so that any producer can add one and every
// board shows it. What else we know of it is in the job's options, under one name of ours: BullMQ keeps options that it
// does not know, and nobody takes them for a part of the request.

const { createHash } = require("node:crypto");
const { OptionRangeError } = require("../../errors");
const { fromWire } = require("../../failure");
const { describe } = require("../../thrown");

const NAME = "request";
const FIELD = "phantomCluster";

/** Ours is 0 in the middle, higher first; BullMQ's is 1 to 2,097,151, lower first, and 0, for none, before all. */
const MIDDLE = 2 ** 20;
const HIGHEST = MIDDLE - 1;

/** Ended jobs are kept so long, s, for those who ask late, and failed ones for those who look why. */
const KEEP_DONE = 3_600;
const KEEP_FAILED = 7 * 24 * 3_600;

function toBullPriority(priority) {
  if (priority > HIGHEST || priority < -HIGHEST) {
    throw new OptionRangeError(
      `option "priority" must be an integer from ${-HIGHEST} to ${HIGHEST} with store.redis, not ${priority}`,
    );
  }
  return MIDDLE - priority;
}

/** One without a priority is before all others in BullMQ. */
const fromBullPriority = (priority) => MIDDLE - (priority || 0);

/** BullMQ takes no integer for an id, and no colon in it. */
const idOfKey = (key) => `key-${createHash("sha256").update(key).digest("base64url")}`;

const written = (limit) => (limit === Number.POSITIVE_INFINITY ? "Infinity" : limit);

/**
 * A job's options. `by` is the primary, `nonce` this very request; the rest is what `enqueue()` was given, so that what
 * it was not given is up to the primary that takes the job.
 */
function optionsOf({ jobId, by, nonce, priority, timeout, maxAttempts, maxCrashes, key }, keep) {
  return {
    jobId,
    priority: toBullPriority(priority),
    removeOnComplete: { age: KEEP_DONE, count: keep },
    removeOnFail: { age: KEEP_FAILED, count: keep },
    [FIELD]: {
      by,
      request: nonce,
      key,
      timeout: written(timeout),
      maxAttempts: written(maxAttempts),
      maxCrashes: written(maxCrashes),
    },
  };
}

/** What `enqueue()` of the primary that takes the job is given: `{ isOurs, nonce, options }`. */
function readJob({ opts, priority }) {
  const field = opts?.[FIELD];
  const isOurs = typeof field === "object" && field !== null;
  const { request: nonce, timeout, maxAttempts, maxCrashes } = isOurs ? field : {};
  return { isOurs, nonce, options: { timeout, maxAttempts, maxCrashes, priority: fromBullPriority(priority) } };
}

/**
 * An error as BullMQ stores it, by message and stack; the first line of the stack has name and code, as Node writes them.
 * `isFinal`: BullMQ does not try again.
 */
function toBullError(thrown, isFinal) {
  const { name, message, stack, code } = describe(thrown);
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const error = new Error(message);
  error.stack = [`${name}${code === undefined ? "" : ` [${code}]`}: ${message}`, ...frames].join("\n");
  error.name = isFinal ? "UnrecoverableError" : name;
  return error;
}

/** The error of a failed job. */
function fromBullError({ failedReason, stacktrace }) {
  const stack = stacktrace?.at(-1) ?? `Error: ${failedReason}`;
  const [, name = "Error", code] = /^([\w$.]+)(?: \[([^\]\n]+)\])?: /.exec(stack) ?? [];
  return fromWire(JSON.stringify({ name, message: failedReason ?? "", stack, code }));
}

module.exports = { NAME, fromBullError, idOfKey, optionsOf, readJob, toBullError, toBullPriority };
