"use strict";

// A redis-server of one's own, for chaos and benchmarks.

const { spawn } = require("node:child_process");
const { once } = require("node:events");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { freePort } = require("./free-port");

/** Starts one without any file, on a free port: `{ url, close() }`. */
async function startRedis() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "redis-"));
  const port = await freePort();
  const args = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", folder];
  const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  let isReady = false;
  for await (const data of child.stdout) {
    isReady = String(data).includes("Ready to accept");
    if (isReady) {
      break;
    }
  }
  if (!isReady) {
    throw new Error("redis-server does not start");
  }
  const close = async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
    fs.rmSync(folder, { recursive: true });
  };
  return { url: `redis://127.0.0.1:${port}`, close };
}

module.exports = { startRedis };
