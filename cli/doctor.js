"use strict";

const { readArguments } = require("./arguments");
const { readBrowser } = require("./browsers");
const { checkChromium } = require("./checks/chromium");
const { checkPage } = require("./checks/page");
const { checkPhantom } = require("./checks/phantom");
const system = require("./checks/system");
const { CommandError } = require("./command-error");
const { HELP } = require("./help");

const INDENT = "         ";

function show({ state, text, remedy }) {
  process.stdout.write(`${state.padEnd(INDENT.length)}${text}\n${remedy ? `${INDENT}→ ${remedy}\n` : ""}`);
}

/** All results in order, each as soon as it is there. `browser` is the one that is to be used. */
async function* results(browser) {
  yield system.checkNode();
  const addon = system.checkAddon();
  yield addon;
  const phantom = await checkPhantom({ isUsed: browser === "phantomjs" });
  yield* phantom;
  const chromium = await checkChromium({ isUsed: browser === "chromium" });
  yield* chromium;
  yield await system.checkFonts();
  yield await system.checkPorts();
  const temporary = system.checkTemporary();
  yield temporary;
  yield system.checkCertificates();
  yield system.checkFileTypes();
  yield system.checkSharedMemory();
  yield system.checkOpenFiles();
  yield await checkPage(browser, [addon, ...phantom, ...chromium, temporary]);
}

/** `phantom-cluster doctor`; gives the exit code. */
async function doctor(args) {
  const { values, positionals } = readArguments(args, {
    browser: { type: "string", short: "b" },
    help: { type: "boolean", short: "h" },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (positionals.length > 0) {
    throw new CommandError(`doctor takes no "${positionals[0]}"; see phantom-cluster --help`);
  }
  const browser = readBrowser(values.browser);
  let problems = 0;
  for await (const result of results(browser)) {
    problems += Number(result.state === "problem");
    show(result);
  }
  process.stdout.write(
    problems === 0 ? "\nAll is fine.\n" : `\n${problems} ${problems === 1 ? "problem" : "problems"}.\n`,
  );
  return Number(problems > 0);
}

module.exports = { doctor };
