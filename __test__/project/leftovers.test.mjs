// leftovers.mjs sees what a test file leaves behind, ends it, and fails the file.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { isGone, isLinux, until } from "../helpers.mjs";

const script = fileURLToPath(new URL("../fixtures/leaving.mjs", import.meta.url));

function leaving(what) {
  const { status, stderr } = spawnSync(process.execPath, [script, what], { encoding: "utf8", timeout: 60_000 });
  assert.deepEqual(fs.readdirSync(os.tmpdir()), [], "its folder is gone");
  return { status, stderr };
}

test("a file that leaves nothing is fine", () => {
  assert.deepEqual(leaving("nothing"), { status: 0, stderr: "" });
});

test("a temporary file fails it", () => {
  const { status, stderr } = leaving("file");
  assert.equal(status, 1);
  assert.match(stderr, /left behind: .*left\.txt/);
});

test("a process fails it, though it has lost its parent", { skip: !isLinux }, async () => {
  const { status, stderr } = leaving("process");
  assert.equal(status, 1);
  const [, pid] = /left behind: .*pid: (\d+), command: 'sleep 300/.exec(stderr);
  await until(() => isGone(Number(pid)), "its end");
});

test("every test file has this look", () => {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  for (const file of fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".test.mjs"))) {
    assert.match(fs.readFileSync(path.join(folder, file), "utf8"), /"\.{1,2}\/(helpers|leftovers)\.mjs"/, file);
  }
});
