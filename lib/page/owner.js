"use strict";

const { AsyncLocalStorage } = require("node:async_hooks");

/**
 * What pages are used for; in a worker of a queued engine that is one request. It hears of what goes wrong with them.
 *
 * @typedef {object} Owner
 * @property {boolean} isOpen false when nobody waits for its outcome any more
 * @property {(page: { drop(): void }) => void} adopt a page was made for it; `drop()` closes that page
 * @property {(error: unknown) => void} fail code of its own has thrown
 * @property {(error: Error) => void} commandFailed a command failed, and its caller goes on without looking at that
 * @property {() => void} browserGone the worker's PhantomJS has ended, and with it all that the owner has there
 */

/** The owner whose code is running, callbacks and promises that it started included. */
const currentOwner = new AsyncLocalStorage();

module.exports = { currentOwner };
