// A test file that leaves something behind fails: a process that it started, also one that has lost its parent, or a file
// in the temporary directory. helpers.mjs brings this to nearly all test files. An open socket needs no look: it would
// keep the file from ending.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** What was ended just now may take so long, in ms. */
const SETTLE = 2_000;
// What Node and npm keep there for all.
const NOT_OURS = ["node-compile-cache"];

// Each process gets it from its parent, whoever that is.
const mark = `PHANTOM_CLUSTER_TEST_FILE=${process.pid}`;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-"));
// Some tests act as another user.
fs.chmodSync(folder, 0o755);
[process.env.PHANTOM_CLUSTER_TEST_FILE, process.env.TMPDIR] = [String(process.pid), folder];

/** The processes that carry the mark: `{ pid, command }`. A zombie has no environment any more. */
function processes() {
  const pids = process.platform === "linux" ? fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return pids.map(Number).flatMap((pid) => {
    try {
      const environment = fs.readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      const command = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return pid !== process.pid && environment.includes(mark) ? [{ pid, command }] : [];
    } catch {
      // It ended, or is not ours to look at.
      return [];
    }
  });
}

function left() {
  const files = fs.readdirSync(folder).filter((name) => !NOT_OURS.includes(name));
  return { files, processes: processes() };
}

process.once("exit", () => {
  const end = Date.now() + SETTLE;
  let found = left();
  while (found.files.length + found.processes.length > 0 && Date.now() < end) {
    // Nothing but waiting is left to do, and here it must not be asynchronous.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    found = left();
  }
  if (found.files.length + found.processes.length > 0) {
    console.error("left behind:", found);
    process.exitCode = 1;
  }
  for (const { pid } of found.processes) {
    process.kill(pid, "SIGKILL");
  }
  fs.rmSync(folder, { recursive: true, force: true });
});
