"use strict";

// npm packages `bullmq` and `ioredis`, which only those have who share a queue. BullMQ leaves the choice of its client to
// whoever installs it, so its own `ioredis` is taken where there is one.

const { createRequire } = require("node:module");
const { StoreError } = require("../../errors");
const { messageOf } = require("../../thrown");

const INSTALL = "npm install bullmq ioredis";

function missing(name, error) {
  const reason = error.code === "MODULE_NOT_FOUND" ? "is not installed" : `cannot be loaded (${messageOf(error)})`;
  const message = `option "store.redis" needs npm package ${name}, which ${reason}: run "${INSTALL}"`;
  return new StoreError("ERR_STORE_MISSING", message, { cause: error });
}

/** Where the user's script is, for a package that is installed beside it and not beside this one. */
const places = () => [__filename, require.main?.filename, `${process.cwd()}/`].filter(Boolean);

function find(name, from) {
  let first;
  for (const place of from) {
    try {
      return createRequire(place).resolve(name);
    } catch (error) {
      first ??= error;
    }
  }
  throw missing(name, first);
}

function load(name, file) {
  try {
    return require(file);
  } catch (error) {
    throw missing(name, error);
  }
}

/**
 * `{ bullmq, Redis }`.
 * @throws {StoreError} ERR_STORE_MISSING
 */
function loadClients() {
  const file = find("bullmq", places());
  const bullmq = load("bullmq", file);
  if (typeof bullmq.QueueEventsProducer !== "function" || typeof bullmq.Worker !== "function") {
    throw missing("bullmq", new Error("its version is too old, 6 is needed"));
  }
  const ioredis = load("ioredis", find("ioredis", [file, ...places()]));
  return { bullmq, Redis: ioredis.default ?? ioredis };
}

module.exports = { loadClients };
