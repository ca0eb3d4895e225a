"use strict";

// A look at the run's own processes in /proc. They carry a marker in their environment, which all of them inherit.

const fs = require("node:fs");

const DRIVER = /driver\/main\.js/;

function read(pid, name) {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    // It ended while we looked.
    return "";
  }
}

/** `{ state, parent }` of a process, or null when it is gone. */
function statusOf(pid) {
  // The name in parentheses may hold anything.
  const [, state, parent] = /\) (\S) (\d+) [^)]*$/.exec(read(pid, "stat")) ?? [];
  return state ? { state, parent: Number(parent) } : null;
}

/** A process that only waits to be reaped runs no more. */
function isGone(pid) {
  const status = statusOf(pid);
  return status === null || status.state === "Z" || status.state === "X";
}

function allPids() {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The processes that carry `marker` ("NAME=value"), but for this one. A zombie has no environment any more. */
function processesWith(marker) {
  const pids = allPids().filter((pid) => pid !== process.pid && read(pid, "environ").includes(marker));
  return pids.flatMap((pid) => {
    const status = statusOf(pid);
    const command = read(pid, "cmdline").replaceAll("\0", " ");
    return status && command ? [{ pid, ...status, command, isPhantom: DRIVER.test(command) }] : [];
  });
}

/** Ended children that `parents` or this process have not reaped. Those that lost their parent are the system's. */
function zombiesOf(parents) {
  return allPids().filter((pid) => {
    const status = statusOf(pid);
    return status?.state === "Z" && (status.parent === process.pid || parents.has(status.parent));
  });
}

module.exports = { isGone, processesWith, statusOf, zombiesOf };
