"use strict";

// The Chromium of npm package @sparticuz/chromium, for Linux on x64: compressed in the package, and unpacked once into a
// directory of this user. The package itself is not run: it unpacks to a fixed name in the temporary directory, where
// another user could have put something, and its flags give up the isolation of pages.

const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { packageFolders } = require("../npm-packages");

const NAME = "@sparticuz/chromium";
const LIMIT = 120_000;
/** Runs in a process of its own, as a stream: 200 MB of program never lie in the memory of ours. */
const UNPACK = `const [from, to] = process.argv.slice(1), fs = require("node:fs");
require("node:stream").pipeline(fs.createReadStream(from), require("node:zlib").createBrotliDecompress(),
  fs.createWriteStream(to, { mode: 0o700, flags: "wx" }), (error) => {
    if (error) { console.error(error.message); process.exitCode = 1; }
  });`;

/** A directory that is this user's alone, or null. */
function ownDirectory(folder) {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = fs.lstatSync(folder);
    const isOwn = found.isDirectory() && found.uid === process.getuid() && (found.mode & 0o022) === 0;
    fs.accessSync(folder, fs.constants.W_OK);
    return isOwn ? folder : null;
  } catch {
    return null;
  }
}

/** Below the user's cache, else, where there is no home to write to, in the temporary directory. */
function cacheDirectory({ env, home }, version) {
  const cache = path.join(env.XDG_CACHE_HOME || path.join(home, ".cache"), "phantom-cluster", `chromium-${version}`);
  return (
    ownDirectory(cache) ??
    ownDirectory(path.join(os.tmpdir(), `phantom-cluster-chromium-${version}-${process.getuid()}`))
  );
}

/** Unpacks `packed` as `file`, which is whole or not there; gives what went wrong, or null. */
function unpack(packed, file) {
  // Others may be at it too.
  const part = `${file}.${process.pid}`;
  const { status, stderr, error } = spawnSync(process.execPath, ["-e", UNPACK, packed, part], {
    timeout: LIMIT,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    // Not the options of the user's own script.
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  if (status === 0) {
    fs.renameSync(part, file);
    return null;
  }
  fs.rmSync(part, { force: true });
  return error?.message ?? stderr.trim();
}

function versionOf(folder) {
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")).version;
  } catch {
    return "unknown";
  }
}

/** The program of the package in `folder`: `{ file }`, unpacked where it was not, or `{ problem }`. */
function unpacked(folder, system) {
  const packed = path.join(folder, "bin", "chromium.br");
  if (!fs.existsSync(packed)) {
    return { problem: `${NAME} in ${folder} has no chromium.br` };
  }
  const directory = cacheDirectory(system, versionOf(folder));
  if (directory === null) {
    return { problem: `${NAME} cannot be unpacked: there is no directory to write to, neither ~/.cache nor TMPDIR` };
  }
  const file = path.join(directory, "chromium");
  const wrong = fs.existsSync(file) ? null : unpack(packed, file);
  return wrong ? { problem: `${NAME} cannot be unpacked into ${directory}: ${wrong}` } : { file };
}

/** What the package has for this system: as `unpacked()`, or null where it is not installed. `system`: platform, env, home. */
function packedChromium(system) {
  const [folder] = system.platform === "linux" && process.arch === "x64" ? packageFolders(NAME) : [];
  return folder ? unpacked(folder, system) : null;
}

module.exports = { NAME, packedChromium, unpacked };
