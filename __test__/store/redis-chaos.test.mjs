// A short run of chaos/shared.js: primaries are killed and stopped at random, and each request ends once.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import "../leftovers.mjs";
import { onRedis } from "./redis-server.mjs";

const script = fileURLToPath(new URL("../../chaos/shared.js", import.meta.url));

test("each request ends once, whatever becomes of the primaries", onRedis({ timeout: 240_000 }), async (t) => {
  const args = ["--requests", "1500", "--faults", "6"];
  const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  await once(child, "close");
  const { seed, ended, endedTwice, jobsEndedTwice, counts, lastEndAfterLastFault: last } = JSON.parse(output);
  assert.deepEqual([ended, endedTwice, jobsEndedTwice], [1_500, 0, 0], output);
  assert.deepEqual([counts.completed, counts.failed], [1_500, 0], output);
  t.diagnostic(`seed ${seed}, the last ended ${last} ms after the last fault`);
});
