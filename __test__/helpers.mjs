// What the tests share: a site to load, user scripts run as processes of their own, and a look at what they leave behind.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { describe } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PhantomClusterClient } from "../index.js";
import { findChromium } from "../lib/browser/chromium-binary.js";
import "./leftovers.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const MARKER = "PHANTOM_CLUSTER_TEST";
const SETTLE = 10_000;

const OPTIONS = { phantomjs: {}, chromium: { browser: "chromium" } };

/**
 * The browsers that page tests run on: name to the options of an engine. PHANTOM_CLUSTER_TEST_BROWSERS names others, with
 * commas between. Chromium is left out, aloud, where there is none; in continuous integration (CI is set) that is an error.
 */
export const BROWSERS = Object.fromEntries(
  (process.env.PHANTOM_CLUSTER_TEST_BROWSERS?.split(",") ?? browsersHere()).map((name) => {
    assert.ok(Object.hasOwn(OPTIONS, name), `PHANTOM_CLUSTER_TEST_BROWSERS: no browser ${name}`);
    return [name, OPTIONS[name]];
  }),
);

function browsersHere() {
  try {
    findChromium();
    return Object.keys(OPTIONS);
  } catch (error) {
    if (process.env.CI) {
      throw error;
    }
    process.stderr.write(`Page tests do not run on Chromium: ${error.message}\n`);
    return ["phantomjs"];
  }
}

/** A group of tests for each browser: `body` gets what `browser()` needs for it, and its name. */
export function onEachBrowser(body) {
  for (const [name, options] of Object.entries(BROWSERS)) {
    describe(name, () => body(options, name));
  }
}

/** What a browser says of a name that there is not: the words are those of its engine. */
export const lacks = (browser, name) =>
  `ReferenceError: ${browser === "phantomjs" ? `Can't find variable: ${name}` : `${name} is not defined`}`;

export const isLinux = process.platform === "linux";

/**
 * Options of a test that needs Chromium, besides `more`: where there is none it is skipped, with the command that installs
 * one as the reason. In continuous integration (CI is set) it is an error.
 */
export function onChromium(more = {}) {
  try {
    findChromium();
    return more;
  } catch (error) {
    if (process.env.CI) {
      throw error;
    }
    return { skip: error.message, ...more };
  }
}

/** A free range of ports is only a guess, below those that Linux gives to connections; the pool skips what is taken. */
let nextBase = 20_000 + (process.pid % 300) * 40;
export function basePort() {
  nextBase += 40;
  return nextBase;
}

/** Serves on loopback: `{ url, port }`, and `close()` ends it with its connections. */
export async function serve(listener) {
  const server = http.createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, port, close };
}

/** Serves `pages` ({ path: html or (request, response) => void }), as {@link serve} does. */
export function site(pages = {}) {
  return serve((request, response) => {
    const page = pages[request.url.split("?")[0]];
    if (typeof page === "function") {
      page(request, response);
    } else {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.statusCode = page === undefined && Object.keys(pages).length > 0 ? 404 : 200;
      response.end(page ?? `<title>page ${request.url}</title><body>hello from ${request.url}</body>`);
    }
  });
}

/**
 * Runs fixtures/NAME as a user would, until it ends by itself. Resolves with its exit code, the JSON values it printed
 * line by line, and its other output. Fails when it left a process or a temporary file behind.
 */
export async function run(name, options = {}, { env = {}, deadline = 60_000, temporary, whileRunning } = {}) {
  const marker = randomUUID();
  // A folder that the caller gives is the caller's to look at.
  const folder = temporary ?? fs.mkdtempSync(path.join(os.tmpdir(), "pc-test-"));
  const child = spawn(process.execPath, [path.join(here, "fixtures", name), JSON.stringify(options)], {
    env: { ...process.env, ...env, [MARKER]: marker, TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => {
    output.stdout += data;
  });
  child.stderr.on("data", (data) => {
    output.stderr += data;
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, deadline);
  const exited = new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal })));
  await whileRunning?.({ child, output, marker });
  const { code, signal } = await exited;
  clearTimeout(timer);
  const text = `${name} ended with ${signal ?? code}\n${output.stdout}\n${output.stderr}`;
  assert.ok(!isLate, `${text}\nafter ${deadline} ms`);
  await leavesNoProcess(marker, text);
  if (!temporary) {
    assert.deepEqual(fs.readdirSync(folder), [], `${text}\nleft temporary files`);
    fs.rmSync(folder, { recursive: true });
  }
  const lines = output.stdout.split("\n").filter((line) => line.startsWith("{"));
  return { code, signal, events: lines.map((line) => JSON.parse(line)), ...output, text };
}

/** A PhantomJS in this process; `close()` ends it and sees that it is gone. */
export async function browser(options = {}) {
  const client = new PhantomClusterClient({
    phantomBasePort: basePort(),
    onStdout: () => {},
    onStderr: () => {},
    ...options,
  });
  client.start();
  await once(client, "phantomStarted");
  const { ph } = client;
  return {
    ph,
    client,
    close: async () => {
      const { pid } = ph.process;
      if (!client.done) {
        client.stop();
        await once(client, "stopped");
      }
      assert.throws(() => process.kill(pid, 0), { code: "ESRCH" }, "PhantomJS is gone");
    },
  };
}

/** The processes that carry the marker, from /proc; a zombie has no environment any more. */
export function processesOf(marker) {
  const pids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const environment = fs.readFileSync(`/proc/${pid}/environ`, "utf8");
      const command = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return environment.includes(`${MARKER}=${marker}`) ? [{ pid: Number(pid), command }] : [];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}

/** Whether there is no such process any more. */
export function isGone(pid) {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** The warnings that come while `body` runs, which gets the list too. */
export async function warningsOf(body) {
  const warnings = [];
  const note = (warning) => warnings.push(warning);
  // A warning is told a tick after it is given.
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  await turn();
  process.on("warning", note);
  try {
    await body(warnings);
    await turn();
  } finally {
    process.off("warning", note);
  }
  return warnings;
}

/** Waits until `condition` gives something, and returns it. */
export async function until(condition, what, limit = SETTLE) {
  const end = Date.now() + limit;
  for (;;) {
    const value = await condition();
    if (value) {
      return value;
    }
    assert.ok(Date.now() < end, `${what} did not come within ${limit} ms`);
    await sleep(20);
  }
}

async function leavesNoProcess(marker, text) {
  if (isLinux) {
    await until(() => processesOf(marker).length === 0, `${text}\nthe end of all its processes`);
  }
}
