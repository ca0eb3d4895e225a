// The oldest BullMQ that is allowed does as well as the newest, which the other tests have.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "../helpers.mjs";
import { primaryProcess } from "./primaries.mjs";
import { onRedis, redisServer } from "./redis-server.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const { peerDependencies } = createRequire(import.meta.url)("../../package.json");
const OLDEST = peerDependencies.bullmq.replace("^", "");

describe(`BullMQ ${OLDEST}`, onRedis(), () => {
  let folder;
  let server;
  let primaries = [];

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "bullmq-"));
    fs.writeFileSync(path.join(folder, "package.json"), "{}");
    const args = ["install", "--no-audit", "--no-fund", "--prefer-offline", "--cache", path.join(folder, "cache")];
    const packages = [`bullmq@${OLDEST}`, `ioredis@${peerDependencies.ioredis.replace("^", "")}`];
    const { status, stderr } = spawnSync("npm", [...args, ...packages], {
      cwd: folder,
      encoding: "utf8",
      timeout: 180_000,
    });
    assert.equal(status, 0, stderr);
    server = await redisServer();
  });
  after(async () => {
    await Promise.all(primaries.map((one) => one.end()));
    await server?.close();
    if (folder) {
      fs.rmSync(folder, { recursive: true });
    }
  });

  test("serves, cancels, takes over and gives back", { timeout: 120_000 }, async () => {
    const env = {
      BULLMQ_AT: folder,
      NODE_OPTIONS: `--require ${path.join(here, "..", "fixtures", "other-bullmq.cjs")}`,
    };
    const begin = () => {
      const one = primaryProcess({ store: { redis: server.url, queue: "q", lock: 3_000 } }, env);
      primaries.push(one);
      return one;
    };
    primaries = [];
    const one = begin();
    const two = begin();
    const { Queue } = createRequire(`${folder}/`)("bullmq");
    const queue = new Queue("q", { connection: { port: server.port }, skipMetasUpdate: true });
    try {
      const job = await queue.add("theirs", { a: 1 }, { attempts: 2 });
      const items = Array.from({ length: 20 }, () => one.enqueue({ wait: 300 }));
      const cancelled = one.enqueue({ wait: 60_000 });
      const failing = one.enqueue({ fail: "so" }, { key: "1" });
      const ends = await Promise.all(items.map((item) => item.ended()));
      assert.equal(new Set(ends.map(({ value }) => value.by)).size, 2);
      assert.equal((await failing.ended()).error.code, "E_TEST");
      assert.equal((await one.enqueue({}, { key: "1" }).ended()).error.message, "so");
      await until(async () => (await job.getState()) === "completed", "the foreign job");
      await until(async () => (await queue.getActiveCount()) === 1, "the long one");
      cancelled.cancel();
      await until(async () => (await queue.getActiveCount()) === 0, "its end");
      const last = Array.from({ length: 4 }, () => one.enqueue({ wait: 2_000 }));
      await until(async () => (await queue.getActiveCount()) >= 2, "both at work");
      two.kill("SIGKILL");
      assert.ok((await Promise.all(last.map((item) => item.ended()))).every(({ value }) => value));
      assert.equal((await one.stats()).shared.late, 0);
    } finally {
      await queue.close();
    }
  });
});
