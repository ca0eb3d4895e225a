"use strict";

const { AsyncLocalStorage } = require("node:async_hooks");

/**
 * Whom a page works for. In a worker with a queue that is the request that its handler was given. The owner is told of
 * what goes wrong with its pages.
 *
 * @typedef {object} Owner
 * @property {boolean} isOpen false when it has ended already
 * @property {(page: { drop(): void }) => void} adopt a page was made for it; `drop()` closes that page
 * @property {(error: unknown) => void} fail its handler, or a callback of it, has thrown
 * @property {(error: Error) => void} commandFailed a command failed, and its caller goes on without looking at that
 * @property {() => void} browserGone the worker's PhantomJS has ended, and with it all that the owner has there
 */

/** The owner whose handler is running; callbacks and promises that the handler started have the same. */
const currentOwner = new AsyncLocalStorage();

module.exports = { currentOwner };
