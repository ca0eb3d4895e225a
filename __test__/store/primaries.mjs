// Primaries of a shared queue: as processes of their own, or in the test's.

import { fork } from "node:child_process";
import cluster from "node:cluster";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createQueued } from "../../index.js";
import { basePort, until } from "../helpers.mjs";

const fixture = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "fixtures", "shared.js");

/** An engine in this process, whose workers run the fixture. `end()` stops it. */
export function engineHere(options) {
  cluster.setupPrimary({ exec: fixture, args: [], silent: false });
  const all = { workers: 1, phantomBasePort: basePort(), ...options };
  process.env.PHANTOM_CLUSTER_TEST_OPTIONS = JSON.stringify({ ...all, store: undefined });
  const engine = createQueued(all);
  const events = [];
  engine.on("storeLost", (error) => events.push(error.code));
  engine.on("storeFound", () => events.push("found"));
  engine.end = async () => {
    if (!engine.done) {
      engine.stop();
      await once(engine, "stopped");
    }
  };
  engine.told = events;
  return engine;
}

/** A primary as a process: `enqueue()` gives `{ stored, ended }`, of promises. */
export function primaryProcess(options, env = {}) {
  const args = [JSON.stringify({ workers: 1, phantomBasePort: basePort(), ...options })];
  // One that is killed leaves its socket.
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "primary-"));
  const child = fork(fixture, args, { env: { ...process.env, TMPDIR: folder, ...env } });
  const told = [];
  child.on("message", (message) => told.push(message));
  let tags = 0;
  const heard = (event, tag, limit) =>
    until(() => told.find((one) => one.event === event && one.tag === tag), `${event} of ${tag}`, limit);
  const exited = once(child, "exit");
  return {
    pid: child.pid,
    told,
    exited,
    heard,
    enqueue: (request, given) => {
      tags += 1;
      const tag = tags;
      child.send({ do: "enqueue", tag, request, options: given });
      return {
        tag,
        cancel: () => child.send({ do: "cancel", tag }),
        stored: () => heard("stored", tag),
        ended: (limit = 60_000) => heard("ended", tag, limit),
      };
    },
    stats: async () => {
      const count = told.filter(({ event }) => event === "stats").length;
      child.send({ do: "stats" });
      const found = () => told.filter(({ event }) => event === "stats")[count];
      return (await until(found, "stats")).stats;
    },
    kill: (signal) => process.kill(child.pid, signal),
    tell: (what) => child.send({ do: what }),
    end: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        process.kill(child.pid, "SIGCONT");
        child.send({ do: "stop" });
        await exited;
      }
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
