"use strict";

// Where Chromium is when nobody has said it: by its names in PATH, in the usual places of each system, and where Puppeteer
// and Playwright keep what they have fetched. Facts of @puppeteer/browsers 3 and Playwright 1.

const fs = require("node:fs");
const path = require("node:path");
const { packageFolders } = require("../npm-packages");

/** Names in PATH. A headless shell starts in less time and takes less memory than a full browser, so it comes first. */
const NAMES = [
  "chromium-headless-shell",
  "chrome-headless-shell",
  "headless_shell",
  "headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "microsoft-edge",
];

const LINUX = [
  "/usr/lib/chromium/chromium-headless-shell",
  "/usr/lib64/chromium-browser/headless_shell",
  "/usr/lib/chromium/chromium",
  "/usr/lib64/chromium-browser/chromium-browser",
  "/opt/google/chrome/chrome",
  "/opt/microsoft/msedge/msedge",
];
const APPLICATIONS = ["Google Chrome", "Chromium", "Microsoft Edge"];
const WINDOWS = ["Google/Chrome/Application/chrome.exe", "Chromium/Application/chrome.exe"];
const EDGE = "Microsoft/Edge/Application/msedge.exe";
const PROGRAM_FILES = ["PROGRAMFILES", "ProgramW6432", "PROGRAMFILES(X86)", "LOCALAPPDATA"];

const TESTING = "Google Chrome for Testing";
const inApplication = (name) => `${name}.app/Contents/MacOS/${name}`;
/** In the folder of one version, below a folder for the platform. */
const CACHED = {
  linux: ["chrome-headless-shell", "headless_shell", "chrome"],
  darwin: ["chrome-headless-shell", "headless_shell", inApplication(TESTING), inApplication("Chromium")],
  win32: ["chrome-headless-shell.exe", "headless_shell.exe", "chrome.exe"],
};
/** The platform's name in Puppeteer's folders, which begin with it. */
const PUPPETEER_PLATFORM = { linux: "linux", darwin: "mac", win32: "win" };

/** `places`, for tests, stand in for them. */
function usualPlaces({ platform, env, home, places }) {
  if (places) {
    return places;
  }
  if (platform === "win32") {
    const roots = [...new Set(PROGRAM_FILES.map((name) => env[name]).filter(Boolean))];
    return [...WINDOWS, EDGE].flatMap((file) => roots.map((root) => path.join(root, ...file.split("/"))));
  }
  if (platform === "darwin") {
    const roots = ["/Applications", path.join(home, "Applications")];
    return APPLICATIONS.flatMap((name) => roots.map((root) => path.join(root, inApplication(name))));
  }
  return LINUX;
}

function namesIn(directory) {
  try {
    return fs.readdirSync(directory);
  } catch {
    return [];
  }
}

/** The folders in `directory` that begin so, the newest version first. */
function versionsIn(directory, prefix) {
  return namesIn(directory)
    .filter((name) => name.startsWith(prefix))
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
    .map((name) => path.join(directory, name));
}

/** Files that the folder of a version may have its program in. */
function programsIn(version, platform) {
  return namesIn(version).flatMap((folder) => (CACHED[platform] ?? []).map((file) => path.join(version, folder, file)));
}

function puppeteerVersions({ platform, env, home }) {
  const root = env.PUPPETEER_CACHE_DIR || path.join(home, ".cache", "puppeteer");
  return ["chrome-headless-shell", "chrome", "chromium"].flatMap((product) =>
    versionsIn(path.join(root, product), PUPPETEER_PLATFORM[platform] ?? platform),
  );
}

function playwrightRoots({ platform, env, home }) {
  const named = env.PLAYWRIGHT_BROWSERS_PATH;
  if (named === "0") {
    return packageFolders("playwright-core").map((folder) => path.join(folder, ".local-browsers"));
  }
  const caches = {
    linux: env.XDG_CACHE_HOME || path.join(home, ".cache"),
    darwin: path.join(home, "Library", "Caches"),
    win32: env.LOCALAPPDATA || path.join(home, "AppData", "Local"),
  };
  return [named || path.join(caches[platform] ?? caches.linux, "ms-playwright")];
}

function playwrightVersions(system) {
  const roots = playwrightRoots(system);
  return ["chromium_headless_shell-", "chromium-"].flatMap((product) =>
    roots.flatMap((root) => versionsIn(root, product)),
  );
}

/** Files of the caches of Puppeteer and Playwright that are there, the best first. `system`: platform, env, home. */
function cachedBrowsers(system) {
  return [...puppeteerVersions(system), ...playwrightVersions(system)]
    .flatMap((version) => programsIn(version, system.platform))
    .filter((file) => fs.existsSync(file));
}

module.exports = { NAMES, cachedBrowsers, usualPlaces };
