"use strict";

// The browsers. A table of facts for each: see phantomjs.js and chromium.js.

/** By the name that option `browser` has; each is loaded when it is used. */
const KINDS = {
  phantomjs: () => require("./phantomjs").PHANTOMJS,
  chromium: () => require("./chromium").CHROMIUM,
};

/** The browser that the options name: see browser-options.js. */
function kindOf({ browser }) {
  return KINDS[browser]();
}

module.exports = { KINDS, kindOf };
