"use strict";

// What users give Chromium: option browserArguments, and what their user's rights ask for.

const cluster = require("node:cluster");
const { OptionRangeError } = require("../errors");
const { warnOnce } = require("../warn");

const NO_SANDBOX = "--no-sandbox";
const PIPE = "it is spoken to over a pipe, as a port would take commands from any process: leave it out";
const ONCE = "it would do that and end: leave it out";

/** Switches that would take the browser away from us, and what to do instead. */
const REFUSED = {
  "remote-debugging-port": PIPE,
  "remote-debugging-address": PIPE,
  "remote-debugging-pipe": PIPE,
  "remote-debugging-io-pipes": PIPE,
  "user-data-dir":
    'each browser has a profile of its own that is removed with it: phantomArguments: ["--cookies-file=FILE"] keeps cookies',
  "single-process": "a page that crashes would end the browser and all other pages: leave it out",
  type: "it is for the processes that Chromium starts itself: leave it out",
  "dump-dom": ONCE,
  "print-to-pdf": ONCE,
  repl: ONCE,
  screenshot: ONCE,
  help: ONCE,
  version: ONCE,
  "product-version": ONCE,
};

function refuse(option, text) {
  throw new OptionRangeError(`option "${option}": ${text}`);
}

function check(option, argument) {
  // Chromium takes one dash as well, and all behind "--" for addresses to open.
  const [, name] = /^--?([^-=][^=]*)/.exec(argument) ?? [];
  if (name === undefined) {
    refuse(option, `"${argument}" is no switch of Chromium, which begin with --`);
  }
  if (Object.hasOwn(REFUSED, name)) {
    refuse(option, `--${name} cannot be given to Chromium, as ${REFUSED[name]}`);
  }
}

function warn(text) {
  // Workers are given what their primary was.
  if (!cluster.isWorker) {
    warnOnce("PHANTOM_CLUSTER_NO_SANDBOX", "", text);
  }
}

/**
 * The switches of Chromium that come of `browserArguments`. On Linux root gets `--no-sandbox`, without which Chromium ends
 * at once; of that, as of the switch itself, there is one warning. `option` is the option's name, `isRoot` is for tests.
 * @throws {OptionRangeError} ERR_INVALID_OPTION: one that would take the browser away from us, or that is no switch
 */
function chromiumArguments(
  browserArguments,
  { option = "browserArguments", isRoot = process.platform === "linux" && process.getuid() === 0 } = {},
) {
  for (const argument of browserArguments) {
    check(option, argument);
  }
  if (browserArguments.some((argument) => /^--?no-sandbox$/.test(argument))) {
    warn("Chromium runs without its sandbox (--no-sandbox): a page that takes it over has the rights of this user");
    return [...browserArguments];
  }
  if (isRoot) {
    warn(
      "Chromium runs without its sandbox, as root can have none: a page that takes it over is root; run as another user",
    );
    return [...browserArguments, NO_SANDBOX];
  }
  return [...browserArguments];
}

module.exports = { chromiumArguments };
