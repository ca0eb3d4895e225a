// Several primaries share one queue: who handles what, who hears of it, and what becomes of it when one of them vanishes.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Queue } from "bullmq";
import { until } from "../helpers.mjs";
import { primaryProcess } from "./primaries.mjs";
import { onRedis, redisServer } from "./redis-server.mjs";

const it = (name, body) => test(name, { timeout: 90_000 }, body);
const LOCK = 3_000;
// Lock and two checks, and as much again for a busy machine.
const TAKEN_OVER = 2 * (LOCK + (2 * LOCK) / 3) + 5_000;

describe("primaries that share a queue", onRedis(), () => {
  let server;
  let folder;
  let queue;
  let name;
  let primaries = [];
  let count = 0;

  before(async () => {
    server = await redisServer();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "begun-"));
  });
  after(async () => {
    await server?.close();
    if (folder) {
      fs.rmSync(folder, { recursive: true });
    }
  });
  afterEach(async () => {
    await Promise.all(primaries.map((one) => one.end()));
    primaries = [];
    await queue?.close();
  });

  /** So many primaries on a queue of their own. */
  function begin(number, options) {
    count += 1;
    name = `q${count}`;
    queue = new Queue(name, { connection: server.client, skipMetasUpdate: true });
    return Array.from({ length: number }, () => another(options));
  }

  function another(options) {
    const primary = primaryProcess({ store: { redis: server.url, queue: name, lock: LOCK }, ...options });
    primaries.push(primary);
    return primary;
  }

  /** A file that tells who began a request. */
  const begunFile = () => path.join(folder, `${name}-${Math.random()}`);
  const begunBy = (file) => (fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n").map(Number) : []);

  it("each serves its workers, and the one that enqueued hears of all", async () => {
    const [one, two] = begin(2);
    const items = Array.from({ length: 30 }, () => one.enqueue({ wait: 200 }));
    const ends = await Promise.all(items.map((item) => item.ended()));
    const by = new Set(ends.map(({ value }) => value.by));
    assert.deepEqual([...by].sort(), [one.pid, two.pid].sort());
    assert.equal((await two.stats()).shared.held, 0);
  });

  it("an error from another primary has its name and code", async () => {
    const [one, two] = begin(2);
    // The other one gets it: this one is at work.
    const busy = [one.enqueue({ wait: 4_000 }), one.enqueue({ wait: 4_000 })];
    await until(async () => (await queue.getActiveCount()) === 2, "both at work");
    const end = await one.enqueue({ fail: "there" }).ended();
    assert.deepEqual(end.error, { name: "Error", code: "E_TEST", message: "there" });
    await Promise.all(busy.map((item) => item.ended()));
    void two;
  });

  it("what is cancelled ends wherever it is", async () => {
    const [one] = begin(1);
    const begun = begunFile();
    const other = another();
    const items = Array.from({ length: 2 }, () => one.enqueue({ wait: 60_000, begun }));
    await until(() => begunBy(begun).length === 2, "both begun", 20_000);
    assert.deepEqual(begunBy(begun).sort(), [one.pid, other.pid].sort());
    for (const item of items) {
      item.cancel();
      assert.equal((await item.ended()).error.code, "ERR_ITEM_CANCELLED");
    }
    await until(async () => (await queue.getActiveCount()) === 0, "the end of both jobs");
    // Their workers are free again.
    const next = await Promise.all(Array.from({ length: 2 }, () => one.enqueue({ wait: 1_000 }).ended()));
    assert.ok(next.every(({ value }) => value));
  });

  it("the requests of a primary that is killed are another's within the lock", async () => {
    const [one] = begin(1);
    const begun = begunFile();
    const other = another();
    const items = Array.from({ length: 4 }, () => one.enqueue({ wait: 2_000, begun }));
    await until(() => begunBy(begun).includes(other.pid), "the other one at work", 20_000);
    const since = Date.now();
    other.kill("SIGKILL");
    const ends = await Promise.all(items.map((item) => item.ended()));
    assert.ok(ends.every(({ value }) => value?.by === one.pid || value?.by === other.pid));
    assert.ok(Date.now() - since < TAKEN_OVER + 4 * 2_000, `${Date.now() - since} ms`);
    assert.equal((await one.stats()).shared.failed, 0);
  });

  it("a late answer of one that was stopped is dropped, and nothing ends twice", async () => {
    const [one] = begin(1);
    const begun = begunFile();
    const other = another();
    const items = Array.from({ length: 2 }, () => one.enqueue({ wait: 2_000, begun }));
    await until(() => begunBy(begun).includes(other.pid), "the other one at work", 20_000);
    other.kill("SIGSTOP");
    const ends = await Promise.all(items.map((item) => item.ended()));
    assert.ok(
      ends.every(({ value }) => value.by === one.pid),
      JSON.stringify(ends),
    );
    other.kill("SIGCONT");
    await sleep(LOCK);
    assert.equal(one.told.filter(({ event }) => event === "ended").length, 2);
    assert.equal((await queue.getJobCounts("completed")).completed, 2);
    assert.equal((await other.stats()).shared.held, 0);
    assert.ok((await one.enqueue({}).ended()).value);
  });

  it("one that was stopped hears of what ended meanwhile", async () => {
    const [one] = begin(1);
    const begun = begunFile();
    const items = Array.from({ length: 6 }, () => one.enqueue({ wait: 300, begun }));
    await Promise.all(items.map((item) => item.stored()));
    one.kill("SIGSTOP");
    const other = another();
    await until(async () => (await queue.getJobCounts("completed")).completed === 6, "the end of all", 40_000);
    one.kill("SIGCONT");
    const ends = await Promise.all(items.map((item) => item.ended()));
    assert.ok(ends.some(({ value }) => value.by === other.pid));
  });

  it("maxAttempts counts a primary that vanished", async () => {
    const [one] = begin(1);
    const begun = begunFile();
    const other = another();
    const blockers = [one.enqueue({ wait: 4_000, begun }), one.enqueue({ wait: 4_000, begun })];
    await until(() => begunBy(begun).length === 2, "both at work", 20_000);
    const last = one.enqueue({ wait: 1_000 });
    const item = one.enqueue({ wait: 20_000 }, { maxAttempts: 1, priority: 1 });
    await Promise.all(blockers.map((blocker) => blocker.ended()));
    await last.ended();
    // One of them has it now: the other is the one that goes on.
    const [job] = await queue.getActive();
    assert.equal(job.data.wait, 20_000);
    const { shared } = await one.stats();
    const [holder, heir] = shared.held === 1 ? [one, other] : [other, one];
    assert.ok(heir);
    holder.kill("SIGKILL");
    if (holder === other) {
      assert.equal((await item.ended()).error.code, "ERR_MAX_ATTEMPTS");
    }
    await until(async () => (await queue.getFailed()).length === 1, "its failure", TAKEN_OVER);
  });

  it("stop() gives back what is held, and leaves the requests", async () => {
    const [one] = begin(1);
    const items = Array.from({ length: 3 }, () => one.enqueue({ wait: 60_000 }));
    await Promise.all(items.map((item) => item.stored()));
    await until(async () => (await queue.getActiveCount()) > 0, "one at work");
    one.tell("stop");
    for (const item of items) {
      const { code, stored } = (await item.ended()).error;
      assert.deepEqual([code, stored], ["ERR_ENGINE_STOPPED", true]);
    }
    assert.deepEqual(await one.exited, [0, null]);
    assert.deepEqual(await queue.getJobCounts("active", "prioritized"), { active: 0, prioritized: 3 });
    assert.ok((await queue.getJobs(["prioritized"])).every(({ attemptsMade }) => attemptsMade === 0));
  });

  it("close() drains, and what others enqueued stays", async () => {
    const [one] = begin(1);
    const items = Array.from({ length: 5 }, () => one.enqueue({ wait: 300 }));
    await items.at(-1).stored();
    one.tell("close");
    const ends = await Promise.all(items.map((item) => item.ended()));
    assert.ok(ends.every(({ value }) => value));
    assert.deepEqual(await one.exited, [0, null]);
    assert.deepEqual(await queue.getJobCounts("active", "completed"), { active: 0, completed: 5 });
  });
});
