// A process that has no file descriptor left: the error says so, and what to do.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { basePort, isLinux } from "../helpers.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs `what` where no more files can be opened, and gives the code and message of its error. */
async function withoutFiles(what) {
  const script = `
    const fs = require("node:fs");
    const { createQueued } = require(${JSON.stringify(root)});
    const { create } = require(${JSON.stringify(path.join(root, "phantom.js"))});
    const phantomBasePort = ${basePort()};
    (async () => {
      // What is loaded late, and the descriptors that a first error needs.
      require(${JSON.stringify(path.join(root, "lib", "browser", "unrunnable.js"))});
      const { findBinary } = require(${JSON.stringify(path.join(root, "lib", "browser", "binary.js"))});
      const phantomBinary = findBinary();
      // It comes to no worker.
      require("node:cluster").setupPrimary({ exec: "worker.js" });
      const engine = createQueued({ workers: 1, phantomBinary, phantomBasePort });
      const open = [];
      try { for (;;) open.push(fs.openSync("/dev/null")); } catch {}
      let error;
      try { await (${what}); } catch (caught) { error = caught; }
      open.forEach((descriptor) => fs.closeSync(descriptor));
      console.log(JSON.stringify({ code: error?.code, message: error?.message }));
      process.exit();
    })();`;
  const limited = 'ulimit -n 100; exec "$0" -e "$1"';
  const { stdout } = await promisify(execFile)("/bin/sh", ["-c", limited, process.execPath, script], {
    timeout: 60_000,
  });
  return JSON.parse(stdout);
}

for (const [name, what, code] of [
  ["the engine's socket", "engine.start()", "ERR_LISTEN"],
  ["PhantomJS", "create({ phantomPath: phantomBinary, port: phantomBasePort })", "ERR_PHANTOM_START"],
]) {
  test(`no file is left to open for ${name}`, { skip: !isLinux }, async () => {
    const error = await withoutFiles(what);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, /Too many open files .*; raise the limit of open files \(ulimit -n\)$/);
  });
}
