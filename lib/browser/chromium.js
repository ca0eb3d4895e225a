"use strict";

// What is Chromium's own, beside where its binary is.

const cluster = require("node:cluster");
const { chromiumArguments } = require("./chromium-arguments");
const { findChromium, nameOfChromium } = require("./chromium-binary");
const { readSwitches } = require("./phantom-switches");
const { explainChromium } = require("./explain-chromium");
const { warnOnce } = require("../warn");

/** SIGHUP, SIGINT and SIGTERM: it closes its windows, and exits by itself. */
const ENDED_BY_SIGNAL = { "code 129": "signal 1", "code 130": "signal 2", "code 143": "signal 15" };

/** What the switches of both browsers come to: Chromium's own, and what pages are like at first. */
function settingsOf({ phantomArguments = [], browserArguments = [], switchesOption }) {
  const own = chromiumArguments(browserArguments);
  const { arguments: meant, defaults } = readSwitches(phantomArguments, { option: switchesOption });
  return { arguments: [...meant, ...own], defaults };
}

/** Of a browser that was started by others only pages can be told how they are to be. */
function defaultsElsewhere({ phantomArguments = [], switchesOption: option }) {
  const { arguments: meant, defaults } = readSwitches(phantomArguments, { option });
  const { proxy, ignoreSslErrors, ...held } = defaults;
  // Workers are given what their primary was.
  if (!cluster.isWorker && (proxy || ignoreSslErrors || meant.includes("--proxy-server=direct://"))) {
    warnOnce(
      "PHANTOM_CLUSTER_SWITCH_IGNORED",
      "browserEndpoint",
      `${option ?? "phantomArguments"}: --proxy and --ignore-ssl-errors have no effect on a browser that runs elsewhere ` +
        "(browserEndpoint): give them to that browser when it is started",
    );
  }
  return held;
}

/** Connects to one that runs elsewhere. It has no pid here. */
async function connect(native, { browserEndpoint, startTimeout, ...options }) {
  const defaults = defaultsElsewhere(options);
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
  /** It exits with 0 whenever it is told to, where `code` was asked for; and with these where a signal ends it. */
  endOf: (how, code) => ({ "code 0": `code ${code}`, ...ENDED_BY_SIGNAL })[how] ?? how,
  /** Whether an exit writes something. */
  keepsState: (switches = []) => switches.some((given) => /^--(cookies-file|config)\b/.test(given)),
  /** Null where it runs elsewhere. `known`: what was found before, see chromium-binary.js. */
  findBinary: ({ browserBinary, browserEndpoint }, known) =>
    browserEndpoint ? null : findChromium(browserBinary, known),
  /** What names the binary, or null when it is to be looked for. */
  nameOf: ({ browserBinary }) => nameOfChromium(browserBinary),
  /** Throws where switches are none, and warns of what has no effect. */
  check: (options) => {
    if (options.browserEndpoint) {
      defaultsElsewhere(options);
    } else {
      settingsOf(options);
    }
  },
  /** Starts it, or connects to it; resolves with its pid, or null. */
  launch: async (native, { binary, startTimeout, ...options }) => {
    if (options.browserEndpoint) {
      return connect(native, { startTimeout, ...options });
    }
    const { arguments: switches, defaults: given } = settingsOf(options);
    const defaults = JSON.stringify({ ...given, isolate: options.isolate });
    return native.launchChromium({ binary, arguments: switches, startTimeout, defaults });
  },
  explainLaunch: explainChromium,
  /** A worker, process `pid`, was killed. */
  workerKilled: (pid) => require("./profiles").removeEmptyProfiles(pid),
});

module.exports = { CHROMIUM };
