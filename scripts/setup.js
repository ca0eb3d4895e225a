"use strict";

// What "npm run demo", "npm test" and others need, done where it is missing: npm packages, system libraries, the addon.
// node scripts/setup.js [--tools]; --tools asks for the lints' programs too. It says what it does, a line for each, and
// nothing when there is nothing to do. It runs before anything is installed, so it uses Node's own modules alone.

const addon = require("./setup/addon");
const chromium = require("./setup/chromium");
const packages = require("./setup/packages");
const redis = require("./setup/redis");
const rust = require("./setup/rust");
const { SetupError, say } = require("./setup/run");
const system = require("./setup/system");

const NODE = 20;

function checkNode() {
  if (Number.parseInt(process.versions.node, 10) < NODE) {
    throw new SetupError(`Node ${process.version} is too old to work on this package: install Node ${NODE} or later`);
  }
}

async function setUp({ tools }) {
  const state = addon.stateOf();
  const reason = packages.missing();
  if (tools || state || reason) {
    checkNode();
  }
  // Before the long steps: what they would fail of.
  if (tools || state) {
    await rust.check({ tools });
  }
  if (reason) {
    packages.install(reason);
  }
  await system.check({ compiler: Boolean(tools || state) });
  chromium.check(system.installPackages);
  if (tools) {
    redis.check(system.installPackages);
  }
  if (state) {
    addon.build(state);
  }
}

setUp({ tools: process.argv.includes("--tools") }).catch((error) => {
  say(error instanceof SetupError ? error.message : error.stack);
  process.exitCode = 1;
});
