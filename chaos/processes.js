"use strict";

// A look at the run's own processes in /proc. They carry a marker in their environment, which all of them inherit. Those
// that a Chromium has made write over their environment: they are known by their process group, the browser's.

const fs = require("node:fs");
const { kindOf } = require("./browsers");

function read(pid, name) {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    // It ended while we looked.
    return "";
  }
}

/** `{ name, state, parent, group }` of a process, or null when it is gone. */
function statusOf(pid) {
  // The name in parentheses may hold anything.
  const [, name, state, parent, group] = /\((.*)\) (\S) (\d+) (\d+) [^)]*$/s.exec(read(pid, "stat")) ?? [];
  return state ? { name, state, parent: Number(parent), group: Number(group) } : null;
}

function commandOf(pid) {
  return read(pid, "cmdline").replaceAll("\0", " ").trimEnd();
}

const hasEnded = (status) => status === null || status.state === "Z" || status.state === "X";

/** A process that only waits to be reaped runs no more. */
function isGone(pid) {
  return hasEnded(statusOf(pid));
}

function allPids() {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Whether nobody of a process group runs any more. */
function isGroupGone(group) {
  return allPids().every((pid) => {
    const status = statusOf(pid);
    return status?.group !== group || hasEnded(status);
  });
}

function runningProcess(pid) {
  const status = statusOf(pid);
  const command = commandOf(pid);
  // A zombie has no command line any more.
  return status && command ? [{ pid, ...status, command, kind: kindOf(command) }] : [];
}

/**
 * The processes that carry `marker` ("NAME=value"), but for this one, and those of the process groups that browsers among
 * them lead. `groups` is the set of those groups that is known from before: their leaders may be gone.
 */
function processesWith(marker, groups = new Set()) {
  const all = allPids().filter((pid) => pid !== process.pid);
  const marked = new Set(all.filter((pid) => read(pid, "environ").includes(marker)));
  const found = all.flatMap(runningProcess);
  for (const { pid, group, kind } of found) {
    if (marked.has(pid) && pid === group && kind === "Chromium") {
      groups.add(group);
    }
  }
  const ours = found.filter(({ pid, group }) => marked.has(pid) || groups.has(group));
  // The number of a group that is gone may be another's before long.
  for (const group of groups) {
    if (!ours.some((one) => one.group === group)) {
      groups.delete(group);
    }
  }
  return ours;
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

module.exports = { isGone, isGroupGone, processesWith, statusOf, zombiesOf };
