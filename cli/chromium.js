"use strict";

// Finds Chromium and tries it, without the addon.

const { findChromium: find } = require("../lib/browser/chromium-binary");
const { librariesRemedy } = require("../lib/browser/explain-chromium");
const { execute, missingLibraries, missingText, startProblem } = require("./programs");

/** Chrome on Windows opens a window in place of saying its version. */
const SAYS_VERSION = process.platform !== "win32";

const ON_FAILURE = {
  browser: "Chromium",
  remedy: "name a Chromium that is built for this system in CHROME_PATH",
};

/** `{ file, version }`, or `{ problem, remedy }`, with `file` when one was found, and `libraries` when it misses some. */
async function findChromium() {
  let file;
  try {
    file = find();
  } catch (error) {
    return { problem: error.problem, remedy: error.remedy };
  }
  if (!SAYS_VERSION) {
    return { file, version: "" };
  }
  const result = await execute(file, ["--version"]);
  const [version] = /\d+(\.\d+){2,}/.exec(result.stdout) ?? [];
  if (!result.error && version) {
    return { file, version };
  }
  const libraries = await missingLibraries(file, result.stderr);
  if (libraries.length > 0) {
    return { file, problem: missingText("Chromium", libraries), remedy: librariesRemedy(libraries), libraries };
  }
  return { file, ...startProblem(file, result, ON_FAILURE) };
}

module.exports = { findChromium };
