"use strict";

/** The target of a handle; undefined for anything else. */
let targetOf;

/**
 * The base of `ph` and `page`, which users hold. Everything internal is in the handle's target, so that no property that
 * a user adds can collide with it. Targets are in session.js and page-target.js: they have `owner` and `isOfWorker`, and
 * run commands by `command(method, args, call)`.
 */
class Handle {
  #target;

  constructor(target) {
    this.#target = target;
  }

  static {
    targetOf = (handle) =>
      typeof handle === "object" && handle !== null && #target in handle ? handle.#target : undefined;
  }
}

module.exports = { Handle, targetOf };
