"use strict";

/**
 * A live, read-only array: `length` costs one call, anything else a look at the whole.
 * @param {() => number} length
 * @param {() => unknown[]} contents
 */
function liveArray(length, contents) {
  const refresh = (target) => {
    target.splice(0, target.length, ...contents());
    return target;
  };
  const refuse = () => {
    throw new TypeError("this list is a view of the engine's own; use the engine's methods to change it");
  };
  return new Proxy([], {
    get: (target, key) => (key === "length" ? length() : Reflect.get(refresh(target), key)),
    has: (target, key) => Reflect.has(refresh(target), key),
    ownKeys: (target) => Reflect.ownKeys(refresh(target)),
    getOwnPropertyDescriptor: (target, key) => Reflect.getOwnPropertyDescriptor(refresh(target), key),
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
  });
}

module.exports = { liveArray };
