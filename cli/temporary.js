"use strict";

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { exitCodeOf, onSignals } = require("./signals");

/**
 * Gives what `body(folder)` resolves with, a folder that is removed behind it: by a signal, too, which ends this process
 * by an exit, so that others remove what they have made as well.
 */
async function withFolder(body) {
  const end = (signal) => process.exit(exitCodeOf(signal));
  const release = onSignals(end, end);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "phantom-cluster-doctor-"));
  const remove = () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.once("exit", remove);
  try {
    return await body(folder);
  } finally {
    release();
    process.off("exit", remove);
    remove();
  }
}

module.exports = { withFolder };
