// Runs the command line as a user does, for the tests of it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { isLinux, processesOf, until } from "../helpers.mjs";

export const MAIN = fileURLToPath(new URL("../../cli/main.js", import.meta.url));
export const DEADLINE = 60_000;
export const root = fs.mkdtempSync(path.join(os.tmpdir(), "pc-cli-"));

after(() => fs.rmSync(root, { recursive: true }));

/** A folder of its own for each call. */
export function folder() {
  return fs.mkdtempSync(path.join(root, "x"));
}

/**
 * Runs the command until it ends by itself, as the leader of a process group, as a terminal does; `whileRunning` gets
 * the child. Fails when it left a process or a temporary file. It knows of no npm, as under a shell.
 */
export async function cli(args, { cwd = root, env = {}, input = "", whileRunning } = {}) {
  const marker = randomUUID();
  const temporary = folder();
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    detached: true,
    env: { ...process.env, npm_config_user_agent: undefined, TMPDIR: temporary, ...env, PHANTOM_CLUSTER_TEST: marker },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    child[name].setEncoding("utf8").on("data", (text) => {
      output[name] += text;
    });
  }
  // It may end without having read it.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE);
  const closed = once(child, "close");
  await whileRunning?.(child, marker);
  const [code, signal] = await closed;
  clearTimeout(timer);
  const text = `${args.join(" ")} ended with ${signal ?? code}\n${output.stdout}\n${output.stderr}`;
  assert.equal(signal, null, text);
  if (isLinux) {
    await until(() => processesOf(marker).length === 0, `${text}\nthe end of all its processes`);
  }
  assert.deepEqual(fs.readdirSync(temporary), [], `${text}\nleft temporary files`);
  return { code, ...output, text };
}

/** `render` into a folder of its own, with the report read. */
export async function render(args, options) {
  const out = folder();
  const json = path.join(folder(), "report.json");
  const result = await cli(["render", ...args, "--out", out, "--json", json], options);
  const report = fs.existsSync(json) ? JSON.parse(fs.readFileSync(json, "utf8")) : null;
  return { ...result, out, report, files: fs.readdirSync(out).sort() };
}

export const html = (body) => `<!doctype html><html lang="en"><meta charset="utf-8">${body}</html>`;
