"use strict";

/** The target of a handle; undefined for anything else. */
let targetOf;

/**
 * What users hold of something in PhantomJS: base of `ph` and `page`. What is ours is kept in its target, where no name
 * of the user's can meet it: see session.js and page-target.js. A target has `owner` and `isOfWorker`, and runs
 * commands: `command(method, args, call)`.
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
