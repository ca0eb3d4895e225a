"use strict";

const cluster = require("node:cluster");
const { PhantomClusterClient } = require("./lib/client");
const {
  EngineError,
  ItemError,
  OptionRangeError,
  OptionTypeError,
  PageError,
  PhantomClusterError,
  PhantomError,
  RequestError,
} = require("./lib/errors");
const { PhantomQueuedClusterClient } = require("./lib/queued-client");
const { PhantomQueuedClusterServer } = require("./lib/queued-server");
const { QueueItem } = require("./lib/queue-item");
const { PhantomClusterServer } = require("./lib/server");

/** A server in a cluster primary, a client in a worker: the same script runs in both. */
function create(options) {
  return cluster.isPrimary ? new PhantomClusterServer(options) : new PhantomClusterClient(options);
}

/** As `create`, with a queue. */
function createQueued(options) {
  return cluster.isPrimary ? new PhantomQueuedClusterServer(options) : new PhantomQueuedClusterClient(options);
}

// The names 0.1.x had for the clients.
const PhantomClusterWorker = PhantomClusterClient;
const PhantomQueuedClusterWorker = PhantomQueuedClusterClient;

// Shorthand names only: Node finds a CommonJS module's names for `import { … }` by reading this very statement.
module.exports = {
  create,
  createQueued,
  PhantomClusterServer,
  PhantomClusterClient,
  PhantomClusterWorker,
  PhantomQueuedClusterServer,
  PhantomQueuedClusterClient,
  PhantomQueuedClusterWorker,
  QueueItem,
  PhantomClusterError,
  EngineError,
  PhantomError,
  PageError,
  ItemError,
  RequestError,
  OptionTypeError,
  OptionRangeError,
};
