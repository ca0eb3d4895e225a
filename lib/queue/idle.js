"use strict";

/** Who waits for a server's event `idle`. */
class Idle {
  #server;
  #promise = null;

  constructor(server) {
    this.#server = server;
  }

  /** Resolves at once where it is idle, else with the next event. */
  wait(isIdle) {
    if (isIdle) {
      return Promise.resolve();
    }
    // One promise for all calls: from the eleventh listener on, Node would warn of a leak.
    this.#promise ??= new Promise((resolve) => {
      this.#server.once("idle", () => {
        this.#promise = null;
        resolve();
      });
    });
    return this.#promise;
  }
}

module.exports = { Idle };
