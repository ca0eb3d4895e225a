"use strict";

// The object `phantom` of functions inside PhantomJS (https://phantomjs.org/api/phantom/). Runs inside the realm.

const host = require("host");
const { PHANTOM_METHODS, PHANTOM_PROPERTIES } = require("../names");
const { call } = require("./browser");
const { Refusal } = require("./errors");
const { report } = require("./events");
const { fs, workingDirectory } = require("./files");
const { create } = require("./pages");
const { Callback } = require("./values");

function refuse(name, remedy) {
  return () => {
    throw new Refusal("unsupported operation", `phantom.${name} is PhantomJS's own: ${remedy}`);
  };
}

/** The whole of a script in the globals, as a program's. */
function inject(file) {
  const places = [workingDirectory.absolute(file), fs.join(phantom.libraryPath, String(file))];
  const place = places.find((each) => fs.isFile(each) && fs.isReadable(each));
  if (place) {
    try {
      host.run(fs.read(place), place);
    } catch (error) {
      report(error);
    }
  }
  return place !== undefined;
}

const phantom = {
  args: [],
  libraryPath: workingDirectory.path,
  onError: undefined,
  outputEncoding: "UTF-8",
  page: undefined,
  remoteDebugPort: -1,
  scriptName: JSON.parse(host.system()).args[0] ?? "",
  version: { major: 2, minor: 1, patch: 1 },
  webdriverMode: false,

  callback: (fn) => new Callback(String(fn)),
  createWebPage: create,
  debugExit: (code) => host.exit(Number(code) || 0),
  exit: (code) => host.exit(Number(code) || 0),
  fullyDecodeUrl: (url) => host.address("decode", String(url), ""),
  injectJs: inject,
  loadModule: refuse("loadModule", "load a script by phantom.injectJs(file)"),
  resolveRelativeUrl: (url, base) => host.address("resolve", String(url), String(base)),
};

for (const name of PHANTOM_METHODS) {
  phantom[name] = (...args) => call(0, name, args);
}

for (const name of PHANTOM_PROPERTIES) {
  Object.defineProperty(phantom, name, {
    configurable: true,
    get: () => call(0, "get", [name]),
    set: (value) => void call(0, "set", [name, value]),
  });
}

Object.defineProperty(globalThis, "phantom", { value: phantom, writable: true, configurable: true, enumerable: false });

module.exports = { phantom };
