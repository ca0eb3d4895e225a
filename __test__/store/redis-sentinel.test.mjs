// One master, one replica and three sentinels: a failover, forced and by the master's end.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../helpers.mjs";
import { primaryProcess } from "./primaries.mjs";
import { freePort, onRedis, redisServer } from "./redis-server.mjs";

const DOWN_AFTER = 2_000;

describe("Redis with sentinels", onRedis(), () => {
  const ends = [];
  const nodes = new Map();
  let sentinels;
  let one;

  before(async () => {
    for (const role of ["master", "replica"]) {
      const settings = role === "replica" ? { replicaof: `127.0.0.1 ${[...nodes.keys()][0]}` } : {};
      const node = await redisServer(settings);
      nodes.set(node.port, node);
      ends.push(() => node.close());
    }
    const [master] = nodes.keys();
    sentinels = [];
    for (let count = 0; count < 3; count += 1) {
      const sentinel = [
        `monitor m 127.0.0.1 ${master} 2`,
        `down-after-milliseconds m ${DOWN_AFTER}`,
        "failover-timeout m 10000",
      ];
      const server = await redisServer({ port: await freePort(), sentinel }, "redis-sentinel");
      sentinels.push(server);
      ends.push(() => server.close());
    }
    const addresses = sentinels.map(({ port }) => ({ host: "127.0.0.1", port }));
    await until(
      async () => {
        const [about] = await sentinels[0].client.call("SENTINEL", "MASTERS");
        const fact = (name) => Number(about[about.indexOf(name) + 1]);
        return fact("num-slaves") === 1 && fact("num-other-sentinels") === 2;
      },
      "sentinels that know each other",
      40_000,
    );
    one = primaryProcess({ store: { redis: { sentinels: addresses, name: "m" }, queue: "q", lock: 3_000 } });
    ends.push(() => one.end());
  });
  after(async () => {
    for (const end of ends.reverse()) {
      await end();
    }
  });

  const masterPort = async () =>
    Number((await sentinels[0].client.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "m"))[1]);

  for (const [what, act] of [
    ["a forced failover", () => sentinels[0].client.call("SENTINEL", "FAILOVER", "m")],
    ["the end of the master", (port) => nodes.get(port).kill()],
  ]) {
    test(`${what} loses nothing`, { timeout: 150_000 }, async () => {
      assert.ok((await one.enqueue({}).ended()).value);
      const items = Array.from({ length: 20 }, () => one.enqueue({ wait: 200 }));
      await items[0].stored();
      const before = await masterPort();
      await act(before);
      await until(async () => (await masterPort()) !== before, "another master", 60_000);
      await sleep(1_000);
      const later = Array.from({ length: 5 }, () => one.enqueue({}));
      for (const item of [...items, ...later]) {
        assert.ok((await item.ended(80_000)).value);
      }
      // The old one is a replica of the new one before the next test.
      await until(
        async () => {
          const client = nodes.get(await masterPort()).client;
          return what !== "a forced failover" || /connected_slaves:1/.test(await client.info("replication"));
        },
        "its replica",
        60_000,
      );
    });
  }
});
