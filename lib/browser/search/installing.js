"use strict";

// The command that installs Chromium on this system.

const fs = require("node:fs");

const OS_RELEASE = "/etc/os-release";
const FETCH = "npx @puppeteer/browsers install chrome-headless-shell@stable --path";
/** Debian has the headless shell as a package of its own from this release on. */
const DEBIAN_WITH_SHELL = 12;

function textOf(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** `{ id, like, version }` of a Linux distribution, as os-release names it: `like` are the ids of its kin. */
function distribution(file = OS_RELEASE) {
  const fields = Object.fromEntries(
    [...textOf(file).matchAll(/^(\w+)=["']?([^"'\n]*)["']?$/gm)].map(([, name, value]) => [name, value]),
  );
  return { id: fields.ID ?? "", like: (fields.ID_LIKE ?? "").split(" "), version: Number(fields.VERSION_ID) };
}

const PACKAGE = { command: "npm install @sparticuz/chromium" };
const PLAYWRIGHT = { command: "npx playwright install --with-deps --only-shell chromium" };
/** Chrome for Testing has no headless shell for Linux on ARM. */
const fetched = (arch) => (arch === "x64" ? { command: `${FETCH} ~/.cache/puppeteer` } : PLAYWRIGHT);

/** By the ids of distributions. `root` is "sudo " where it is needed. */
const COMMANDS = {
  ubuntu: ({ arch }) => ({
    ...fetched(arch),
    caveat: "Ubuntu's package chromium is a snap, which sees no files of others",
  }),
  debian: ({ root, version }) => {
    const name = version < DEBIAN_WITH_SHELL ? "chromium" : "chromium-headless-shell";
    return { command: `${root}apt-get update && ${root}apt-get install -y ${name}`, package: name };
  },
  alpine: ({ root }) => ({ command: `${root}apk add chromium` }),
  fedora: ({ root }) => ({ command: `${root}dnf install -y chromium-headless` }),
  rhel: ({ root }) => ({ command: `${root}dnf install -y epel-release && ${root}dnf install -y chromium` }),
  arch: ({ root }) => ({ command: `${root}pacman -S chromium` }),
  // Its kin is Fedora, whose packages it has not.
  amzn: ({ arch }) => (arch === "x64" ? PACKAGE : PLAYWRIGHT),
  suse: ({ root }) => ({ command: `${root}zypper install chromium` }),
};

/**
 * `{ command, caveat, package }` that installs Chromium on this system; the caveat says why not the command that one would
 * expect, the package is Debian's.
 * `system` is for tests: platform, arch, isRoot, osRelease (a path).
 */
function installing({
  platform = process.platform,
  arch = process.arch,
  isRoot = process.getuid?.() === 0,
  osRelease = OS_RELEASE,
} = {}) {
  if (platform === "darwin") {
    return { command: "brew install --cask google-chrome" };
  }
  if (platform === "win32") {
    return { command: `${FETCH} %USERPROFILE%\\.cache\\puppeteer` };
  }
  const { id, like, version } = distribution(osRelease);
  const known = [id, ...like].find((name) => Object.hasOwn(COMMANDS, name));
  if (known) {
    return COMMANDS[known]({ arch, root: isRoot ? "" : "sudo ", version: known === id ? version : Number.NaN });
  }
  return arch === "x64" ? PACKAGE : PLAYWRIGHT;
}

/** How a kind of distribution installs packages, and whose names it has. */
const PACKAGES = {
  debian: { names: "debian", command: "apt-get install -y" },
  ubuntu: { names: "debian", command: "apt-get install -y" },
  fedora: { names: "fedora", command: "dnf install -y" },
  rhel: { names: "fedora", command: "dnf install -y" },
  amzn: { names: "fedora", command: "dnf install -y" },
};

/** The command that installs packages, `{ debian, fedora }` each; null where their names are not known. */
function packageCommand(packages, { id, like }, { isRoot = process.getuid?.() === 0 } = {}) {
  const known = [id, ...like].find((name) => Object.hasOwn(PACKAGES, name));
  if (!known) {
    return null;
  }
  const { names, command } = PACKAGES[known];
  return `${isRoot ? "" : "sudo "}${command} ${[...new Set(packages.map((one) => one[names]))].join(" ")}`;
}

module.exports = { distribution, installing, packageCommand };
