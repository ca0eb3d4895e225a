"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { findChromium } = require("../chromium");
const { execute, howItFailed } = require("../programs");
const { withFolder } = require("../temporary");
const { note, ok, problem } = require("./result");

const NO_SANDBOX = "No usable sandbox";
/** What it says of a desktop's services that are not there, and its warnings. */
const NOISE = /:WARNING:|:ERROR:dbus\//;
/** Settings of the kernel that keep a user from making a sandbox: the value that does, and one that does not. */
const SYSCTLS = [
  ["user.max_user_namespaces", "0", "15000"],
  ["kernel.unprivileged_userns_clone", "0", "1"],
  ["kernel.apparmor_restrict_unprivileged_userns", "1", "0"],
];
const OWN_RISK = 'where its pages can be trusted, browserArguments: ["--no-sandbox"] goes without it';

function read(file) {
  try {
    return fs.readFileSync(file, "utf8").trim();
  } catch {
    return null;
  }
}

/** What allows Chromium its sandbox. `root` is for tests: the system's files below it. */
function sandboxRemedy(root = "/") {
  const setting = (name) => read(path.join(root, "proc/sys", ...name.split(".")));
  const [name, , allowed] = SYSCTLS.find(([one, forbidden]) => setting(one) === forbidden) ?? [];
  if (name) {
    return `run "sudo sysctl -w ${name}=${allowed}" (in a container: on its host); ${OWN_RISK}`;
  }
  return fs.existsSync(path.join(root, ".dockerenv"))
    ? `start the container with a seccomp profile that allows user namespaces, or --security-opt seccomp=unconfined; ${OWN_RISK}`
    : `install the package chromium-sandbox (Debian), or allow unprivileged user namespaces; ${OWN_RISK}`;
}

/** Opens an empty page, as far from everything else as the engine does it. */
function start(file, isRoot) {
  return withFolder((profile) => {
    const env = { ...process.env, TMPDIR: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile };
    const switches = ["--headless", "--disable-gpu", "--dump-dom", `--user-data-dir=${profile}`];
    return execute(file, [...switches, ...(isRoot ? ["--no-sandbox"] : []), "about:blank"], env);
  });
}

/** Whether it starts, and has its sandbox. */
async function checkStart(file, isRoot = process.platform === "linux" && process.getuid() === 0) {
  const { error, stdout, stderr } = await start(file, isRoot);
  if (stderr.includes(NO_SANDBOX)) {
    return problem("The system lets Chromium make no sandbox", sandboxRemedy());
  }
  if (error || !stdout.includes("<html")) {
    const said = stderr.split("\n").find((line) => line && !NOISE.test(line));
    const how = error ? howItFailed(error) : "no page";
    return problem(`Chromium does not start (${how})${said ? `, saying: ${said}` : ""}`);
  }
  return isRoot
    ? note("Chromium starts, without its sandbox, as root can have none", "run the service as another user")
    : ok("Chromium starts, with its sandbox");
}

function sourceOf({ env } = process) {
  const variable = ["PUPPETEER_EXECUTABLE_PATH", "CHROME_PATH", "CHROME_BIN"].find((name) => env[name]);
  return variable ? `named by ${variable}` : "found";
}

/** Chromium, its libraries, its start. Where PhantomJS is what is used, what is wrong is only noted. */
async function checkChromium({ isUsed }) {
  const wrong = isUsed ? problem : note;
  const { file, version, problem: text, remedy } = await findChromium();
  if (text) {
    return [...(file ? [ok(`Chromium ${sourceOf()}: ${file}`)] : []), wrong(text, remedy)];
  }
  const started = await checkStart(file);
  return [
    ok(`Chromium ${version} ${sourceOf()}: ${file}`.replace("  ", " ")),
    started.state === "problem" ? wrong(started.text, started.remedy) : started,
  ];
}

module.exports = { checkChromium, checkStart, sandboxRemedy };
