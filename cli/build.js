"use strict";

// Builds the addon from its Rust sources, which are in the package, where no prebuilt one fits.

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { addonMissing, isClone, loadError, lookedFor, root } = require("../lib/native/addon-missing");
const { readArguments } = require("./arguments");
const { CommandError } = require("./command-error");
const { HELP } = require("./help");
const { exitCodeOf, onSignals } = require("./signals");

const LIBRARIES = { darwin: "libphantom_cluster.dylib", win32: "phantom_cluster.dll" };
const LIBRARY = LIBRARIES[process.platform] ?? "libphantom_cluster.so";

// What cargo says when it fails, and what to do.
const REMEDIES = [
  [/rustc \S+ is not supported|requires rustc|lock file version/, 'get a newer Rust: "rustup update stable"'],
  [/linker `[^`]+` not found/, 'install a C compiler: on Debian and Ubuntu "apt-get install gcc libc6-dev"'],
  [
    /failed to (download|fetch|get)|could not resolve host|network/i,
    "the crates come from crates.io: see to the network",
  ],
  [/no default|could not choose a version|is not installed for the toolchain/, 'run "rustup default stable"'],
];

const say = (text) => process.stdout.write(`phantom-cluster: ${text}\n`);

/** Runs cargo to its end, and gives its process to `onStart(child)`; `{ code, stdout, stderr, error }`. */
function cargo(args, target, onStart = () => {}) {
  const env = { ...process.env };
  if (target.endsWith("-musl")) {
    // Without it there are no dynamic libraries for musl.
    env.RUSTFLAGS = `${env.RUSTFLAGS ?? ""} -C target-feature=-crt-static`.trim();
  }
  return new Promise((resolve) => {
    const child = spawn("cargo", args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    const result = { code: null, stdout: "", stderr: "", error: null };
    onStart(child);
    child.stdout.setEncoding("utf8").on("data", (text) => {
      result.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      result.stderr += text;
      process.stderr.write(text);
    });
    child.once("error", (error) => resolve({ ...result, error }));
    child.once("close", (code) => resolve({ ...result, code }));
  });
}

/** Why cargo failed, in one sentence with the remedy. */
function failure({ code, stderr, error }) {
  if (error?.code === "ENOENT") {
    return new CommandError(
      "the addon is not built, as no Rust is installed: install it from https://rustup.rs, and run this again",
    );
  }
  const said = stderr.split("\n").find((line) => line.startsWith("error")) ?? stderr.trim().split("\n").pop();
  const [, remedy = "all that cargo said is above"] = REMEDIES.find(([what]) => what.test(stderr)) ?? [];
  return new CommandError(`the addon is not built: ${error?.message || said || `cargo ended with ${code}`}; ${remedy}`);
}

function makeFolder() {
  try {
    return fs.mkdtempSync(path.join(root, "build-"));
  } catch (error) {
    throw new CommandError(`the addon is not built: ${error.message}; run this as the user who owns ${root}`);
  }
}

/** Where cargo has put the library: a "build.target" in the user's settings gives it a directory more. */
function libraryIn(folder) {
  const places = [folder, ...fs.readdirSync(folder).map((name) => path.join(folder, name))];
  return places.map((place) => path.join(place, "release", LIBRARY)).find((file) => fs.existsSync(file));
}

/** Builds the addon as the file that the loader looks for; gives the signal that ended it before that, or null. */
async function buildFor(target) {
  const version = await cargo(["--version"], target);
  if (version.code !== 0) {
    throw failure(version);
  }
  say(`building the addon for ${target} in ${root} with ${version.stdout.trim()}; it takes a minute or more`);
  const folder = makeFolder();
  let signal = null;
  let child = null;
  // The directory must be removed however this ends.
  const release = onSignals(
    (name) => {
      signal = name;
      child.kill(name);
    },
    () => child.kill("SIGKILL"),
  );
  try {
    const result = await cargo(["build", "--release", "--locked", "--target-dir", folder], target, (started) => {
      child = started;
    });
    if (signal) {
      return signal;
    }
    if (result.code !== 0) {
      throw failure(result);
    }
    fs.copyFileSync(libraryIn(folder), path.join(root, `phantom-cluster.${target}.node`));
    return null;
  } finally {
    release();
    fs.rmSync(folder, { recursive: true });
  }
}

/** `phantom-cluster build`; gives the exit code. */
async function build(args) {
  const { values, positionals } = readArguments(args, { help: { type: "boolean", short: "h" } });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (positionals.length > 0) {
    throw new CommandError(`build takes no "${positionals[0]}"; see phantom-cluster --help`);
  }
  const error = loadError();
  if (!error) {
    say(`the addon for ${process.platform}-${process.arch} is there and loads: there is nothing to build`);
    return 0;
  }
  const { target } = lookedFor(error);
  // A clone has tools of its own. On a platform that the loader does not know there is no file that it would load.
  if (isClone || !target) {
    throw new CommandError(addonMissing(error).message);
  }
  const signal = await buildFor(target);
  if (signal) {
    return exitCodeOf(signal);
  }
  const remaining = loadError();
  if (remaining) {
    throw new CommandError(addonMissing(remaining).message);
  }
  say(`the addon is built, and loads: ${path.join(root, `phantom-cluster.${target}.node`)}`);
  return 0;
}

module.exports = { build };
