"use strict";

const { PhantomError } = require("../errors");

/** "code 1", or "signal 9: it did not answer for 2000 ms" where it was ended for that. */
function describeEnd({ how, why }) {
  return why ? `${how}: ${why}` : how;
}

/** The error of command `method` when `browser`, a name, is gone; `exit` is its end, if it is known. */
function goneError(browser, method, exit) {
  const how = exit ? ` (${describeEnd(exit)})` : "";
  return new PhantomError("ERR_BROWSER_GONE", `${method}: ${browser} is gone${how}`);
}

module.exports = { describeEnd, goneError };
