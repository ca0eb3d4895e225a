"use strict";

const LEVELS = ["debug", "info", "warn", "error"];

/** The user's `logger`, as npm `phantom` 2 to 6 wrote to it: a level that it has no function for is left out. */
class UserLog {
  #logger;
  #least;

  /** Without a `logLevel` a logger of the user's own hears all, and the console what matters. */
  constructor({ logger, logLevel }) {
    this.#logger = logger;
    this.#least = LEVELS.indexOf(logLevel ?? (logger ? "debug" : "info"));
  }

  isHeard(level) {
    return LEVELS.indexOf(level) >= this.#least;
  }

  /** False when there is no logger that hears it. */
  write(level, ...texts) {
    if (!this.isHeard(level) || typeof this.#logger?.[level] !== "function") {
      return false;
    }
    this.#logger[level](...texts);
    return true;
  }

  /** Hears of commands and replies, where somebody wants to. */
  get commands() {
    if (!this.isHeard("debug") || typeof this.#logger?.debug !== "function") {
      return {};
    }
    return {
      onCommand: (json) => this.write("debug", "Sending: %s", json),
      onReply: (json) => this.write("debug", "Parsing: %s", json),
    };
  }
}

module.exports = { LEVELS, UserLog };
