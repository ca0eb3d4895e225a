"use strict";

// NODE_DEBUG=phantom-cluster logs what happens to engines, workers and PhantomJS; phantom-cluster:items what happens to
// each request. Rust writes all lines (src/logging.rs), its own and those of here, in one format.

const cluster = require("node:cluster");
const { debuglog } = require("node:util");
const { NativeLog, LogLevel } = require("./addon");

const engine = debuglog("phantom-cluster").enabled;
const items = debuglog("phantom-cluster:items").enabled;
const role = cluster.isWorker ? `worker ${cluster.worker.id}` : "primary";
const native = engine || items ? new NativeLog(engine, items, role) : null;

/** `{ item, ...fields }` as "name=value", the way Rust writes its own. */
function write(level, message, { item, ...fields } = {}) {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  const texts = given.map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  native.write(level, item, message + texts.join(""));
}

const at = (level) => (message, fields) => write(level, message, fields);

/**
 * A function for each level that is logged; the others are undefined, so that `log.trace?.(…)` costs nothing, not even
 * its arguments. `trace` is for what happens to each request.
 */
const log = {
  ...(engine && {
    error: at(LogLevel.Error),
    warn: at(LogLevel.Warn),
    info: at(LogLevel.Info),
    debug: at(LogLevel.Debug),
  }),
  ...(items && { trace: at(LogLevel.Trace) }),
};

module.exports = { log };
