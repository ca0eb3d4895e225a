// The forms of option store.redis, on engines that only enqueue: BullMQ's own worker handles what they enqueue.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { UnrecoverableError, Worker } from "bullmq";
import Redis from "ioredis";
import { createQueued } from "../../index.js";
import { until, warningsOf } from "../helpers.mjs";
import { stop } from "./files.mjs";
import { freePort, onRedis, redisServer } from "./redis-server.mjs";

describe("forms of store.redis", onRedis(), () => {
  let server;
  let cluster;

  before(async () => {
    server = await redisServer();
    cluster = await redisServer({ "cluster-enabled": "yes", "cluster-announce-ip": "127.0.0.1" });
    await cluster.client.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    await until(async () => /cluster_state:ok/.test(await cluster.client.call("CLUSTER", "INFO")), "the cluster");
  });
  after(async () => {
    await server?.close();
    await cluster?.close();
  });

  /** Enqueues on an engine with such a store; `connection` and `prefix` are for BullMQ's worker. */
  async function tryForm(redis, connection, { prefix, ...store } = {}) {
    const engine = createQueued({ store: { redis, queue: "forms", prefix, ...store } });
    const handle = async ({ data }) => {
      if (data.fail) {
        throw new UnrecoverableError("theirs");
      }
      return { got: data.n };
    };
    const worker = new Worker("forms", handle, { connection, prefix: prefix ?? (redis.isCluster ? "{bull}" : "bull") });
    try {
      const items = [1, 2, 3].map((n) => engine.enqueue({ n }));
      assert.deepEqual(await Promise.all(items.map((item) => item.result())), [{ got: 1 }, { got: 2 }, { got: 3 }]);
      await assert.rejects(engine.enqueue({ fail: true }).result(), { message: "theirs" });
    } finally {
      await worker.close();
      engine.stop();
      await once(engine, "stopped");
    }
  }

  test("an address, and a prefix", { timeout: 60_000 }, async () => {
    await tryForm(server.url, { url: server.url });
    await tryForm(server.url, { url: server.url }, { prefix: "other" });
    assert.ok((await server.client.keys("other:forms:*")).length > 0);
  });

  test("options of ioredis, also with limits that would be in the way", { timeout: 60_000 }, async () => {
    const options = { port: server.port, host: "127.0.0.1", maxRetriesPerRequest: 1, db: 3 };
    await tryForm(options, { port: server.port, db: 3 });
  });

  test("a client of ioredis, which goes on being the user's", { timeout: 60_000 }, async () => {
    const client = new Redis({ port: server.port });
    try {
      await tryForm(client, { port: server.port });
      assert.equal(await client.ping(), "PONG");
    } finally {
      client.disconnect();
    }
  });

  test("a cluster", { timeout: 60_000 }, async () => {
    const client = new Redis.Cluster([{ host: "127.0.0.1", port: cluster.port }]);
    const ends = [client];
    try {
      const theirs = client.duplicate(undefined, { redisOptions: { maxRetriesPerRequest: null } });
      ends.push(theirs);
      for (const one of ends) {
        one.on("error", () => {});
      }
      await tryForm(client, theirs);
      assert.equal(await client.ping(), "PONG");
    } finally {
      for (const one of ends) {
        one.disconnect();
      }
    }
  });
});

test("a Redis that cannot be reached is a warning where nothing listens for it", onRedis(), async () => {
  const engine = createQueued({ workers: 1, store: { redis: `redis://127.0.0.1:${await freePort()}`, queue: "q" } });
  const warnings = await warningsOf(async (seen) => {
    engine.enqueue({}).on("failed", () => {});
    await until(() => seen.some(({ code }) => code === "PHANTOM_CLUSTER_STORE_LOST"), "the warning", 30_000);
    await stop(engine);
  });
  const { cause } = warnings.find(({ code }) => code === "PHANTOM_CLUSTER_STORE_LOST");
  assert.equal(cause.code, "ERR_STORE_UNAVAILABLE");
});
