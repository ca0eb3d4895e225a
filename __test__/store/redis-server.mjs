// A real redis-server for a test file, on a free port, in a directory of its own. Where there is none the tests are skipped,
// aloud; in continuous integration (CI is set) that is an error.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import Redis from "ioredis";
import { freePort } from "../../scripts/free-port.js";
import { until } from "../helpers.mjs";

export { freePort };

const isHere = spawnSync("redis-server", ["--version"]).status === 0;

/** Options of a test that needs redis-server, besides `more`. */
export function onRedis(more = {}) {
  assert.ok(isHere || !process.env.CI, "there is no redis-server: apt-get install redis-server");
  if (!isHere) {
    process.stderr.write("Tests of store.redis do not run: there is no redis-server\n");
  }
  return { skip: !isHere && "there is no redis-server: apt-get install redis-server", ...more };
}

/**
 * Starts one: `{ url, port, client, pid }`. `kill(signal)` ends it, with SIGKILL by default; `start()` starts it again with
 * the data that it kept; `close()` ends it for good. `settings` are lines of its configuration.
 */
export async function redisServer(settings = {}, program = "redis-server") {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "redis-"));
  const port = settings.port ?? (await freePort());
  const lines = { port, bind: "127.0.0.1", save: '""', dir: directory, ...settings };
  const file = path.join(directory, "redis.conf");
  const text = Object.entries(lines).flatMap(([name, value]) => [value].flat().map((one) => `${name} ${one}\n`));
  fs.writeFileSync(file, text.join(""));
  const { requirepass: password } = settings;
  const server = { port, directory, url: `redis://${password ? `:${password}@` : ""}127.0.0.1:${port}` };
  let child;
  server.start = async () => {
    const extra = program === "redis-sentinel" ? ["--sentinel"] : [];
    child = spawn("redis-server", [file, ...extra], { stdio: ["ignore", "pipe", "pipe"] });
    server.pid = child.pid;
    server.output = "";
    child.stdout.on("data", (data) => {
      server.output += data;
    });
    await until(() => /Ready to accept|Sentinel ID is/.test(server.output), "redis-server");
  };
  server.kill = async (signal = "SIGKILL") => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      child.kill("SIGCONT");
      await once(child, "exit");
    }
  };
  await server.start();
  server.client = new Redis({ port, password, maxRetriesPerRequest: null, retryStrategy: () => 100 });
  server.client.on("error", () => {});
  server.close = async () => {
    server.client.disconnect();
    await server.kill();
    fs.rmSync(directory, { recursive: true });
  };
  return server;
}

/**
 * A TCP proxy to a port: `{ port, url }`. `mode` is "pass", "hole" (takes all and gives nothing on), or "refuse" (ends
 * connections); `delay`, ms, holds back what comes from the server; `cut()` ends what is open.
 */
export async function proxy(target) {
  const sockets = new Set();
  const self = { mode: "pass", delay: 0 };
  const server = net.createServer((near) => {
    if (self.mode === "refuse") {
      near.destroy();
      return;
    }
    const far = net.connect(target, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(from);
      from.on("error", () => {});
      from.on("close", () => {
        sockets.delete(from);
        // A half-open connection: the other end does not hear of it.
        if (self.mode !== "hole") {
          to.destroy();
        }
      });
      from.on("data", (data) => {
        const pass = () => self.mode === "pass" && !to.destroyed && to.write(data);
        if (from === far && self.delay > 0) {
          setTimeout(pass, self.delay);
        } else {
          pass();
        }
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  self.port = server.address().port;
  self.url = `redis://127.0.0.1:${self.port}`;
  self.cut = () => {
    for (const socket of sockets) {
      socket.destroy();
    }
  };
  self.close = async () => {
    self.mode = "refuse";
    server.close();
    self.cut();
    await once(server, "close");
  };
  return self;
}
