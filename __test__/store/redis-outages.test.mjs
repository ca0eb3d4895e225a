// What Redis, or the way to it, does to requests: they end once, and their primary says what is wrong.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { until } from "../helpers.mjs";
import { primaryProcess } from "./primaries.mjs";
import { freePort, onRedis, proxy, redisServer } from "./redis-server.mjs";

const it = (name, body) => test(name, { timeout: 120_000 }, body);
const here = path.dirname(fileURLToPath(import.meta.url));
const fixture = (name) => path.join(here, "..", "fixtures", name);

describe("outages of Redis", onRedis(), () => {
  let folder;
  let ends = [];

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "begun-"));
  });
  after(() => folder && fs.rmSync(folder, { recursive: true }));
  afterEach(async () => {
    for (const end of ends.reverse()) {
      await end();
    }
    ends = [];
  });

  async function given(settings) {
    const server = await redisServer(settings);
    ends.push(() => server.close());
    return server;
  }

  async function givenProxy(server) {
    const way = await proxy(server.port);
    ends.push(() => way.close());
    return way;
  }

  function primary(redis, store = {}, options = {}) {
    const one = primaryProcess({ store: { redis, queue: "q", ...store }, ...options });
    ends.push(() => one.end());
    return one;
  }

  const lost = (one, code, limit = 30_000) =>
    until(() => one.told.find(({ event, code: its }) => event === "storeLost" && its === code), `${code}`, limit);
  const found = (one, limit = 30_000) =>
    until(() => one.told.find(({ event }) => event === "storeFound"), "storeFound", limit);
  const begunFile = () => path.join(folder, `${Math.random()}`);
  const lines = (file) => (fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n").length : 0);

  it("down at the start: requests wait, and are handled when it is there", async () => {
    const port = await freePort();
    const one = primary(`redis://127.0.0.1:${port}`, {}, { maxPending: 2 });
    await lost(one, "ERR_STORE_UNAVAILABLE");
    const items = [one.enqueue({}), one.enqueue({})];
    const third = await one.enqueue({}).ended();
    assert.deepEqual([third.error.name, third.error.code], ["StoreError", "ERR_STORE_UNAVAILABLE"]);
    assert.match(third.error.message, /2 requests wait for Redis.*"maxPending"/);
    assert.equal((await one.stats()).shared.pending, 2);
    await given({ port });
    await found(one);
    for (const item of items) {
      assert.ok((await item.ended()).value);
    }
  });

  it("down at the start and at the end: stop() ends all", async () => {
    const one = primary(`redis://127.0.0.1:${await freePort()}`);
    const item = one.enqueue({});
    await lost(one, "ERR_STORE_UNAVAILABLE");
    one.tell("stop");
    const { code, stored } = (await item.ended()).error;
    assert.deepEqual([code, stored], ["ERR_ENGINE_STOPPED", false]);
    assert.deepEqual(await one.exited, [0, null]);
  });

  it("lost while a handler is at work: it goes on, and its answer is sent later", async () => {
    const way = await givenProxy(await given());
    const one = primary(way.url);
    const begun = begunFile();
    const item = one.enqueue({ wait: 1_500, begun });
    await until(() => lines(begun) === 1, "the handler");
    way.mode = "refuse";
    way.cut();
    await lost(one, "ERR_STORE_UNAVAILABLE");
    const late = one.enqueue({});
    await sleep(3_000);
    assert.equal(one.told.filter(({ event }) => event === "ended").length, 0);
    way.mode = "pass";
    await found(one);
    assert.ok((await item.ended()).value);
    assert.ok((await late.ended()).value);
    assert.equal(lines(begun), 1);
    assert.equal((await one.stats()).shared.late, 0);
  });

  it("connections that are cut again and again lose nothing", async () => {
    const way = await givenProxy(await given());
    way.delay = 20;
    const one = primary(way.url, { lock: 2_000 });
    const items = Array.from({ length: 60 }, () => one.enqueue({ wait: 50 }));
    for (let count = 0; count < 6; count += 1) {
      await sleep(700);
      way.cut();
    }
    for (const item of items) {
      assert.ok((await item.ended()).value);
    }
  });

  it("a connection that nothing comes back by is made anew", async () => {
    const way = await givenProxy(await given());
    const one = primary(way.url, { lock: 3_000 });
    assert.ok((await one.enqueue({}).ended()).value);
    way.mode = "hole";
    const item = one.enqueue({});
    await lost(one, "ERR_STORE_UNAVAILABLE");
    way.mode = "pass";
    await found(one, 45_000);
    assert.ok((await item.ended()).value);
  });

  it("paused: it is lost, and found when it goes on", async () => {
    const server = await given();
    const one = primary(server.url);
    assert.ok((await one.enqueue({}).ended()).value);
    await server.client.call("CLIENT", "PAUSE", "22000", "ALL");
    const item = one.enqueue({});
    await lost(one, "ERR_STORE_UNAVAILABLE");
    await found(one, 45_000);
    assert.ok((await item.ended()).value);
  });

  it("killed and started with its data: all is there", async () => {
    const server = await given({ appendonly: "yes", appendfsync: "always" });
    const one = primary(server.url);
    const items = Array.from({ length: 10 }, () => one.enqueue({ wait: 500 }));
    await Promise.all(items.map((item) => item.stored()));
    await server.kill();
    await lost(one, "ERR_STORE_UNAVAILABLE");
    await server.start();
    await found(one);
    for (const item of items) {
      assert.ok((await item.ended()).value);
    }
  });

  it("started without its data: what was enqueued here is added again", async () => {
    const server = await given();
    const one = primary(server.url, { lock: 3_000 });
    const items = Array.from({ length: 5 }, () => one.enqueue({ wait: 500 }));
    await Promise.all(items.map((item) => item.stored()));
    await server.kill();
    await server.start();
    for (const item of items) {
      assert.ok((await item.ended()).value);
    }
  });

  it("emptied by FLUSHALL: the same", async () => {
    const server = await given();
    const one = primary(server.url, { lock: 3_000 });
    const items = Array.from({ length: 5 }, () => one.enqueue({ wait: 500 }));
    await Promise.all(items.map((item) => item.stored()));
    await server.client.flushall();
    for (const item of items) {
      assert.ok((await item.ended()).value);
    }
  });

  it("full: requests wait until there is room", async () => {
    const server = await given({ "maxmemory-policy": "noeviction" });
    const one = primary(server.url, { lock: 3_000 });
    assert.ok((await one.enqueue({}).ended()).value);
    await server.client.config("SET", "maxmemory", "1mb");
    const item = one.enqueue({});
    await lost(one, "ERR_STORE_FULL");
    await server.client.config("SET", "maxmemory", "0");
    await found(one);
    assert.ok((await item.ended()).value);
  });

  it("a wrong password is named, and a right one found", async () => {
    const server = await given({ requirepass: "right" });
    const one = primary(server.url.replace("right", "wrong"));
    const item = one.enqueue({});
    await lost(one, "ERR_STORE_AUTH");
    await server.client.config("SET", "requirepass", "wrong");
    await found(one);
    assert.ok((await item.ended()).value);
  });

  it("TLS: a certificate that nobody vouches for is named, and one that is known is taken", async () => {
    const port = await freePort();
    const server = await given({
      port: await freePort(),
      "tls-port": port,
      "tls-cert-file": fixture("issued.crt"),
      "tls-key-file": fixture("issued.key"),
      "tls-ca-cert-file": fixture("issuer.crt"),
      "tls-auth-clients": "no",
    });
    assert.ok(server.pid);
    const one = primary(`rediss://localhost:${port}`);
    one.enqueue({});
    await lost(one, "ERR_STORE_TLS");
    const ca = fs.readFileSync(fixture("issuer.crt"), "utf8");
    const two = primary({ host: "localhost", port, tls: { ca } }, { queue: "other" });
    assert.ok((await two.enqueue({}).ended()).value);
  });
});
