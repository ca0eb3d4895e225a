"use strict";

const cluster = require("node:cluster");
require("./lib/addon");
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

/** A server in a cluster primary, a client in a worker: the same script runs in both. */
function create(options) {
  const { PhantomClusterServer, PhantomClusterClient } = CLASSES;
  return new (cluster.isPrimary ? PhantomClusterServer() : PhantomClusterClient())(options);
}

/** As `create`, with a queue. */
function createQueued(options) {
  const { PhantomQueuedClusterServer, PhantomQueuedClusterClient } = CLASSES;
  return new (cluster.isPrimary ? PhantomQueuedClusterServer() : PhantomQueuedClusterClient())(options);
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
  PhantomClusterServer: () => require("./lib/server").PhantomClusterServer,
  PhantomClusterClient: () => require("./lib/client").PhantomClusterClient,
  PhantomQueuedClusterServer: () => require("./lib/queued-server").PhantomQueuedClusterServer,
  PhantomQueuedClusterClient: () => require("./lib/queued-client").PhantomQueuedClusterClient,
  // The names 0.1.x had for the clients.
  PhantomClusterWorker: () => CLASSES.PhantomClusterClient(),
  PhantomQueuedClusterWorker: () => CLASSES.PhantomQueuedClusterClient(),
  QueueItem: () => require("./lib/queue-item").QueueItem,
};

for (const [name, load] of Object.entries(CLASSES)) {
  const define = (descriptor) =>
    Object.defineProperty(module.exports, name, { ...descriptor, enumerable: true, configurable: true });
  define({ get: load, set: (value) => define({ value, writable: true }) });
}
