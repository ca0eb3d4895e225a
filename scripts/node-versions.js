"use strict";

// Runs a part of the suite that touches all of the package on other versions of Node, and on Bun, with the addon that is
// built: node scripts/node-versions.js [VERSION…]. A version is a range, as npm has it, or "bun".

const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const cache = path.join(root, "node_modules", ".cache", "phantom-cluster-versions");
const isWindows = process.platform === "win32";

// The oldest that package.json allows, and the newest of each line.
const OLDEST = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")).engines.node.replace(">=", "");
const VERSIONS = [`${OLDEST}.0`, "18", "20", "22", "24", "bun"];
const FILES = [
  ...["engine/options", "engine/cluster", "engine/errors"],
  ...["queue/queued", "standalone/standalone", "project/examples"],
];
const LIMIT = 600_000;

/** The npm package that has the program for this machine, and the program's path in there. */
function packageOf(version) {
  if (version === "bun") {
    const [system, machine] = [isWindows ? "windows" : process.platform, process.arch === "arm64" ? "aarch64" : "x64"];
    return { name: `@oven/bun-${system}-${machine}`, range: "latest", program: isWindows ? "bin/bun.exe" : "bin/bun" };
  }
  const name = `node-${isWindows ? "win" : process.platform}-${process.arch}`;
  return { name, range: version, program: isWindows ? "bin/node.exe" : "bin/node" };
}

/** Installs a version; gives the path of its program. */
function fetch(version) {
  const { name, range, program } = packageOf(version);
  const folder = path.join(cache, version);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "package.json"), "{}");
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", `${name}@${range}`];
  const { status, error } = spawnSync("npm", args, { cwd: folder, stdio: "inherit", shell: isWindows });
  if (status !== 0) {
    throw error ?? new Error(`${name}@${range} cannot be installed`);
  }
  return path.join(folder, "node_modules", name, program);
}

/** Runs the tests on a version; gives whether they passed. */
function test(version) {
  const program = fetch(version);
  const files = FILES.map((name) => `./__test__/${name}.test.mjs`);
  const args = version === "bun" ? ["test", "--timeout", "120000"] : ["--test", "--test-reporter", "tap"];
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(program, [...args, ...files], {
    cwd: root,
    encoding: "utf8",
    timeout: LIMIT,
    maxBuffer: 2 ** 28,
  });
  const text = `${stdout}\n${stderr}`;
  const count = (word) =>
    text
      .match(new RegExp(`^# ${word} (\\d+)|^ *(\\d+) ${word}$`, "m"))
      ?.slice(1)
      .find(Boolean) ?? "?";
  const exact = spawnSync(program, ["--version"], { encoding: "utf8" }).stdout.trim();
  const name = version === "bun" ? `Bun ${exact}` : `Node ${exact}`;
  const seconds = Math.round((performance.now() - begin) / 1000);
  console.log(`${name}: ${count("pass")} passed, ${count("fail")} failed, ${seconds} s`);
  if (status !== 0) {
    console.log(text);
  }
  return status === 0;
}

const given = process.argv.slice(2);
const results = (given.length > 0 ? given : VERSIONS).map(test);
process.exitCode = results.every(Boolean) ? 0 : 1;
