// One queue in Redis, with any producer and listener of BullMQ: requests there and back.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { FlowProducer, Job, Queue, QueueEvents } from "bullmq";
import { createQueued } from "../../index.js";
import { until } from "../helpers.mjs";
import { engineHere } from "./primaries.mjs";
import { onRedis, redisServer } from "./redis-server.mjs";

const it = (name, body) => test(name, { timeout: 60_000 }, body);

describe("a queue in Redis", onRedis(), () => {
  let server;
  let engine;
  let queue;
  let store;

  before(async () => {
    server = await redisServer();
    store = { redis: server.url, queue: "crawl", lock: 3_000 };
    engine = engineHere({ store, workers: 2 });
    engine.start();
    queue = new Queue("crawl", { connection: server.client, skipMetasUpdate: true });
  });
  after(async () => {
    await engine?.end();
    await queue?.close();
    await server?.close();
  });

  it("a request is stored, handled and answered", async () => {
    const item = engine.enqueue({ a: 1 });
    assert.equal(item.stored, item.stored);
    await item.stored;
    const { request } = await item.result();
    assert.deepEqual(request, { a: 1, id: item.id });
    assert.deepEqual([item.state, item.attempts, item.duplicate], ["done", 1, false]);
  });

  it("any JSON value is a request, and null a response", async () => {
    for (const request of ["http://localhost/", 7, null, [1], true]) {
      assert.deepEqual((await engine.run(request)).request, request);
    }
  });

  it("what is enqueued shows as a plain job", async () => {
    engine.pause();
    try {
      const item = engine.enqueue({ url: "x" }, { timeout: Number.POSITIVE_INFINITY, maxAttempts: 2, key: "shown" });
      await item.stored;
      const [job] = await until(async () => {
        const jobs = await queue.getJobs(["prioritized"]);
        return jobs.length > 0 && jobs;
      }, "the job in the queue");
      assert.deepEqual([job.name, job.data], ["request", { url: "x", id: item.id }]);
      const { by, key, timeout, maxAttempts } = job.opts.phantomCluster;
      assert.deepEqual([by, key, timeout, maxAttempts], [`${os.hostname()}:${process.pid}`, "shown", "Infinity", 2]);
      item.cancel();
      await until(async () => (await queue.getJob(job.id)) === undefined, "the removal of a job that was cancelled");
    } finally {
      engine.resume();
    }
  });

  it("a foreign producer's job is handled by the defaults, and its listener hears of it", async () => {
    const events = new QueueEvents("crawl", { connection: { port: server.port } });
    try {
      await events.waitUntilReady();
      const job = await queue.add("any name", { url: "y" }, { priority: 3 });
      const { request } = await job.waitUntilFinished(events, 20_000);
      assert.equal(request.url, "y");
      assert.equal(typeof request.id, "number");
      assert.equal((await Job.fromId(queue, job.id)).returnvalue.request.url, "y");
    } finally {
      await events.close();
    }
  });

  it("a foreign job is tried again as BullMQ has it, with its pause", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "begun-"));
    const begun = path.join(folder, "runs");
    const opts = { attempts: 3, delay: 500, backoff: { type: "fixed", delay: 300 } };
    const job = await queue.add("n", { fail: "always", begun }, opts);
    await until(async () => (await job.getState()) === "failed", "the end of all attempts", 30_000);
    const { failedReason, attemptsMade, stacktrace } = await Job.fromId(queue, job.id);
    assert.deepEqual([failedReason, attemptsMade, stacktrace.length], ["always", 3, 3]);
    assert.equal(fs.readFileSync(begun, "utf8").trim().split("\n").length, 3);
    fs.rmSync(folder, { recursive: true });
  });

  it("a handler's error fails the item with its name and code, once", async () => {
    const item = engine.enqueue({ fail: "no such page" });
    await assert.rejects(item.result(), { message: "no such page", code: "E_TEST" });
    assert.equal(item.state, "failed");
  });

  it("a timeout is the engine's affair, and its listener the item's", async () => {
    const item = engine.enqueue({ wait: 3_000 }, { timeout: 500 });
    let count = 0;
    item.on("timeout", () => {
      count += 1;
      if (count === 1) {
        item.requeue();
      }
    });
    await assert.rejects(engine.enqueue({ wait: 3_000 }, { timeout: 500, maxAttempts: 1 }).result(), {
      code: "ERR_MAX_ATTEMPTS",
    });
    await until(() => count >= 2, "the second timeout");
    item.cancel();
    assert.equal(item.state, "cancelled");
  });

  it("requests with the same key share one job and its response", async () => {
    const first = engine.enqueue({ n: 1 }, { key: "7" });
    const second = engine.enqueue({ n: 2 }, { key: "7" });
    const responses = await Promise.all([first.result(), second.result()]);
    assert.deepEqual(responses[0], responses[1]);
    assert.equal(responses[0].request.n, 1);
    const third = engine.enqueue({ n: 3 }, { key: "7" });
    await third.stored;
    assert.deepEqual(await third.result(), responses[0]);
    assert.deepEqual([first.duplicate, second.duplicate, third.duplicate], [false, true, true]);
  });

  it("priorities of both kinds are in one order", async () => {
    const wanted = ["high", "theirs", "default", "low"];
    const ended = [];
    const blockers = [engine.enqueue({ wait: 2_500 }), engine.enqueue({ wait: 2_500 })];
    await until(() => blockers.every(({ state }) => state === "leased"), "both workers at work");
    engine.pause();
    const items = [
      engine.enqueue({ name: "low" }, { priority: -1_048_575 }),
      engine.enqueue({ name: "default" }),
      engine.enqueue({ name: "high" }, { priority: 1_048_575 }),
    ];
    await Promise.all(items.map(({ stored }) => stored));
    // 1,048,576 is ours of 0.
    await queue.add("n", { name: "theirs" }, { priority: 1_048_000 });
    const jobs = await until(async () => {
      const all = await queue.getJobs(["prioritized"], 0, 10, true);
      return all.length === wanted.length && all;
    }, "all in the queue");
    ended.push(...jobs.map(({ data }) => data.name));
    engine.resume();
    await Promise.all([...items, ...blockers].map((item) => item.result()));
    assert.deepEqual(ended, wanted);
    for (const priority of [1_048_576, -1_048_576]) {
      assert.throws(() => engine.enqueue({}, { priority }), {
        name: "RangeError",
        code: "ERR_INVALID_OPTION",
        message: /"priority".*-1048575 to 1048575.*not -?1048576/,
      });
    }
  });

  it("stats() tells of the whole queue and of what is held", async () => {
    const job = await queue.add("n", {}, { delay: 600_000 });
    const { shared } = await until(() => {
      const stats = engine.stats();
      return stats.shared.delayed === 1 && stats;
    }, "the delayed job in stats()");
    assert.deepEqual(Object.keys(shared).sort(), [
      ...["active", "age", "completed", "delayed", "failed", "held", "late", "paused", "pending", "waiting"],
    ]);
    assert.deepEqual([shared.paused, shared.held, shared.pending, shared.late], [false, 0, 0, 0]);
    assert.ok(shared.completed > 5 && shared.failed > 1 && shared.age <= 60_000, JSON.stringify(shared));
    await job.remove();
  });

  it("a queue that is paused by others rests, and goes on", async () => {
    await queue.pause();
    const item = engine.enqueue({ n: 1 });
    await item.stored;
    await until(() => engine.stats().shared.paused, "the pause in stats()");
    assert.equal(item.state, "queued");
    await queue.resume();
    await item.result();
  });

  it("jobs that repeat, and those that wait for others, are done as BullMQ has them", async () => {
    await queue.upsertJobScheduler("clock", { every: 500 }, { name: "tick", data: { tick: 1 } });
    const ticks = async () => (await queue.getCompleted()).filter(({ name }) => name === "tick");
    await until(async () => (await ticks()).length >= 3, "three of a job that repeats");
    await queue.removeJobScheduler("clock");
    const flow = new FlowProducer({ connection: { port: server.port } });
    try {
      const child = (n) => ({ name: "child", data: { n }, queueName: "crawl" });
      const { job } = await flow.add({ name: "parent", queueName: "crawl", data: {}, children: [child(1), child(2)] });
      await until(async () => (await job.getState()) === "completed", "the parent");
      assert.equal(Object.keys(await job.getChildrenValues()).length, 2);
    } finally {
      await flow.close();
    }
  });

  it("a job that somebody removes cancels its item", async () => {
    engine.pause();
    const item = engine.enqueue({ n: 1 });
    item.on("failed", () => {});
    await item.stored;
    await until(async () => {
      for (const job of await queue.getJobs(["prioritized"])) {
        // A fetch that was under way has it for a moment.
        await job.remove().catch(() => {});
      }
      return item.state === "failed";
    }, "the end of the item");
    await assert.rejects(item.result(), { code: "ERR_ITEM_CANCELLED" });
    engine.resume();
  });
});

describe("option store", () => {
  test("is checked by name", () => {
    const wrong = [
      [7, /option "store" must be an object/],
      [{ queue: "q" }, /option "store.redis" is missing/],
      [{ redis: "redis://x" }, /option "store.queue" is missing/],
      [{ redis: "http://x", queue: "q" }, /"store.redis" must be an address such as/],
      [{ redis: 7, queue: "q" }, /"store.redis" must be an address, options of ioredis or its client/],
      [{ redis: "redis://x", queue: "a:b" }, /"store.queue" must have no colon/],
      [{ redis: "redis://x", queue: "q", lock: 10 }, /"store.lock" must be an integer from 1000/],
    ];
    for (const [store, message] of wrong) {
      assert.throws(() => createQueued({ store }), { code: "ERR_INVALID_OPTION", message });
    }
  });

  test("loads BullMQ in the primary alone, and only where it is given", () => {
    const script = (options, mode) => `
      if (${mode}) { require("node:cluster").isPrimary = false; }
      require("./index.js").createQueued(${options});
      console.log(Object.keys(require.cache).some((file) => file.includes("bullmq")));
      process.exit();`;
    const store = '{ store: { redis: "redis://127.0.0.1:1", queue: "q" } }';
    const told = (...args) => {
      const { stdout, stderr } = spawnSync(process.execPath, ["-e", script(...args)], { encoding: "utf8" });
      return stdout.trim() || stderr;
    };
    assert.equal(told("{}", false), "false");
    assert.equal(told(store, false), "true");
  });

  test("names what is to be installed", () => {
    const script = `
      const Module = require("node:module");
      const resolve = Module._resolveFilename;
      Module._resolveFilename = (name, ...rest) => {
        if (name === "bullmq") throw Object.assign(new Error("Cannot find module"), { code: "MODULE_NOT_FOUND" });
        return resolve(name, ...rest);
      };
      const { createQueued, StoreError } = require("./index.js");
      try {
        createQueued({ store: { redis: "redis://127.0.0.1:1", queue: "q" } });
      } catch (error) {
        console.log(error instanceof StoreError, error.code, error.message, error.cause.code);
      }`;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8", timeout: 20_000 });
    assert.match(
      stdout,
      /^true ERR_STORE_MISSING .*needs npm package bullmq, which is not installed: run "npm install bullmq ioredis" MODULE_NOT_FOUND/,
      stderr,
    );
  });
});
