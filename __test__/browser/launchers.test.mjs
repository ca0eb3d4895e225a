// Scripts that start PhantomJS in place of the binary, and do not become it by `exec`: whatever ends, the PhantomJS behind
// them ends too, though a page's script keeps it from noticing anything.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { isGone, statusOf, zombiesOf } from "../../chaos/processes.js";
import { findBinary } from "../../lib/browser/binary.js";
import { basePort, isLinux, processesOf, run, site, until } from "../helpers.mjs";

const { create } = createRequire(import.meta.url)("../../phantom.js");
const REAL = findBinary();
const SHELL = "#!/bin/sh\n";
const LAUNCHERS = {
  shell: `${SHELL}"${REAL}" "$@"`,
  background: `${SHELL}"${REAL}" "$@" &\nwait $!`,
  group: `${SHELL}timeout 600 "${REAL}" "$@"`,
  session: `${SHELL}setsid -w "${REAL}" "$@"`,
  node: `#!${process.execPath}
const { status } = require("node:child_process").spawnSync("${REAL}", process.argv.slice(2), { stdio: "inherit" });
process.exitCode = status ?? 1;`,
};
const linux = { skip: !isLinux };

let folder;
let pages;
let isRequested = () => {};
before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-launchers-"));
  pages = await site({
    "/": (_request, response) => {
      response.end("<script>for (;;) {}</script>");
      isRequested();
    },
  });
});
after(async () => {
  await pages.close();
  fs.rmSync(folder, { recursive: true });
});

/** The option for a launcher of that text. */
function launcher(name, text) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, `${text}\n`, { mode: 0o755 });
  return file;
}

/** Runs a cluster until its page's script runs, ends it by `end(pids)`, and sees that PhantomJS goes then. */
async function strike(name, end, { how } = {}) {
  const requested = new Promise((resolve) => {
    isRequested = resolve;
  });
  const options = { phantomBinary: launcher(name, LAUNCHERS[name]), phantomBasePort: basePort() };
  await run(
    "wedged.js",
    { url: `${pages.url}/`, how, messageTimeout: 60_000, ...options },
    {
      // A primary that is killed leaves files, which its folder takes along.
      temporary: folder,
      whileRunning: async ({ child, output, marker }) => {
        try {
          await requested;
          const line = await until(() => /^\{.*\}$/m.exec(output.stdout)?.[0], "the page", 30_000);
          const pids = JSON.parse(line);
          const phantom = processesOf(marker).find(({ command }) => command.startsWith(`${REAL} `));
          assert.equal(pids.phantom, phantom.pid, "the pid is PhantomJS's own");
          end(pids);
          await until(() => isGone(pids.phantom), "the end of PhantomJS");
        } finally {
          child.kill("SIGUSR2");
        }
      },
    },
  );
}

const kill = (which) => (pids) => process.kill(pids[which], "SIGKILL");
for (const name of Object.keys(LAUNCHERS)) {
  test(`${name}: the primary is killed, and no PhantomJS is left`, linux, () => strike(name, kill("primary")));
}

for (const name of ["shell", "session"]) {
  test(`${name}: the worker is killed, and no PhantomJS is left`, linux, () => strike(name, kill("worker")));

  test(`${name}: the launcher is killed, and no PhantomJS is left`, linux, () =>
    strike(name, ({ phantom }) => process.kill(statusOf(phantom).parent, "SIGKILL")),
  );

  for (const how of ["exit", "stop"]) {
    const end = ({ primary }) => process.kill(primary, "SIGUSR2");
    test(`${name}: the primary ends by ${how}, and no PhantomJS is left`, linux, () => strike(name, end, { how }));
  }
}

test("a launcher that does not wait for PhantomJS leaves none", linux, async () => {
  const marker = `--cookies-file=${path.join(folder, "early")}`;
  const phantomPath = launcher("early", `${SHELL}"${REAL}" "$@" &`);
  const failure = create([marker], { phantomPath, port: basePort() });
  await assert.rejects(failure, { code: "ERR_PHANTOM_START", message: /ended at its start \(code 0\)/ });
  const isThere = (pid) => fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(marker);
  const left = fs.readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && isThere(name) && !isGone(name);
    } catch {
      return false;
    }
  });
  assert.deepEqual(left, []);
});

test("launches that fail leave no zombie, also after Node has set its handler of SIGCHLD anew", linux, async () => {
  const phantomPath = launcher("ending", `${SHELL}exit 3`);
  const fail = async () => {
    for (let times = 0; times < 3; times += 1) {
      await assert.rejects(create([], { phantomPath, port: basePort() }), { code: "ERR_PHANTOM_START" });
    }
  };
  const noZombies = () => until(() => zombiesOf(new Set()).length === 0, "the end of zombies");
  await fail();
  await noZombies();
  await once(spawn("true"), "exit");
  await fail();
  await noZombies();
});
