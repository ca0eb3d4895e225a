"use strict";

// The browsers. A table of facts for each: see phantomjs.js and chromium.js.

/** By the name that option `browser` has; each is loaded when it is used. */
const KINDS = {
  phantomjs: () => require("./phantomjs").PHANTOMJS,
  chromium: () => require("./chromium").CHROMIUM,
};

/** The browser that the options name. */
function kindOf({ browser = "phantomjs" }) {
  return KINDS[browser]();
}

module.exports = { kindOf, BROWSERS: Object.keys(KINDS) };
