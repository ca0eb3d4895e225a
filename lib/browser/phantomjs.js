"use strict";

// What is PhantomJS's own, beside where its binary is. Another browser has its own such table.

const path = require("node:path");
const { explainLaunch, findBinary, nameOf } = require("./binary");

/** Runs inside PhantomJS. */
const DRIVER = path.join(__dirname, "..", "..", "driver", "main.js");
/** Commands that run for as long as what they start does: scripts of the page, or drawing it. */
const COMPUTES = /^(evaluate|invoke|includeJs|injectJs|pdf|render|sendEvent|setContent|waitFor)/;
/** Switches that make PhantomJS write something when it exits. Without one it is ended at once: its exit takes 200 ms. */
const KEEPS_STATE = /^--(cookies-file|config|disk-cache|local-storage-path|offline-storage-path)\b/;

const PHANTOMJS = Object.freeze({
  name: "PhantomJS",
  /** The command that is answered at once by a browser that is not stuck. */
  status: "status",
  /** Functions inside PhantomJS run there. */
  realm: false,
  /** A PDF comes as a file only. */
  givesBytes: false,
  /** Whether `method` may keep the browser from answering anything else. */
  computes: (method) => COMPUTES.test(method),
  /** How it has ended: its process exits with the code that it is told. */
  endOf: (how) => how,
  /** Whether an exit writes something. */
  keepsState: (switches) => switches.some((given) => KEEPS_STATE.test(given)),
  /** `known`: what was found before, see binary.js. `phantomOption` is the option's name, where it is another. */
  findBinary: ({ phantomBinary, phantomOption: option }, known) => findBinary(phantomBinary, { option, ...known }),
  /** What names the binary, or null when it is to be looked for. */
  nameOf: ({ phantomBinary }) => nameOf(phantomBinary),
  /** It says itself, when it starts, which switches it does not know. */
  check: () => {},
  /** Starts it; resolves with its pid. */
  launch: (native, { binary, phantomArguments, basePort, fileTypes, startTimeout, silenceLimit }) =>
    native.launchPhantom({
      binary,
      arguments: phantomArguments,
      driver: DRIVER,
      fileTypes,
      basePort,
      startTimeout,
      silenceLimit,
    }),
  explainLaunch,
  /** A worker, process `pid`, was killed: it has left nothing of a PhantomJS. */
  workerKilled: () => {},
});

module.exports = { PHANTOMJS };
