// Bull Board shows a shared queue as it does any of BullMQ's: the page itself, by our own engine on Chromium.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { browser, onChromium } from "../helpers.mjs";
import { primaryProcess } from "./primaries.mjs";
import { onRedis, redisServer } from "./redis-server.mjs";

const { devDependencies } = createRequire(import.meta.url)("../../package.json");
const PACKAGES = [
  `bullmq@${devDependencies.bullmq}`,
  `ioredis@${devDependencies.ioredis}`,
  "@bull-board/api@6",
  "@bull-board/express@6",
  "express@5",
];

/** Installs the packages in a folder, and serves the board of a queue: its address. */
async function serveBoard(folder, queue) {
  const require = createRequire(`${folder}/`);
  const { createBullBoard } = require("@bull-board/api");
  const { BullMQAdapter } = require("@bull-board/api/bullMQAdapter");
  const { ExpressAdapter } = require("@bull-board/express");
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath("/board");
  createBullBoard({ queues: [new BullMQAdapter(queue)], serverAdapter });
  const app = require("express")();
  app.use("/board", serverAdapter.getRouter());
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${server.address().port}/board`, server };
}

describe("Bull Board", onRedis(), () => {
  const ends = [];
  let folder;

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "board-"));
    fs.writeFileSync(path.join(folder, "package.json"), "{}");
    const args = ["install", "--no-audit", "--no-fund", "--prefer-offline", "--cache", path.join(folder, "cache")];
    const { status, stderr } = spawnSync("npm", [...args, ...PACKAGES], {
      cwd: folder,
      encoding: "utf8",
      timeout: 180_000,
    });
    assert.equal(status, 0, stderr);
  });
  after(async () => {
    for (const end of ends.reverse()) {
      await end();
    }
    fs.rmSync(folder, { recursive: true });
  });

  test("shows requests, responses and errors", { timeout: 120_000, ...onChromium() }, async () => {
    const redis = await redisServer();
    ends.push(() => redis.close());
    const one = primaryProcess({ store: { redis: redis.url, queue: "crawl" } });
    ends.push(() => one.end());
    const items = [{ url: "http://example.com/" }, { url: "http://example.com/news", fail: "no such page" }];
    const ended = await Promise.all(items.map((request) => one.enqueue(request).ended()));
    assert.equal(ended[1].error.message, "no such page");

    const { Queue } = createRequire(`${folder}/`)("bullmq");
    const queue = new Queue("crawl", { connection: { port: redis.port } });
    ends.push(() => queue.close());
    const { url, server } = await serveBoard(folder, queue);
    ends.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    const status = async (name) => {
      const response = await fetch(`${url}/api/queues?activeQueue=crawl&status=${name}&page=1&jobsPerPage=10`);
      return (await response.json()).queues.find((one) => one.name === "crawl");
    };
    const completed = await status("completed");
    assert.deepEqual([completed.counts.completed, completed.counts.failed], [1, 1]);
    assert.equal(completed.jobs[0].data.url, "http://example.com/");
    assert.equal((await status("failed")).jobs[0].failedReason, "no such page");

    const { ph, close } = await browser({ browser: "chromium" });
    ends.push(close);
    const page = await ph.createPage();
    await page.property("viewportSize", { width: 1280, height: 800 });
    await page.goto(`${url}/queue/crawl?status=failed`);
    await page.waitFor(() => document.body.textContent.includes("no such page"), { timeout: 30_000 });
    const file = process.env.PHANTOM_CLUSTER_TEST_PICTURE ?? path.join(folder, "board.png");
    assert.equal(await page.render(file), true);
    assert.ok(fs.statSync(file).size > 10_000, "a picture with something on it");
  });
});
