"use strict";

// `require("system")` of functions inside PhantomJS (https://phantomjs.org/api/system/). Runs inside the realm.

const host = require("host");
const { Refusal } = require("./errors");

function refuseInput() {
  throw new Refusal("unsupported operation", "a function inside PhantomJS has no standard input here: read it in Node");
}

function output(stream) {
  return {
    write: (text) => host.print(stream, String(text)),
    writeLine: (text) => host.print(stream, `${text}\n`),
    flush: () => undefined,
    close: () => undefined,
  };
}

/** Made when somebody asks for it: the environment is what it is then. */
function makeSystem() {
  return {
    ...JSON.parse(host.system()),
    isSSLSupported: true,
    platform: "phantomjs",
    stdin: { read: refuseInput, readLine: refuseInput, atEnd: refuseInput },
    stdout: output("stdout"),
    stderr: output("stderr"),
  };
}

module.exports = { makeSystem };
