// The set-up of a clone, in a copy of what it looks at: what is there, what it does, and what it says.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { findBinary } from "../../lib/browser/binary.js";
import { isLinux } from "../helpers.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-setup-"));
const clone = path.join(folder, "clone");
const SCRIPT = path.join(clone, "scripts", "setup.js");
const NOBODY = 65_534;
const DEADLINE = 120_000;

/** A directory of programs: scripts of a shell, by their names. */
function programs(scripts) {
  const directory = fs.mkdtempSync(path.join(folder, "bin-"));
  for (const [name, script] of Object.entries(scripts)) {
    fs.writeFileSync(path.join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  fs.chmodSync(directory, 0o755);
  return directory;
}

const cargo = (version) => `echo "cargo ${version} (0 2026-01-01)"`;
const RUST = { cargo: cargo("1.99.0"), "cargo-clippy": "exit 0", rustfmt: "exit 0" };
const CC = { cc: "exit 0" };

/** Runs the set-up with the programs of the system and these, without a Rust of its own; gives its code and words. */
function setUp({ args = [], scripts = { ...RUST, ...CC }, env = {}, asNobody = false } = {}) {
  const home = path.join(folder, "home");
  fs.mkdirSync(home, { recursive: true });
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [SCRIPT, ...args], {
    // npm is told of this package by what `npm test` has set.
    env: {
      HOME: home,
      PATH: [programs(scripts), path.dirname(process.execPath), "/usr/bin", "/bin"].join(path.delimiter),
      TMPDIR: folder,
      npm_config_cache: process.env.npm_config_cache ?? path.join(os.homedir(), ".npm"),
      ...env,
    },
    encoding: "utf8",
    timeout: DEADLINE,
    ...(asNobody && process.getuid() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  assert.ifError(error);
  assert.equal(stdout, "");
  return { code: status, text: stderr, said: stderr.split("\n").filter((line) => line.startsWith("setup: ")) };
}

/** The set-up fails with one sentence. */
function refuses(given, sentence) {
  const { code, said, text } = setUp(given);
  assert.equal(code, 1, text);
  assert.match(said.at(-1), sentence);
  assert.doesNotMatch(text, /\n\s+at /);
}

const touch = (name) => fs.utimesSync(path.join(clone, name), new Date(), new Date());

/** As after a build. */
function makeFresh() {
  for (const name of fs.readdirSync(clone).filter((file) => file.endsWith(".node"))) {
    touch(name);
  }
}

before(() => {
  fs.chmodSync(folder, 0o755);
  for (const name of [
    "scripts",
    "cli",
    "lib",
    "src",
    "package.json",
    "package-lock.json",
    "Cargo.toml",
    "Cargo.lock",
  ]) {
    fs.cpSync(path.join(root, name), path.join(clone, name), { recursive: true });
  }
  fs.copyFileSync(path.join(root, "build.rs"), path.join(clone, "build.rs"));
  fs.symlinkSync(path.join(root, "node_modules"), path.join(clone, "node_modules"));
  for (const name of fs.readdirSync(root).filter((file) => /^binding\.js$|\.node$/.test(file))) {
    fs.copyFileSync(path.join(root, name), path.join(clone, name));
  }
  makeFresh();
});
after(() => fs.rmSync(folder, { recursive: true }));

test("where all is there it says and does nothing, and needs neither Rust nor npm", () => {
  const { code, text } = setUp({ scripts: {} });
  assert.deepEqual([code, text], [0, ""]);
});

test("the lints' programs are asked for where they are needed", () => {
  assert.deepEqual(setUp({ args: ["--tools"] }).said, []);
  const scripts = { ...RUST, ...CC, "cargo-clippy": "exit 1", rustup: "exit 0" };
  refuses(
    { args: ["--tools"], scripts },
    /^setup: the lints need clippy of Rust, .*: run "rustup component add clippy"$/,
  );
});

test("a Rust that is missing or too old is named, with the remedy", () => {
  const args = ["--tools"];
  refuses({ args, scripts: CC }, /^setup: Rust 1\.\d+ or later is needed .*: run "curl .* https:\/\/sh\.rustup\.rs/);
  const old = { ...RUST, ...CC, cargo: cargo("1.63.0") };
  refuses({ args, scripts: old }, /^setup: Rust 1\.63\.0 is too old, 1\.\d+ or later is needed: run "curl /);
  refuses({ args, scripts: { ...old, rustup: "exit 0" } }, /: run "rustup update stable"$/);
  refuses({ args, scripts: { ...RUST, ...CC, cargo: "exit 1" } }, /^setup: cargo does not run: /);
  const HOME = path.join(folder, "home-with-rust");
  fs.mkdirSync(path.join(HOME, ".cargo", "bin"), { recursive: true });
  refuses({ args, scripts: CC, env: { HOME } }, /^setup: Rust is in ~\/\.cargo\/bin, .*: run "\. ~\/\.cargo\/env"$/);
});

test("an addon that is older than a source, or does not load, is built again", () => {
  const build = { ...RUST, ...CC, cargo: `[ "$1" = --version ] && ${cargo("1.99.0")} && exit; exit 7` };
  touch("src/lib.rs");
  const stale = setUp({ scripts: build });
  assert.equal(stale.code, 1, stale.text);
  assert.match(stale.said[0], /^setup: building the addon with "npm run build", as src\/lib\.rs is newer; /);
  assert.match(stale.said[1], /^setup: "npm run build" failed: /);

  makeFresh();
  touch("src/supervisor/policy_tests.rs");
  touch("src/engine/tests.rs");
  touch("src/queue/conformance/model.rs");
  assert.deepEqual(setUp({ scripts: {} }).said, []);

  const loader = path.join(clone, "binding.js");
  fs.renameSync(loader, `${loader}.away`);
  assert.match(setUp({ scripts: build }).said[0], /^setup: building the addon .*, as it is not built yet; /);
  // What a user of the clone sees.
  const { stderr } = spawnSync(process.execPath, ["-e", 'require("./lib/native/addon")'], {
    cwd: clone,
    encoding: "utf8",
  });
  assert.match(stderr, /the addon for \S+ is not built: run "npm run setup" in \S+, or "npm run build" where the npm/);
  assert.match(stderr, /code: 'ERR_ADDON_MISSING'/);
  fs.writeFileSync(loader, 'throw new Error("no loader");');
  assert.match(setUp({ scripts: build }).said[0], /^setup: building the addon .*, as it does not load \(no loader\); /);
  fs.renameSync(`${loader}.away`, loader);
});

test("npm packages that are missing are installed", () => {
  // One small package in place of all.
  const read = (name) => JSON.parse(fs.readFileSync(path.join(clone, name), "utf8"));
  const [manifest, lock] = [read("package.json"), read("package-lock.json")];
  const name = "node_modules/progress";
  const dependencies = { progress: manifest.dependencies.progress };
  const write = (file, value) => fs.writeFileSync(path.join(clone, file), JSON.stringify(value));
  write("package.json", { name: "clone", version: "1.0.0", dependencies });
  write("package-lock.json", {
    ...{ name: "clone", version: "1.0.0", lockfileVersion: 3, requires: true },
    packages: { "": { name: "clone", version: "1.0.0", dependencies }, [name]: lock.packages[name] },
  });
  fs.unlinkSync(path.join(clone, "node_modules"));

  const env = { PHANTOMJS_EXECUTABLE: findBinary(), npm_config_prefer_offline: "true" };
  const first = setUp({ env });
  assert.equal(first.code, 0, first.text);
  assert.deepEqual(first.said, ['setup: installing the npm packages with "npm ci", as they are missing']);
  assert.ok(fs.existsSync(path.join(clone, name, "package.json")));
  assert.deepEqual(setUp({ env }).said, []);

  // As after somebody else has removed it, or a lock file that names another version.
  fs.rmSync(path.join(clone, name), { recursive: true });
  const again = setUp({ env });
  assert.equal(again.code, 0, again.text);
  assert.match(again.said[0], /^setup: installing .*, as progress 2\.\d+\.\d+ is missing$/);
});

test("libraries that PhantomJS misses are installed by root, and named with the command elsewhere", {
  skip: !isLinux,
}, () => {
  // One of its libraries gets a name that no system has.
  const data = fs.readFileSync(findBinary());
  data.write("libfreetype.so.0\0", data.indexOf("libfreetype.so.6\0"), "latin1");
  const file = path.join(folder, "phantomjs");
  fs.writeFileSync(file, data, { mode: 0o755 });
  // No test installs anything.
  const given = { scripts: { "apt-get": 'echo "E: no $1 today" >&2; exit 100' }, env: { PHANTOMJS_EXECUTABLE: file } };
  if (process.getuid() === 0) {
    refuses(given, /^setup: libfreetype6 cannot be installed:$/);
    assert.match(
      setUp(given).text,
      /^setup: installing libfreetype6 with apt-get\n.*\nE: no update today\nE: no install today$/m,
    );
  }
  if (process.getuid() !== 0 || spawnSync(process.execPath, ["--version"], { uid: NOBODY }).status === 0) {
    const command =
      /^setup: this system misses libfreetype6: run "sudo apt-get update && sudo apt-get install -y .* libfreetype6"$/;
    refuses({ ...given, asNobody: true }, command);
  }
});

test("Chromium is installed by root on Debian, and named elsewhere; all else goes on without it", {
  skip: !isLinux || !fs.readFileSync("/etc/os-release", "utf8").includes("ID=debian"),
}, () => {
  // In the clone there are no places where it might be.
  const places = path.join(clone, "lib/browser/search/places.js");
  const before = fs.readFileSync(places);
  fs.writeFileSync(
    places,
    "module.exports = { NAMES: [], usualPlaces: ({ env }) => env.PLACES?.split(':') ?? [], cachedBrowsers: () => [] };",
  );
  makeFresh();
  try {
    // What is found behind the installation is a Node: only its file is looked at.
    const found = path.join(folder, "chromium");
    const scripts = { "apt-get": `[ "$1" = install ] && ln -sf ${process.execPath} ${found}; exit 0` };
    if (process.getuid() === 0) {
      const { code, said } = setUp({ scripts, env: { PLACES: found, CI: "" } });
      assert.deepEqual(
        [code, ...said],
        [0, "setup: installing chromium-headless-shell with apt-get, which takes 250 MB"],
      );
      fs.unlinkSync(found);
      const failing = setUp({ scripts: { "apt-get": "echo E: none today; exit 100" }, env: { CI: "" } });
      assert.equal(failing.code, 0, failing.text);
      assert.match(failing.text, /^setup: chromium-headless-shell cannot be installed: E: none today\nE: none today$/m);
      assert.match(
        failing.said.at(-1),
        /^setup: what needs Chromium is left out, as no Chromium found: .*: install one with "/,
      );
      refuses({ scripts: { "apt-get": "exit 100" }, env: { CI: "true" } }, /^setup: no Chromium found: /);
    }
    if (process.getuid() !== 0 || spawnSync(process.execPath, ["--version"], { uid: NOBODY }).status === 0) {
      const { code, said } = setUp({ scripts: { "apt-get": "exit 1" }, asNobody: true, env: { CI: "" } });
      assert.equal(code, 0);
      assert.match(
        said[0],
        /is left out, .*: install one with "sudo apt-get update && sudo apt-get install -y chromium/,
      );
    }
    // One that is named by mistake is not installed beside it.
    const named = setUp({ scripts, env: { CHROME_BIN: "/nowhere/chrome", CI: "" } });
    assert.match(named.said[0], /is left out, as CHROME_BIN names \/nowhere\/chrome, which does not exist: /);
    assert.equal(named.said.length, 1);
  } finally {
    fs.writeFileSync(places, before);
  }
});
