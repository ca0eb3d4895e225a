"use strict";

const cluster = require("node:cluster");
require("./lib/native/addon");
const {
  EngineError,
  ItemError,
  OptionRangeError,
  OptionTypeError,
  PageError,
  PhantomClusterError,
  PhantomError,
  RequestError,
  StoreError,
} = require("./lib/errors");

/** A server in a cluster primary, a client in a worker: the same script runs in both. */
function create(options) {
  return cluster.isPrimary ? new CLASSES.PhantomClusterServer(options) : new CLASSES.PhantomClusterClient(options);
}

/** As `create`, with a queue. */
function createQueued(options) {
  return cluster.isPrimary
    ? new CLASSES.PhantomQueuedClusterServer(options)
    : new CLASSES.PhantomQueuedClusterClient(options);
}

// Shorthand names only: Node finds a CommonJS module's names for `import { … }` by reading this very statement.
module.exports = {
  create,
  createQueued,
  PhantomClusterError,
  EngineError,
  PhantomError,
  PageError,
  ItemError,
  StoreError,
  RequestError,
  OptionTypeError,
  OptionRangeError,
};

// And these. A process needs one half of an engine; the other, which costs a worker milliseconds of its start, is loaded
// only for who asks for it.
module.exports.PhantomClusterServer = null;
module.exports.PhantomClusterClient = null;
module.exports.PhantomClusterWorker = null;
module.exports.PhantomQueuedClusterServer = null;
module.exports.PhantomQueuedClusterClient = null;
module.exports.PhantomQueuedClusterWorker = null;
module.exports.QueueItem = null;

const CLASSES = {
  get PhantomClusterServer() {
    return require("./lib/engine/server").PhantomClusterServer;
  },
  get PhantomClusterClient() {
    return require("./lib/engine/client").PhantomClusterClient;
  },
  get PhantomQueuedClusterServer() {
    return require("./lib/queue/server").PhantomQueuedClusterServer;
  },
  get PhantomQueuedClusterClient() {
    return require("./lib/queue/client").PhantomQueuedClusterClient;
  },
  // The names 0.1.x had for the clients.
  get PhantomClusterWorker() {
    return CLASSES.PhantomClusterClient;
  },
  get PhantomQueuedClusterWorker() {
    return CLASSES.PhantomQueuedClusterClient;
  },
  get QueueItem() {
    return require("./lib/queue/item").QueueItem;
  },
};

for (const name of Object.keys(CLASSES)) {
  const define = (descriptor) =>
    Object.defineProperty(module.exports, name, { ...descriptor, enumerable: true, configurable: true });
  define({ get: () => CLASSES[name], set: (value) => define({ value, writable: true }) });
}
