"use strict";

// Chromium, of which a part of the tests, the demo and the benchmark make use. It is installed by root on Debian, and
// named elsewhere. All else goes on without it; in continuous integration (CI is set) it must be there.

const { findChromium } = require("../../lib/browser/chromium-binary");
const { installing } = require("../../lib/browser/search/installing");
const { SetupError, onPath, say } = require("./run");

/** Why there is none, with the remedy; null where there is one. */
function missing() {
  try {
    findChromium();
    return null;
  } catch (error) {
    return error;
  }
}

/** `install(packages)` gives why they cannot be installed, or null. */
function check(install) {
  let error = missing();
  if (!error) {
    return;
  }
  const { package: name } = installing();
  if (name && onPath("apt-get") && process.getuid() === 0 && error.isMissing) {
    say(`installing ${name} with apt-get, which takes 250 MB`);
    const reason = install([name]);
    error = missing();
    if (reason && error) {
      say(`${name} cannot be installed: ${reason}`);
    }
  }
  if (error && process.env.CI) {
    throw new SetupError(error.message);
  }
  if (error) {
    say(`what needs Chromium is left out, as ${error.problem}: ${error.remedy}`);
  }
}

module.exports = { check };
