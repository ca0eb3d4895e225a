"use strict";

// What is Chromium's own, beside where its binary is.

const { chromiumArguments } = require("./chromium-arguments");
const { findChromium, nameOfChromium } = require("./chromium-binary");
const { readSwitches } = require("./phantom-switches");
const { explainChromium } = require("./explain-chromium");

/** What the switches of both browsers come to: Chromium's own, and what pages are like at first. */
function settingsOf({ phantomArguments = [], browserArguments = [], switchesOption }) {
  const own = chromiumArguments(browserArguments);
  const { arguments: meant, defaults } = readSwitches(phantomArguments, { option: switchesOption });
  return { arguments: [...meant, ...own], defaults };
}

/** Connects to one that runs elsewhere. It has no pid here. */
async function connect(native, { browserEndpoint, phantomArguments = [], switchesOption, startTimeout }) {
  const { defaults } = readSwitches(phantomArguments, { option: switchesOption });
  await native.connectChromium({ endpoint: browserEndpoint, startTimeout, defaults: JSON.stringify(defaults) });
  return null;
}

const CHROMIUM = Object.freeze({
  name: "Chromium",
  /** The command that is answered at once by a browser that is not stuck. */
  status: "status",
  /** Functions that ran inside PhantomJS run in Node. */
  realm: true,
  /** A PDF comes as bytes. */
  givesBytes: true,
  /** No command keeps the browser from answering for another page. */
  computes: () => false,
  /** Whether an exit writes something. */
  keepsState: () => false,
  /** Null where it runs elsewhere. `known`: what was found before, see chromium-binary.js. */
  findBinary: ({ browserBinary, browserEndpoint }, known) =>
    browserEndpoint ? null : findChromium(browserBinary, known),
  /** What names the binary, or null when it is to be looked for. */
  nameOf: ({ browserBinary }) => nameOfChromium(browserBinary),
  /** Throws where switches are none, and warns of what has no effect. */
  check: (options) => {
    if (!options.browserEndpoint) {
      settingsOf(options);
    }
  },
  /** Starts it, or connects to it; resolves with its pid, or null. */
  launch: async (native, { binary, startTimeout, ...options }) => {
    if (options.browserEndpoint) {
      return connect(native, { startTimeout, ...options });
    }
    const { arguments: switches, defaults } = settingsOf(options);
    return native.launchChromium({ binary, arguments: switches, startTimeout, defaults: JSON.stringify(defaults) });
  },
  explainLaunch: explainChromium,
});

module.exports = { CHROMIUM };
