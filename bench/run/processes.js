"use strict";

// Scripts in processes of their own, which are gone with all that they started when their time is over.

const { spawn } = require("node:child_process");
const { once } = require("node:events");
const { descendants } = require("../scripts/memory");

// Certificates that a machine adds by these are none of an engine's doing, and cost as much as what is measured: each
// PhantomJS reads the directory again for each page, and each Node parses the file at its start, which takes longer than
// all else it does there.
const env = { ...process.env, OPENSSL_CONF: "/dev/null" };
delete env.SSL_CERT_DIR;
delete env.NODE_EXTRA_CA_CERTS;

const running = new Set();

function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

/** The script, its group, and what left the group. */
function killAll(child) {
  const others = descendants(child.pid).map(({ pid }) => pid);
  for (const pid of [-child.pid, ...others]) {
    kill(pid);
  }
}

process.on("exit", () => {
  for (const child of running) {
    killAll(child);
  }
});
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => process.exit(1));
}

function start(command, args) {
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  running.add(child);
  child.once("close", () => {
    running.delete(child);
    // The original may leave a PhantomJS behind.
    killAll(child);
  });
  return child;
}

/** Resolves with `{ output }`, `{ hung: true }` after `limit` ms, or `{ failure }`. */
async function runScript(command, args, limit) {
  const child = start(command, args);
  let output = "";
  let errors = "";
  let hung = false;
  child.stdout.on("data", (data) => {
    output += data;
  });
  child.stderr.on("data", (data) => {
    errors = (errors + data).slice(-2000);
  });
  const timer = setTimeout(() => {
    hung = true;
    killAll(child);
  }, limit);
  // A grandchild that lives on keeps the pipes open: no waiting for their end alone.
  child.once("exit", () => setTimeout(killAll, 1000, child).unref());
  await once(child, "close");
  clearTimeout(timer);
  if (output.includes("\n")) {
    return { output };
  }
  return hung ? { hung } : { failure: errors.trim() || "no figures" };
}

/** What the same script gives as a line of JSON, in so many processes at a time; null of one without. */
async function runSeveral(processes, command, args, limit) {
  const runs = Array.from({ length: processes }, () => runScript(command, args, limit));
  return (await Promise.all(runs)).map(({ output }) => (output ? JSON.parse(output) : null));
}

module.exports = { start, killAll, runScript, runSeveral };
