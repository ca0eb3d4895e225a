// The example of two primaries and a producer that knows BullMQ alone.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { site } from "../helpers.mjs";
import { onRedis, redisServer } from "./redis-server.mjs";

const example = fileURLToPath(new URL("../../examples/shared-queue.js", import.meta.url));

test("examples/shared-queue.js", onRedis({ timeout: 90_000 }), async () => {
  const server = await redisServer();
  const pages = await site({ "/one": "<title>one</title>", "/two": "<title>two</title>" });
  const env = { ...process.env, REDIS: server.url };
  const start = (...args) => spawn(process.execPath, [example, ...args], { env, cwd: path.dirname(example) });
  const primaries = [start(), start()];
  const exits = primaries.map((child) => once(child, "exit"));
  try {
    const producer = start("produce", `${pages.url}/one`, `${pages.url}/two`, "http://127.0.0.1:1/");
    const output = { stdout: "", stderr: "" };
    for (const name of Object.keys(output)) {
      producer[name].on("data", (data) => {
        output[name] += data;
      });
    }
    const [code] = await once(producer, "close");
    assert.equal(code, 0, output.stderr);
    assert.deepEqual(output.stdout.trim().split("\n"), [
      `${pages.url}/one: one`,
      `${pages.url}/two: two`,
      "http://127.0.0.1:1/: failed: http://127.0.0.1:1/ cannot be loaded",
    ]);
  } finally {
    for (const child of primaries) {
      child.kill("SIGTERM");
    }
    assert.deepEqual(await Promise.all(exits), [
      [0, null],
      [0, null],
    ]);
    await pages.close();
    await server.close();
  }
});
