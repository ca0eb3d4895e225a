// Engines that are made where no worker could do anything but make another.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { basePort, isLinux, run } from "../helpers.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const index = JSON.stringify(path.join(here, "../..", "index.js"));

test("a server in a thread is refused before it forks anything", async () => {
  const { code, events, text } = await run("in-thread.js", { phantomBasePort: basePort() });
  assert.equal(code, 0, text);
  assert.deepEqual(
    events.map(({ depth, name, code }) => [depth, name, code]),
    [[0, "EngineError", "ERR_NOT_MAIN_THREAD"]],
    text,
  );
  assert.match(events[0].message, /make it in the main thread.*cluster\.setupPrimary\(\{ exec \}\)/);
});

test("a server in a thread works with a script of its own for its workers", async () => {
  const exec = path.join(here, "../fixtures", "answers.js");
  const { events, text } = await run("in-thread.js", { phantomBasePort: basePort(), exec });
  assert.deepEqual(events, [{ depth: 0, event: "response", response: "in a thread" }], text);
});

test("a script that names itself as the script of its workers is no bomb either", async () => {
  const exec = path.join(here, "../fixtures", "in-thread.js");
  const { events, text } = await run("in-thread.js", { phantomBasePort: basePort(), exec, startTimeout: 4_000 });
  const refused = events.filter(({ event }) => event === "refused");
  assert.ok(refused.length > 0, text);
  assert.ok(
    refused.every(({ depth, code }) => depth === 1 && code === "ERR_NOT_MAIN_THREAD"),
    text,
  );
});

for (const [name, args, input] of [
  ["node -e", ["-e"], undefined],
  ["standard input", ["-"], ""],
]) {
  test(`a program without a script cannot start workers, and is told so: ${name}`, () => {
    const program = `
      const engine = require(${index}).create({ workers: 1 });
      try { engine.start(); } catch ({ code, message }) { console.log(code, message); }
    `;
    const given = input === undefined ? [...args, program] : args;
    const { stdout, stderr, status } = spawnSync(process.execPath, given, {
      input: input === undefined ? "" : program,
      timeout: 30_000,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^ERR_NO_SCRIPT workers run the script of their primary.*put it in a file/);
  });
}

test("where no thread can be had, an error says so", { skip: !isLinux }, () => {
  // The limit is one of a user's, and none for root.
  const user = process.getuid() === 0 ? { uid: 54_321, gid: 54_321 } : {};
  const { stdout, stderr, status, signal } = spawnSync(
    process.execPath,
    [path.join(here, "../fixtures", "no-threads.js")],
    { timeout: 30_000, encoding: "utf8", ...user },
  );
  assert.equal(status, 0, `${signal} ${stdout} ${stderr}`);
  const { name, code, message } = JSON.parse(stdout);
  assert.deepEqual([name, code], ["EngineError", "ERR_RUNTIME"]);
  assert.match(message, /cannot start its threads.*raise the limits/);
});
