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

/** `{ name, state, parent }` of a process, or null when it is gone. */
function statusOf(pid) {
  // The name in parentheses may hold anything.
  const [, name, state, parent] = /\((.*)\) (\S) (\d+) [^)]*$/s.exec(read(pid, "stat")) ?? [];
  return state ? { name, state, parent: Number(parent) } : null;
}

function commandOf(pid) {
  return read(pid, "cmdline").replaceAll("\0", " ").trimEnd();
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
    const command = commandOf(pid);
    return status && command ? [{ pid, ...status, command, isPhantom: DRIVER.test(command) }] : [];
  });
}

/**
 * Ended children that `parents` or this process have not reaped: `{ pid, name, parent: { pid, name, state, command } }`.
 * Those that lost their parent are the system's.
 */
function zombiesOf(parents) {
  return allPids().flatMap((pid) => {
    const { name, state, parent } = statusOf(pid) ?? {};
    if (state !== "Z" || !(parent === process.pid || parents.has(parent))) {
      return [];
    }
    const status = statusOf(parent);
    return status ? [{ pid, name, parent: { ...status, pid: parent, command: commandOf(parent) } }] : [];
  });
}

module.exports = { isGone, processesWith, statusOf, zombiesOf };
