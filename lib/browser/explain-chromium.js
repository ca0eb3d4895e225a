"use strict";

// Why Chromium does not start, with what to do about it on this system.

const { refusal } = require("./executable");

const LIBRARY = /error while loading shared libraries: ([^:\s]+)/;

/** What to do about shared libraries that are missing. `system` is for tests: see installing.js. */
function librariesRemedy(libraries, system) {
  const { distribution, packageCommand } = require("./search/installing");
  const packages = require("./chromium-libraries.json");
  const known = libraries.map((library) => packages[library.split(".so")[0]]);
  const command = known.includes(undefined) ? null : packageCommand(known, distribution(system?.osRelease), system);
  return command ? `run "${command}"` : `install the packages that have ${libraries.join(", ")}`;
}

/** The error of a launch, with the file's own reason where it has one. */
function explainChromium(error, binary) {
  const code = error.code === "ERR_PHANTOM_BINARY" ? "ERR_BROWSER_BINARY" : error.code;
  const [, library] = LIBRARY.exec(error.message) ?? [];
  if (library) {
    const remedy = librariesRemedy([library]);
    return refusal(code, error.message, `${remedy}; "npx phantom-cluster doctor" names all that are missing`, error);
  }
  // Without a binary it runs elsewhere, and the error says all.
  if (!binary || !/^ERR_PHANTOM_/.test(error.code)) {
    return error;
  }
  const { whyUnrunnable } = require("./unrunnable");
  const why = whyUnrunnable(binary, { failed: true, browser: "Chromium" });
  if (why) {
    return refusal("ERR_BROWSER_BINARY", why.problem, why.remedy, error);
  }
  return code === error.code ? error : refusal(code, error.message, 'option "browserBinary" names another', error);
}

module.exports = { explainChromium, librariesRemedy };
