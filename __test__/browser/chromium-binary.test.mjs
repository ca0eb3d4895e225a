// Where Chromium is found, on this system and on others: files laid out as distributions, Puppeteer and Playwright do it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import zlib from "node:zlib";
import { findChromium, nameOfChromium } from "../../lib/browser/chromium-binary.js";
import { installing } from "../../lib/browser/search/installing.js";
import { unpacked } from "../../lib/browser/search/packed.js";
import { cachedBrowsers, usualPlaces } from "../../lib/browser/search/places.js";
import { behindWrapper, isSnap } from "../../lib/browser/search/wrapper.js";
import { isLinux } from "../helpers.mjs";

const linux = { skip: !isLinux };
// A program as far as its file tells: this Node, which is one.
const PROGRAM = process.execPath;
const SCRIPT = "#!/bin/sh\n";

let root;
before(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pc-chromium-")));
});
after(() => fs.rmSync(root, { recursive: true }));

const at = (...names) => path.join(root, ...names);

/** Files below the root, by their paths; null stands for a program, a text for itself. */
function lay(files) {
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(at(name)), { recursive: true });
    if (content === null) {
      fs.symlinkSync(PROGRAM, at(name));
    } else {
      fs.writeFileSync(at(name), content, { mode: 0o755 });
    }
  }
}

/** A system that has nothing but what `lay()` has put into its folder. */
const systemIn = (folder, env = {}) => ({
  platform: process.platform,
  env: { PATH: at(folder, "bin"), ...env },
  home: at(folder, "home"),
  places: [],
});

function refused(search, message) {
  assert.throws(search, (error) => {
    assert.equal(error.code, "ERR_BROWSER_BINARY");
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n|\. [A-Z]/, "one sentence");
    assert.equal(`${error.problem}; ${error.remedy}`, error.message);
    return true;
  });
}

test("the option wins, then the variables in their order, then what is found", linux, () => {
  lay({
    "order/bin/chromium": null,
    "order/option/chrome": null,
    "order/a/chrome": null,
    "order/b/chrome": null,
    "order/c/chrome": null,
  });
  const env = {
    PUPPETEER_EXECUTABLE_PATH: at("order/a/chrome"),
    CHROME_PATH: at("order/b/chrome"),
    CHROME_BIN: at("order/c/chrome"),
  };
  const find = (file, given) => findChromium(file, { system: systemIn("order", given) });
  assert.equal(find(at("order/option/chrome"), env), at("order/option/chrome"));
  for (const name of Object.keys(env)) {
    assert.equal(find(undefined, env), env[name]);
    assert.equal(nameOfChromium("", { env }), env[name]);
    assert.equal(nameOfChromium("mine", { env }), "mine");
    env[name] = "";
  }
  assert.equal(find(undefined, env), at("order/bin/chromium"));
  assert.equal(nameOfChromium(undefined, { env }), null);
});

test("what is named must be there: no other is taken", linux, () => {
  lay({ "named/bin/chromium": null, "named/plain": "no program", "named/folder/x": "" });
  fs.chmodSync(at("named/plain"), 0o644);
  const system = systemIn("named");
  refused(
    () => findChromium(at("named/gone"), { system }),
    /^option "browserBinary" names .*gone, which does not exist; /,
  );
  refused(
    () => findChromium(at("named/plain"), { system, option: "binary" }),
    /^option "binary" .* is not executable; /,
  );
  refused(() => findChromium(at("named/folder"), { system }), /which is not a file; /);
  refused(() => findChromium("no-such-chromium", { system }), /"no-such-chromium", which is in no directory of PATH; /);
  const env = { CHROME_BIN: at("named/gone") };
  refused(
    () => findChromium("", { system: systemIn("named", env) }),
    /^CHROME_BIN names .*gone, which does not exist; /,
  );
});

test("where there is none the places are named, with the command that installs one", linux, () => {
  const message =
    /^no Chromium found: looked at option "browserBinary", PUPPETEER_EXECUTABLE_PATH, CHROME_PATH, CHROME_BIN, PATH, .* Puppeteer and Playwright.*; install one with ".+", or name one in option "browserBinary" /;
  refused(() => findChromium(undefined, { system: systemIn("nothing") }), message);
});

test("a headless shell comes before a full browser, whatever the order of PATH", linux, () => {
  lay({ "first/bin/google-chrome": null, "first/bin/chromium": null, "first/other/chrome-headless-shell": null });
  const system = systemIn("first", { PATH: [at("first/bin"), at("first/other")].join(path.delimiter) });
  assert.equal(findChromium(undefined, { system }), at("first/other/chrome-headless-shell"));
});

test("usual places come behind PATH and before the caches", linux, () => {
  const cached = "usual/home/.cache/puppeteer/chrome/linux-131.0.1/chrome-linux64/chrome";
  lay({ "usual/opt/chrome": null, [cached]: null });
  const system = { ...systemIn("usual"), places: [at("usual/gone"), at("usual/opt/chrome")] };
  assert.equal(findChromium(undefined, { system }), at("usual/opt/chrome"));
  assert.equal(findChromium(undefined, { system: { ...system, places: [] } }), at(cached));
});

test("what cannot be run here is passed over, and named where nothing else is there", linux, () => {
  const foreign = "foreign/home/.cache/puppeteer/chrome/linux-9/chrome-linux64/chrome";
  lay({ "foreign/bin/chromium": "#!/nowhere/sh\n", [foreign]: "\xcf\xfa\xed\xfe not for Linux" });
  fs.writeFileSync(at(foreign), Buffer.from([0xcf, 0xfa, 0xed, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0]));
  const system = systemIn("foreign");
  refused(
    () => findChromium(undefined, { system }),
    /\[\S+bin\/chromium cannot be run: .*; \S+\/chrome .* for macOS.*\]/,
  );
  lay({ "foreign/bin/chromium-browser": null });
  assert.equal(findChromium(undefined, { system }), at("foreign/bin/chromium-browser"));
});

test("what the primary has found holds for its workers, as long as the same is named", linux, () => {
  lay({ "known/bin/chromium": null, "known/found": null });
  const system = systemIn("known");
  const known = at("known/found");
  assert.equal(findChromium(undefined, { system, known }), known);
  assert.equal(findChromium("chromium", { system, known, knownAs: "chromium" }), known);
  assert.equal(findChromium(undefined, { system, known, knownAs: "chromium" }), at("known/bin/chromium"));
  assert.equal(findChromium(undefined, { system, known: at("known/gone") }), at("known/bin/chromium"));
});

// Scripts in its place ------------------------------------------------------------------------------------------------

test("the program behind a distribution's script is taken", linux, () => {
  lay({
    "wrap/lib/chromium/chromium": null,
    "wrap/lib/chromium/chromium-headless-shell": null,
    "wrap/bin/chromium-headless-shell": `#!/bin/sh -e\n\n${at("wrap/lib/chromium/chromium-headless-shell")} "$@"\n`,
    // Debian's.
    "wrap/bin/chromium": `${SCRIPT}APPNAME=chromium
GDB=/usr/bin/gdb
LIBDIR=${at("wrap/lib")}/$APPNAME
export CHROME_WRAPPER="${at("wrap/bin")}/$APPNAME"
case \`uname -m\` in *) echo "$LIBDIR/nothing" ;; esac
TEMP=\`mktemp -d\`
exec $LIBDIR/$APPNAME $CHROMIUM_FLAGS "$@"`,
    // Google's, found by a link to it.
    "wrap/opt/chrome": null,
    "wrap/opt/google-chrome": `#!/bin/bash
export CHROME_WRAPPER="$(readlink -f "$0")"
HERE="$(dirname "$CHROME_WRAPPER")"
export LD_LIBRARY_PATH="$HERE:$HERE/lib"
exec -a "$0" "$HERE/chrome" "$@"`,
    // Alpine's.
    "wrap/alpine/chromium": null,
    "wrap/alpine/chromium-launcher.sh": `${SCRIPT}PROGDIR=\${0%/*}\nexec "\${PROGDIR}/chromium" \${FLAGS} "$@"`,
  });
  fs.symlinkSync(at("wrap/opt/google-chrome"), at("wrap/bin/google-chrome"));
  for (const [script, program] of [
    ["wrap/bin/chromium-headless-shell", "wrap/lib/chromium/chromium-headless-shell"],
    ["wrap/bin/chromium", "wrap/lib/chromium/chromium"],
    ["wrap/bin/google-chrome", "wrap/opt/chrome"],
    ["wrap/alpine/chromium-launcher.sh", "wrap/alpine/chromium"],
  ]) {
    assert.equal(behindWrapper(at(script)), at(program), script);
  }
  const system = systemIn("wrap");
  assert.equal(findChromium("", { system }), at("wrap/lib/chromium/chromium-headless-shell"));
  assert.equal(findChromium(at("wrap/bin/chromium"), { system }), at("wrap/lib/chromium/chromium"));
});

test("a script of one's own stays what it is, and so does a program", linux, () => {
  lay({
    "own/log/chrome.log": "a log",
    "own/script": `${SCRIPT}nice "$CHROME" "$@" 2> ${at("own/log/chrome.log")}`,
    "own/other": `${SCRIPT}exec ${at("own/script")} "$@"`,
    "own/docker": `${SCRIPT}exec docker run --rm /usr/bin/env chromium "$@"`,
    "own/chrome": null,
  });
  for (const name of ["script", "other", "docker", "chrome", "gone"]) {
    assert.equal(behindWrapper(at("own", name)), at("own", name));
  }
});

test("a snap is taken where it is named, and not otherwise", linux, () => {
  lay({ "snap/bin/snap": SCRIPT, "snap/home/x": "" });
  fs.symlinkSync(at("snap/bin/snap"), at("snap/bin/chromium"));
  assert.equal(isSnap(at("snap/bin/chromium")), true);
  assert.equal(isSnap("/snap/bin/chromium"), true);
  assert.equal(isSnap(PROGRAM), false);
  const system = systemIn("snap");
  refused(() => findChromium("", { system }), /\[\S+chromium is a snap, which sees no files of others\]/);
  assert.equal(findChromium(at("snap/bin/chromium"), { system }), at("snap/bin/chromium"));
});

test("the scripts of this system's packages are followed, and what they start is a Chromium", linux, (t) => {
  const scripts = ["chromium", "chromium-headless-shell", "google-chrome"].map((name) => `/usr/bin/${name}`);
  const there = scripts.filter((file) => fs.existsSync(file));
  if (there.length === 0) {
    t.skip("there is no Chromium in /usr/bin");
    return;
  }
  for (const script of there) {
    const program = findChromium(script);
    assert.notEqual(program, script);
    assert.match(execFileSync(program, ["--version"], { encoding: "utf8", timeout: 60_000 }), /Chrom\w+ \d+\./);
  }
});

// Other systems, and caches -------------------------------------------------------------------------------------------

test("usual places of macOS and Windows", () => {
  const mac = usualPlaces({ platform: "darwin", env: {}, home: "/Users/me" });
  assert.equal(mac[0], path.normalize("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"));
  assert.ok(mac.includes(path.normalize("/Users/me/Applications/Chromium.app/Contents/MacOS/Chromium")));
  const env = { PROGRAMFILES: "P", ProgramW6432: "P", "PROGRAMFILES(X86)": "X", LOCALAPPDATA: "L" };
  const windows = usualPlaces({ platform: "win32", env, home: "H" });
  assert.equal(new Set(windows).size, windows.length);
  assert.equal(windows[0], path.join("P", "Google", "Chrome", "Application", "chrome.exe"));
  assert.ok(windows.includes(path.join("X", "Microsoft", "Edge", "Application", "msedge.exe")));
});

/** The caches of a platform in that home, as paths in it. */
const cached = (platform, folder, env = {}) =>
  cachedBrowsers({ platform, env, home: at(folder) }).map((file) => path.relative(at(folder), file));

test("Puppeteer's cache: shells first, the newest version first", () => {
  const shell = (version) =>
    `p/.cache/puppeteer/chrome-headless-shell/${version}/chrome-headless-shell-linux64/chrome-headless-shell`;
  const chrome = "p/.cache/puppeteer/chrome/linux-140.0.1/chrome-linux64/chrome";
  lay({ [shell("linux-99.0.4844.51")]: "", [shell("linux-131.0.6778.9")]: "", [shell("linux-131.0.6778.85")]: "" });
  lay({ [shell("mac_arm-150.0.1")]: "", [chrome]: "", "p/.cache/puppeteer/chrome/linux-150.0.1/half": "" });
  const expected = ["linux-131.0.6778.85", "linux-131.0.6778.9", "linux-99.0.4844.51"].map(shell);
  assert.deepEqual(
    cached("linux", "p"),
    [...expected, chrome].map((file) => path.relative("p", file)),
  );
  assert.deepEqual(cached("linux", "nobody", { PUPPETEER_CACHE_DIR: at("p/.cache/puppeteer") }).length, 4);
});

test("Puppeteer's cache on macOS and Windows", () => {
  const name = "Google Chrome for Testing";
  const mac = `q/.cache/puppeteer/chrome/mac_arm-131.0.1/chrome-mac-arm64/${name}.app/Contents/MacOS/${name}`;
  const windows =
    "q/.cache/puppeteer/chrome-headless-shell/win64-131.0.1/chrome-headless-shell-win64/chrome-headless-shell.exe";
  lay({ [mac]: "", [windows]: "" });
  assert.deepEqual(cached("darwin", "q"), [path.relative("q", mac)]);
  assert.deepEqual(cached("win32", "q"), [path.relative("q", windows)]);
});

test("Playwright's cache, in its older and its newer form", () => {
  lay({
    "w/.cache/ms-playwright/chromium_headless_shell-1148/chrome-linux/headless_shell": "",
    "w/.cache/ms-playwright/chromium_headless_shell-1200/chrome-headless-shell-linux64/chrome-headless-shell": "",
    "w/.cache/ms-playwright/chromium-1300/chrome-linux64/chrome": "",
    "w/.cache/ms-playwright/firefox-1/firefox/firefox": "",
    "w/Library/Caches/ms-playwright/chromium-1/chrome-mac/Chromium.app/Contents/MacOS/Chromium": "",
  });
  const expected = [
    "chromium_headless_shell-1200/chrome-headless-shell-linux64/chrome-headless-shell",
    "chromium_headless_shell-1148/chrome-linux/headless_shell",
    "chromium-1300/chrome-linux64/chrome",
  ].map((name) => path.join(".cache", "ms-playwright", name));
  assert.deepEqual(cached("linux", "w"), expected);
  const env = { PLAYWRIGHT_BROWSERS_PATH: at("w/.cache/ms-playwright") };
  assert.equal(cachedBrowsers({ platform: "linux", env, home: at("nobody") }).length, 3);
  assert.equal(cached("darwin", "w").length, 1);
  // Beside the package: there is none here.
  assert.deepEqual(cached("linux", "w", { PLAYWRIGHT_BROWSERS_PATH: "0" }), []);
});

test("@sparticuz/chromium is unpacked once, whole, into a directory of this user", linux, async () => {
  const script = `${SCRIPT}echo Chromium 153.0.0.0\n`;
  lay({ "sp/package/package.json": JSON.stringify({ version: "153.0.0" }), "sp/package/bin/chromium.br": "" });
  fs.writeFileSync(at("sp/package/bin/chromium.br"), zlib.brotliCompressSync(script));
  const system = { env: {}, home: at("sp/home") };
  const { file } = unpacked(at("sp/package"), system);
  assert.equal(file, at("sp/home/.cache/phantom-cluster/chromium-153.0.0/chromium"));
  assert.equal(execFileSync(file, { encoding: "utf8" }), "Chromium 153.0.0.0\n");
  assert.deepEqual(fs.readdirSync(path.dirname(file)), ["chromium"]);
  const { ino } = fs.statSync(file);
  assert.deepEqual(unpacked(at("sp/package"), system), { file });
  assert.equal(fs.statSync(file).ino, ino);
});

test("what cannot be unpacked leaves nothing, and says why", linux, () => {
  lay({ "bad/package/package.json": '{"version":"1.0.0"}', "bad/package/bin/chromium.br": "not compressed" });
  const { problem } = unpacked(at("bad/package"), { env: {}, home: at("bad/home") });
  assert.match(problem, /^@sparticuz\/chromium cannot be unpacked into .*chromium-1\.0\.0: Decompression failed/);
  assert.deepEqual(fs.readdirSync(at("bad/home/.cache/phantom-cluster/chromium-1.0.0")), []);
  lay({ "empty/package/package.json": "{}" });
  assert.match(unpacked(at("empty/package"), { env: {}, home: at("bad/home") }).problem, /has no chromium\.br/);
});

test("a directory that others may write to is not unpacked into", linux, () => {
  const home = at("shared/home");
  const cache = path.join(home, ".cache", "phantom-cluster", "chromium-1.0.0");
  fs.mkdirSync(cache, { recursive: true });
  fs.chmodSync(cache, 0o777);
  fs.writeFileSync(path.join(cache, "chromium"), "planted", { mode: 0o755 });
  lay({ "shared/package/package.json": '{"version":"1.0.0"}', "shared/package/bin/chromium.br": "" });
  fs.writeFileSync(at("shared/package/bin/chromium.br"), zlib.brotliCompressSync(SCRIPT));
  const { file } = unpacked(at("shared/package"), { env: {}, home });
  assert.equal(path.dirname(path.dirname(file)), os.tmpdir());
  assert.equal(fs.readFileSync(file, "utf8"), SCRIPT);
  fs.rmSync(path.dirname(file), { recursive: true });
});

// What to do ----------------------------------------------------------------------------------------------------------

for (const [name, release, arch, expected] of [
  [
    "Debian 12",
    'ID=debian\nVERSION_ID="12"',
    "x64",
    /^sudo apt-get update && sudo apt-get install -y chromium-headless-shell$/,
  ],
  ["Debian 11", 'ID=debian\nVERSION_ID="11"', "x64", /install -y chromium$/],
  ["kin of Debian", 'ID=raspbian\nID_LIKE="debian"\nVERSION_ID="1"', "arm64", /install -y chromium-headless-shell$/],
  [
    "Ubuntu",
    'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"',
    "x64",
    /^npx @puppeteer\/browsers install chrome-headless-shell@stable --path ~\/\.cache\/puppeteer$/,
  ],
  ["Ubuntu on ARM", "ID=ubuntu\nID_LIKE=debian", "arm64", /^npx playwright install --with-deps --only-shell chromium$/],
  ["kin of Ubuntu", 'ID=linuxmint\nID_LIKE="ubuntu debian"', "x64", /^npx @puppeteer/],
  ["Alpine", "ID=alpine\nVERSION_ID=3.22.1", "x64", /^sudo apk add chromium$/],
  ["Fedora", "ID=fedora\nVERSION_ID=44", "x64", /^sudo dnf install -y chromium-headless$/],
  [
    "kin of Red Hat",
    'ID="rocky"\nID_LIKE="rhel centos fedora"',
    "x64",
    /epel-release && sudo dnf install -y chromium$/,
  ],
  ["Arch", "ID=arch", "x64", /^sudo pacman -S chromium$/],
  ["openSUSE", 'ID="opensuse-leap"\nID_LIKE="suse opensuse"', "x64", /^sudo zypper install chromium$/],
  ["Amazon Linux", 'ID="amzn"\nID_LIKE="fedora"', "x64", /^npm install @sparticuz\/chromium$/],
  ["another", "ID=other", "x64", /^npm install @sparticuz\/chromium$/],
]) {
  test(`${name}: the command that installs Chromium`, () => {
    lay({ [`release/${name}`]: `NAME="x"\n${release}\n` });
    const osRelease = at("release", name);
    const given = installing({ platform: "linux", arch, isRoot: false, osRelease });
    assert.match(given.command, expected);
    assert.equal("caveat" in given, name.includes("Ubuntu"));
    assert.doesNotMatch(installing({ platform: "linux", arch, isRoot: true, osRelease }).command, /sudo/);
  });
}

test("macOS, Windows, and a Linux that does not say what it is", () => {
  assert.match(installing({ platform: "darwin" }).command, /^brew install --cask google-chrome$/);
  assert.match(installing({ platform: "win32" }).command, /^npx @puppeteer\/browsers .*%USERPROFILE%/);
  const unknown = { platform: "linux", arch: "arm64", isRoot: true, osRelease: "/nowhere" };
  assert.match(installing(unknown).command, /^npx playwright install/);
});
