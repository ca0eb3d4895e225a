"use strict";

// What a worker has to say of mistakes that look like a hang. The first two go to its primary, as all workers make them.

const cluster = require("node:cluster");

function unanswered({ item, outcome: { value }, published }) {
  const answer = published ? "this.queueItemResponse(value)" : "item.finish(value)";
  const returned = value === undefined ? "" : ` (what it returned, of type ${typeof value}, is none)`;
  return {
    code: "PHANTOM_CLUSTER_NO_ANSWER",
    message:
      `the handler of request ${item.id} ended without an answer${returned}, and the request timed out: ` +
      `answer by ${answer}`,
  };
}

function twoHandlers() {
  return {
    code: "PHANTOM_CLUSTER_TWO_HANDLERS",
    message:
      'the worker has listeners for both "request" and "queueItemReady": all requests go to "request", so remove the other',
  };
}

/** Of a process that no engine has forked: a client there waits for ever. */
function warnOfNoEngine() {
  const { warnOnce } = require("../warn");
  const where = cluster.isWorker
    ? "this process is a worker of another cluster (pm2 in cluster mode, or one of your own), where createQueued() gives a client"
    : "a client was made by hand, in a process that no engine has forked";
  const remedy = cluster.isWorker
    ? "make the engine in a primary process, under pm2 with exec_mode: fork"
    : "createQueued() in a primary process forks its workers by itself";
  warnOnce("PHANTOM_CLUSTER_NO_ENGINE", "", `${where} that gets no requests; ${remedy}`);
}

module.exports = { twoHandlers, unanswered, warnOfNoEngine };
