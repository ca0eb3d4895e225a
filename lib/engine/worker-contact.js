"use strict";

// How a worker finds the engine that forked it. The variable has the authentication token: it is taken out of the
// environment at once, so that no process that the worker starts inherits it.

const VARIABLE = "PHANTOM_CLUSTER_WORKER";

function take() {
  const text = process.env[VARIABLE];
  delete process.env[VARIABLE];
  return text ? JSON.parse(text) : null;
}

/** `{ engine, address, token, fileTypes, binary, name }` in a worker of ours, null elsewhere. */
const contact = take();

let engines = 0;

/** The number of the next engine made in this process: the same script makes them in the same order everywhere. */
function nextEngine() {
  engines += 1;
  return engines - 1;
}

/** The environment of a worker of engine `engine`; `found` is its PhantomJS, `{ binary, name }`: what named it, or null. */
function environment(engine, native, found) {
  return { [VARIABLE]: JSON.stringify({ engine, ...native, ...found }) };
}

module.exports = { contact, nextEngine, environment };
