"use strict";

// The options that say which browser is used and what it is given. Engines and the standalone API have the same.

const { OptionRangeError, OptionTypeError } = require("./errors");
const { isAbsent, show } = require("./option-table");

const BROWSERS = ["phantomjs", "chromium"];
/** Says which browser a script runs on that does not say it itself. */
const VARIABLE = "PHANTOM_CLUSTER_BROWSER";
const ALLOWED = BROWSERS.map((name) => `"${name}"`).join(" or ");

/** `what` is the option, or the variable. */
function checkBrowser(what, value) {
  if (typeof value !== "string") {
    throw new OptionTypeError(`${what} must be ${ALLOWED}, not ${show(value)}`);
  }
  if (!BROWSERS.includes(value)) {
    const { didYouMean } = require("./nearest");
    throw new OptionRangeError(`${what} must be ${ALLOWED}, not ${show(value)}${didYouMean(value, BROWSERS)}`);
  }
  return value;
}

function readEndpoint(name, value) {
  if (typeof value !== "string") {
    // What it is may hold a token.
    throw new OptionTypeError(`option "${name}" must be a string, not of type ${typeof value}`);
  }
  const { endpointProblem } = require("./endpoint");
  const problem = endpointProblem(value);
  if (problem) {
    throw new OptionRangeError(`option "${name}" must be ${problem}`);
  }
  return value;
}

/** Rows of a table of options: see option-table.js. */
const BROWSER_OPTIONS = {
  browser: {
    read: (name, value) => checkBrowser(`option "${name}"`, value),
    fallback: () => checkBrowser(VARIABLE, process.env[VARIABLE] || BROWSERS[0]),
  },
  browserBinary: { kind: "string" },
  browserArguments: { kind: "strings", fallback: () => [] },
  browserEndpoint: { read: readEndpoint },
};

const isGiven = (value) => !isAbsent(value) && !(Array.isArray(value) && value.length === 0);

/** Options for Chromium while PhantomJS is what runs: somebody would look for their effect in vain. */
function refuseForPhantom(options) {
  for (const [name, instead] of [
    ["browserBinary", '; PhantomJS itself is named by option "phantomBinary"'],
    ["browserArguments", '; the switches of PhantomJS are for option "phantomArguments"'],
    ["browserEndpoint", ""],
  ]) {
    if (isGiven(options[name])) {
      throw new OptionRangeError(
        `option "${name}" is for Chromium: give option browser: "chromium" too, or ${VARIABLE}=chromium${instead}`,
      );
    }
  }
}

/**
 * Looks at those options together. `given` is what the user gave; `phantomNames` are the names of options by which
 * PhantomJS is named there.
 * @throws {OptionRangeError} two of them contradict each other
 */
function checkBrowserOptions(options, given, phantomNames) {
  if (options.browser === BROWSERS[0]) {
    refuseForPhantom(options);
    return;
  }
  for (const name of options.browserEndpoint ? ["browserBinary", "browserArguments"] : []) {
    if (isGiven(options[name])) {
      throw new OptionRangeError(
        `option "${name}" is for a Chromium that is started here, and option "browserEndpoint" names one that runs: leave one out`,
      );
    }
  }
  // An old script that runs on Chromium by the variable alone may go on naming its PhantomJS.
  const unused = isAbsent(given.browser) ? undefined : phantomNames.find((name) => !isAbsent(given[name]));
  if (unused) {
    const { warnOnce } = require("./warn");
    warnOnce(
      "PHANTOM_CLUSTER_OPTION_UNUSED",
      unused,
      `option "${unused}" names PhantomJS, and option browser is "${options.browser}": its binary is named by "browserBinary"`,
    );
  }
}

module.exports = { BROWSERS, BROWSER_OPTIONS, checkBrowserOptions };
