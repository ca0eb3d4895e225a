"use strict";

// What is left of Chromium's profiles. A profile goes with its browser, or by a guardian that outlives the worker
// (src/process/guardian.rs). A worker that is killed between making the directory and starting the guardian leaves it empty.

const fs = require("node:fs");
const path = require("node:path");

/** The name that src/browser/chromium/profile.rs gives, up to its digits by chance. */
const nameOf = (pid) => `phantom-cluster-chromium-${pid}-`;
/** The temporary directory as Rust has it. */
const temporary = () => process.env.TMPDIR || "/tmp";

/** Removes the empty profiles of a worker that was killed; one that is not empty has a guardian. */
function removeEmptyProfiles(pid) {
  const folder = temporary();
  let names = [];
  try {
    names = fs.readdirSync(folder).filter((name) => name.startsWith(nameOf(pid)));
  } catch {
    // Without it there is nothing to remove.
  }
  for (const name of names) {
    try {
      fs.rmdirSync(path.join(folder, name));
    } catch {
      // It is not empty, or gone.
    }
  }
}

module.exports = { removeEmptyProfiles };
