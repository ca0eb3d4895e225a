"use strict";

// The Chromium to run: named, or found where users expect it to be.

const os = require("node:os");
const { allOnPath, namedFile, problemOf, refusal } = require("./executable");

const CODE = "ERR_BROWSER_BINARY";
/** Variables of the environment that name one, as Puppeteer, Lighthouse and Karma have them; the first that is set. */
const VARIABLES = ["PUPPETEER_EXECUTABLE_PATH", "CHROME_PATH", "CHROME_BIN"];

// Loaded when there is something to look for: a worker is told what its primary has found.
const places = () => require("./search/places");
const wrapper = () => require("./search/wrapper");
const whyUnrunnable = (file, how) => require("./unrunnable").whyUnrunnable(file, { browser: "Chromium", ...how });

/** What somebody can do who has no Chromium. */
function remedyFor(option, system) {
  const { command, caveat } = require("./search/installing").installing(system);
  return `install one with "${command}"${caveat ? ` (${caveat})` : ""}, or name one in option "${option}" or in ${VARIABLES[0]}`;
}

const here = () => ({ platform: process.platform, env: process.env, home: os.homedir() });

/** The variable that names one, or undefined. */
const variableOf = (env) => VARIABLES.find((name) => env[name]);

/** A path that someone named, or the program that the script there starts. */
function named(file, source, option) {
  const binary = wrapper().behindWrapper(namedFile(file, { source, code: CODE, remedy: remedyFor(option) }));
  const why = whyUnrunnable(binary);
  if (why) {
    throw refusal(CODE, why.problem, why.remedy);
  }
  return binary;
}

/** Why a file that nobody named is passed over, or null. */
function whyPassedOver(file) {
  if (wrapper().isSnap(file)) {
    return "is a snap, which sees no files of others";
  }
  // What is built for another processor may run by an emulator, which is slow: not without being named.
  const wrong = problemOf(file) ?? whyUnrunnable(file, { failed: process.platform === "linux" });
  return wrong?.problem.replace(`${file} `, "");
}

/** Every file there is, the best first. */
function* candidates(system) {
  for (const name of places().NAMES) {
    yield* allOnPath(name, system);
  }
  yield* places()
    .usualPlaces(system)
    .filter((file) => problemOf(file) === null);
  yield* places().cachedBrowsers(system);
}

/** The first that can be run, or undefined; `broken` gets why others cannot. */
function search(system, broken) {
  const seen = new Set();
  for (const candidate of candidates(system)) {
    const file = wrapper().behindWrapper(candidate);
    if (seen.has(file)) {
      continue;
    }
    seen.add(file);
    const why = whyPassedOver(file);
    if (!why) {
      return file;
    }
    broken.push(`${file} ${why}`);
  }
  const { file, problem } = require("./search/packed").packedChromium(system) ?? {};
  if (problem) {
    broken.push(problem);
  }
  return file;
}

/** What names the Chromium to run, or null when it is to be looked for. */
function nameOfChromium(file, { env } = process) {
  return file || env[variableOf(env)] || null;
}

/**
 * The Chromium to run: the option's; that of PUPPETEER_EXECUTABLE_PATH, CHROME_PATH or CHROME_BIN; by its names in PATH; in
 * the usual places; in the caches of Puppeteer and Playwright; in npm package @sparticuz/chromium. The program itself,
 * where a script stands for it. `option` is the option's name, `known` what was found before, in another process, under
 * the name `knownAs`; `system` is for tests: `{ platform, env, home, places }`.
 * @throws {PhantomError} ERR_BROWSER_BINARY, naming the places looked at and the command that installs one
 */
function findChromium(file, { option = "browserBinary", known, knownAs = null, system = here() } = {}) {
  if (known && nameOfChromium(file, system) === knownAs && problemOf(known) === null) {
    return known;
  }
  const variable = variableOf(system.env);
  if (file || variable) {
    return file ? named(file, `option "${option}"`, option) : named(system.env[variable], variable, option);
  }
  const broken = [];
  const found = search(system, broken);
  if (!found) {
    const looked = `PATH, the usual places, the caches of Puppeteer and Playwright, npm package @sparticuz/chromium${broken.length ? ` [${broken.join("; ")}]` : ""}`;
    const text = `no Chromium found: looked at option "${option}", ${VARIABLES.join(", ")}, ${looked}`;
    // Told apart from one that is named and cannot be run.
    throw Object.defineProperty(refusal(CODE, text, remedyFor(option)), "isMissing", { value: true });
  }
  return found;
}

module.exports = { VARIABLES, findChromium, nameOfChromium };
