"use strict";

// The browsers that the command line knows, and which of them it was told to use.

const { BROWSERS, BROWSER_OPTIONS } = require("../lib/browser-options");
const { didYouMean } = require("../lib/nearest");
const { CommandError } = require("./command-error");

const NAMES = { phantomjs: "PhantomJS", chromium: "Chromium" };

/** The browser of `--browser`, else that of the environment, else PhantomJS. */
function readBrowser(text) {
  if (text !== undefined && !BROWSERS.includes(text)) {
    throw new CommandError(`--browser must be ${BROWSERS.join(" or ")}, not "${text}"${didYouMean(text, BROWSERS)}`);
  }
  try {
    return text ?? BROWSER_OPTIONS.browser.fallback();
  } catch (error) {
    throw new CommandError(error.message);
  }
}

/** `{ file, version }` of that browser, or `{ problem, remedy }`. */
function findBrowser(browser) {
  return browser === "chromium" ? require("./chromium").findChromium() : require("./phantom").findPhantom();
}

module.exports = { NAMES, findBrowser, readBrowser };
