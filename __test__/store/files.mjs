// What the tests of stores share: folders that go with them, and the command line.

import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../cli/main.js", import.meta.url));
const folders = [];

/** An empty folder of its own. */
export function folder() {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), "pc-store-"));
  folders.push(made);
  return made;
}

export function removeFolders() {
  for (const made of folders.splice(0)) {
    fs.rmSync(made, { recursive: true });
  }
}

/** Stops an engine, and waits until it has. */
export async function stop(engine) {
  const stopped = once(engine, "stopped");
  engine.stop();
  await stopped;
}

/** Runs the command line: `{ code, stdout, stderr }`. */
export async function command(...args) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"], timeout: 30_000 });
  const result = { code: null, stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    child[name].setEncoding("utf8").on("data", (text) => {
      result[name] += text;
    });
  }
  [result.code] = await once(child, "close");
  return result;
}
