"use strict";

// What Redis, its client and BullMQ fail of, by our codes.

const { StoreError } = require("../../errors");
const { messageOf, read } = require("../../thrown");

const AUTH = /\b(NOAUTH|WRONGPASS|NOPERM)\b|invalid (username-)?password|AUTH .*(fail|called)/i;
const FULL = /\bOOM command not allowed|No space left on device/i;
const TLS = /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|EPROTO)/;

/** BullMQ's codes of a job whose lock is another's, or that is gone or over. */
const LATE = new Set([-1, -2, -3, -6]);

/** The lock is gone, or the job: what was to be said of it is of no use any more. */
function isLate(error) {
  return LATE.has(read(error, "code"));
}

const CONNECTION = /connect|socket|closed|timed? ?out|stream|sentinel|cluster|no answer|none of/i;

/** A script of BullMQ's found what it was given wrong. */
const IN_SCRIPT = /^ERR .*script/;

/** Redis or the way to it is at fault, and not what was asked of it. */
function isOutage(error) {
  const name = read(error, "name");
  const code = read(error, "code");
  if (IN_SCRIPT.test(messageOf(error))) {
    return false;
  }
  return (
    error instanceof StoreError ||
    name === "ReplyError" ||
    name === "ParserError" ||
    typeof code === "string" ||
    (typeof code !== "number" && CONNECTION.test(messageOf(error)))
  );
}

const REMEDIES = {
  ERR_STORE_AUTH: "does not take the user or password: see option store.redis",
  ERR_STORE_FULL: "has no room left: raise its maxmemory, or wait until requests are done",
  ERR_STORE_TLS: "cannot be reached by TLS: see rediss:// and its certificates",
  ERR_STORE_UNAVAILABLE: "cannot be reached; requests and answers are kept and sent later",
};

function codeOf(error) {
  const message = messageOf(error);
  if (AUTH.test(message)) {
    return "ERR_STORE_AUTH";
  }
  if (FULL.test(message)) {
    return "ERR_STORE_FULL";
  }
  return TLS.test(String(read(error, "code"))) ? "ERR_STORE_TLS" : "ERR_STORE_UNAVAILABLE";
}

/** A StoreError of what was thrown. */
function storeError(error) {
  if (error instanceof StoreError) {
    return error;
  }
  const code = codeOf(error);
  // Nothing listens at any address of the name: each has its own error.
  const reason = messageOf(error) || [...(read(error, "errors") ?? [])].map(messageOf).join(", ");
  return new StoreError(code, `Redis ${REMEDIES[code]} (${reason})`, { cause: error });
}

module.exports = { isLate, isOutage, storeError };
