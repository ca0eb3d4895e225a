"use strict";

const { inspect } = require("node:util");
const { PageError } = require("../errors");

// The methods that wait, which PhantomJS's page has not.

/** A browser that knows how long a command may take answers in time itself; so long after, ms, it is given up. */
const GRACE = 1_000;
const LONGEST = 2 ** 31 - 1;
const MOMENTS = ["load", "domcontentloaded", "networkidle"];

function refuse(method, problem) {
  throw new PageError("ERR_PAGE_COMMAND", `${method}: ${problem}`);
}

function checkOptions(method, options, names) {
  if (typeof options !== "object" || options === null) {
    refuse(method, `the options must be an object, not ${inspect(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) {
      refuse(method, `there is no option "${name}", only ${names.join(", ")}`);
    }
  }
  const { timeout } = options;
  if (timeout !== undefined && !(Number.isInteger(timeout) && timeout > 0 && timeout <= LONGEST)) {
    refuse(method, `timeout must be a number of milliseconds, 1 or more, not ${inspect(timeout)}`);
  }
}

function checkGoto([url, options = {}]) {
  if (typeof url !== "string") {
    refuse("goto", `the address must be a string, not ${inspect(url)}`);
  }
  checkOptions("goto", options, ["waitUntil", "timeout"]);
  const { waitUntil = "load" } = options;
  if (!MOMENTS.includes(waitUntil)) {
    refuse("goto", `waitUntil must be one of "${MOMENTS.join('", "')}", not ${inspect(waitUntil)}`);
  }
}

function checkWaitFor([what, options = {}]) {
  if (typeof what !== "function" && (typeof what !== "string" || what.trim() === "")) {
    refuse("waitFor", `a selector or a function is wanted, not ${inspect(what)}`);
  }
  checkOptions("waitFor", options, ["timeout", "visible", "hidden"]);
  const { visible, hidden } = options;
  if (typeof what === "function" && (visible !== undefined || hidden !== undefined)) {
    refuse("waitFor", "visible and hidden are for a selector; a function sees to that itself");
  }
  if (visible && hidden) {
    refuse("waitFor", "nothing is visible and hidden at once");
  }
}

const limit = ([, { timeout }]) => timeout + GRACE;

/** The browsers need know no default, and JSON has no Infinity. */
const timeoutOf = ({ timeout }, { pageTimeout }) => Math.min(timeout ?? pageTimeout, LONGEST);

const goto = (encodeAddress) => ({
  encode(args, _hasCallback, target) {
    checkGoto(args);
    const [url, options = {}] = args;
    const { waitUntil = "load" } = options;
    return [encodeAddress(url), { waitUntil, timeout: timeoutOf(options, target) }];
  },
  limit,
});

const waitFor = {
  callbackAt: 1,
  encode(args, _hasCallback, target) {
    checkWaitFor(args);
    const [what, options = {}, ...given] = args;
    const { visible = false, hidden = false } = options;
    const question = typeof what === "function" ? { source: String(what), args: given } : { selector: what };
    return [question, { timeout: timeoutOf(options, target), visible, hidden }];
  },
  failed: false,
  limit,
};

module.exports = { goto, waitFor };
