"use strict";

// What is Chromium's own, beside where its binary is.

const { findChromium, nameOfChromium } = require("./chromium-binary");

const CHROMIUM = Object.freeze({
  name: "Chromium",
  /** The command that is answered at once by a browser that is not stuck. */
  status: "status",
  /** Functions that ran inside PhantomJS run in Node. */
  realm: true,
  /** No command keeps the browser from answering for another page. */
  computes: () => false,
  /** Whether an exit writes something. */
  keepsState: () => false,
  findBinary: ({ browserBinary }, known) => findChromium(browserBinary, known),
  nameOf: ({ browserBinary }) => nameOfChromium(browserBinary),
  /** Starts it; resolves with its pid. */
  launch: (native, { binary, browserArguments = [], startTimeout }) =>
    native.launchChromium({ binary, arguments: browserArguments, startTimeout, defaults: "{}" }),
  explainLaunch: (error) => error,
});

module.exports = { CHROMIUM };
