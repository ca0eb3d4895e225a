// npm `phantom` 0.8.4 has a suite (vows, CoffeeScript) and samples: both run against phantom-cluster/phantom, on each browser
// by the environment variable alone. They are fetched when the test runs, and are no part of this package. 6.3.0 ships none.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { onEachBrowser, serve } from "../helpers.mjs";

const ENTRY = fileURLToPath(new URL("../../phantom.js", import.meta.url));
const OLD_NODE = fileURLToPath(new URL("../fixtures/old-node.js", import.meta.url));
const PHANTOM = "phantom@0.8.4";
// Of the versions that its package.json names.
const TOOLS = ["vows@0.7", "coffee-script@1.9", "express@3.2.5", "temp@0.4", "bluebird@1.2"];
const DEADLINE = 60_000;

/** What may fail, and why. With npm `phantom` itself the tests of signals fail in the same way. */
const SHELL = "it signals the shell that runs its script";
const PORT = "there is no server of ours on the port: PhantomJS takes the next free one";
const ALLOWED = {
  "SIGINT with callbacks": SHELL,
  "SIGINT without callbacks": SHELL,
  "SIGTERM with callbacks": SHELL,
  "SIGTERM without callbacks": SHELL,
  "with an error code of ENOENT": "error.code is ERR_PHANTOM_BINARY, and error.cause.code is ENOENT",
  "it fails": PORT,
  "and it errors": PORT,
  "with error code EADDRINUSE": PORT,
  "which return the correct result": "the page takes jQuery from Google's server",
  // Of "can register an onError handler" alone: see the check of its text.
  "which works correctly": "PhantomJS 2 says Unexpected EOF where 1.9 said Parse error",
};
/** What differs on a browser besides. */
const DIFFERS = {
  phantomjs: {},
  chromium: {
    "it doesn't load":
      "an image that is not loaded is 16 px wide there, the size of the sign in its place; in PhantomJS 0",
    "which is null": "the path names a PhantomJS, which is not needed there",
    "which returned an error": "the path names a PhantomJS, which is not needed there",
  },
};
/** Tests of each file. */
const COUNTS = { adv: 5, basic: 7, callbacks: 3, closing: 6, error: 8, frames: 4, page: 12 };

let folder;
let old;
let proxy;
let unreachable;

function ran(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      { cwd: folder, timeout: DEADLINE, killSignal: "SIGKILL", encoding: "utf8", ...options },
      (error, stdout, stderr) => resolve({ error, stdout, text: `${stdout}\n${stderr}` }),
    );
    child.stdin.end();
  });
}

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-npm-phantom-"));
  fs.writeFileSync(path.join(folder, "package.json"), "{}");
  const shell = process.platform === "win32";
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--prefer-offline"];
  // Its dependencies are of no use here.
  const [tools, packed] = await Promise.all([
    ran("npm", ["install", ...quiet, ...TOOLS], { timeout: 120_000, shell }),
    ran("npm", ["pack", "--prefer-offline", PHANTOM], { timeout: 120_000, shell }),
  ]);
  unreachable = (tools.error && tools.text) || (packed.error && packed.text);
  // In CI nobody would see that it was left out.
  assert.ok(!unreachable || !process.env.CI, unreachable);
  if (unreachable) {
    return;
  }
  const archive = fs.readdirSync(folder).find((file) => file.endsWith(".tgz"));
  const unpacked = await ran("tar", ["-xzf", archive]);
  assert.ok(!unpacked.error, unpacked.text);
  const modules = path.join(folder, "node_modules");
  old = path.join(folder, "package");
  proxy = await serve((_request, response) => response.end("<title>site</title><p class=listing>text</p>"));
  // Both names that its files use; the samples' sites are ours.
  fs.mkdirSync(path.join(modules, "phantom"));
  const switches = JSON.stringify(`--proxy=127.0.0.1:${proxy.port}`);
  const sample = `const { create } = require(${JSON.stringify(ENTRY)});\n`;
  fs.writeFileSync(
    path.join(modules, "phantom", "index.js"),
    `${sample}exports.create = (...args) => create(${switches}, ...args);\n`,
  );
  for (const name of ["phantom.js", "index.js"]) {
    fs.writeFileSync(path.join(old, name), `module.exports = require(${JSON.stringify(ENTRY)});\n`);
  }
  const coffee = path.join(modules, "coffee-script", "bin", "coffee");
  for (const from of ["test", "samples"]) {
    const compiled = await ran(process.execPath, [coffee, "--bare", "--compile", path.join(old, from)]);
    assert.ok(!compiled.error, compiled.text);
  }
});
after(async () => {
  await proxy?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Skips, and says why, where nothing could be fetched. */
function withSuite(name, body) {
  test(name, async (t) => (unreachable ? t.skip(`npm cannot fetch ${PHANTOM}: no network?`) : body()));
}

onEachBrowser((_options, browser) => {
  const allowed = { ...ALLOWED, ...DIFFERS[browser] };
  const env = { ...process.env, PHANTOM_CLUSTER_BROWSER: browser };

  for (const [name, count] of Object.entries(COUNTS)) {
    withSuite(`npm phantom's suite: ${name}`, async () => {
      const vows = path.join(folder, "node_modules", "vows", "bin", "vows");
      const args = ["--require", OLD_NODE, vows, "--spec", path.join("test", `${name}.js`)];
      const { text } = await ran(process.execPath, args, { cwd: old, env });
      const context = new Map();
      let current = "";
      const results = [];
      for (const line of text.split("\n")) {
        const [, sign, title] = /^ {4}([✓✗]) (.+?)\s*$/.exec(line) ?? [];
        if (title) {
          // "exited" says nothing without what stands above.
          results.push({ sign, title: title === "exited" ? current : title });
          context.set(title, current);
        } else if (/^ {2}\S/.test(line)) {
          current = line.trim();
        }
      }
      assert.equal(results.length, count, `each test has its result\n${text}`);
      const failed = results.filter(({ sign }) => sign === "✗").map(({ title }) => title);
      const unexpected = failed.filter((title) => !Object.hasOwn(allowed, title));
      assert.deepEqual(unexpected, [], text);
      if (failed.includes("which works correctly")) {
        assert.match(context.get("which works correctly"), /onError handler/, text);
      }
    });
  }

  withSuite("npm phantom's samples end by themselves", async () => {
    const samples = fs.readdirSync(path.join(old, "samples")).filter((file) => file.endsWith(".js"));
    assert.ok(samples.length >= 10, String(samples));
    for (const file of samples) {
      const { error, text } = await ran(process.execPath, [path.join(old, "samples", file)], { env });
      assert.ok(!error, `${file}: ${error}\n${text}`);
      // Of ours, or of nobody on localhost.
      assert.match(text, file === "test_phantom_6.js" ? /Page/ : /success|fail/, file);
      assert.doesNotMatch(text, /Error/, file);
    }
  });
});
