// What the tests of phantom-cluster/phantom share.

import { create } from "../../phantom.js";

export const SILENT = { onStdout: () => {}, onStderr: () => {} };

/** Calls create() in callback style; resolves with all the callback got. */
export function created(...args) {
  return new Promise((resolve) => create(...args, (...values) => resolve(values)));
}

/** A listener for the end, and a list of what it got. */
export function listener() {
  const calls = [];
  const onExit = (...end) => calls.push(end);
  return { onExit, calls };
}
