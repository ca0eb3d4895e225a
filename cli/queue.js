"use strict";

const { readArguments } = require("./arguments");
const { CommandError } = require("./command-error");
const { HELP } = require("./help");
const { loadLibrary } = require("./library");

/** So many requests cross from native code in one call. */
const PAGE = 1_000;
const STATES = ["waiting", "done", "failed"];
const WIDTH = 100;

const OPTIONS = {
  state: { type: "string", short: "s" },
  json: { type: "boolean" },
  requeue: { type: "boolean" },
  id: { type: "string" },
  help: { type: "boolean", short: "h" },
};

function write(line) {
  process.stdout.write(`${line}\n`);
}

/** The requests of a state, or all, by their ids. */
function* listed(file, state = "") {
  let above = -1;
  while (true) {
    const page = file.list(above, state, PAGE);
    yield* page;
    if (page.length < PAGE) {
      return;
    }
    above = page.at(-1).id;
  }
}

function readState(state) {
  if (state !== undefined && !STATES.includes(state)) {
    throw new CommandError(`--state must be ${STATES.join(", ")}, not "${state}"`);
  }
  return state;
}

function readId(id) {
  if (id !== undefined && !/^\d{1,15}$/.test(id)) {
    throw new CommandError(`--id must be the number of a request, not "${id}"`);
  }
  return id === undefined ? undefined : Number(id);
}

/** One request as a line of JSON. */
function toJsonLine({ id, state, priority, attempts, key, request, outcome, endedAt }) {
  const fields = {
    id,
    state,
    priority,
    attempts,
    key: key ?? undefined,
    endedAt: endedAt ? new Date(endedAt).toISOString() : undefined,
    request: JSON.parse(request),
  };
  const result = outcome ? { [state === "done" ? "response" : "error"]: JSON.parse(outcome) } : {};
  return JSON.stringify({ ...fields, ...result });
}

function cut(text) {
  return text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text;
}

function toLine({ id, state, attempts, request, outcome }) {
  const error = state === "failed" && outcome ? ` ← ${JSON.parse(outcome).message}` : "";
  return cut(`${String(id).padStart(8)}  ${state.padEnd(7)}  ${String(attempts).padStart(2)}×  ${request}${error}`);
}

function showCounts({ waiting, done, failed }) {
  write(`${waiting} waiting, ${done} done, ${failed} failed`);
}

/** `phantom-cluster queue FILE`; gives the exit code. */
async function queue(args) {
  const { values, positionals } = readArguments(args, OPTIONS);
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) {
    throw new CommandError("queue takes one FILE, that of option store.file; see phantom-cluster --help");
  }
  const state = readState(values.state);
  const id = readId(values.id);
  if (id !== undefined && !values.requeue) {
    throw new CommandError("--id goes with --requeue; see phantom-cluster --help");
  }
  loadLibrary();
  const { openStoreFile } = require("../lib/store/inspection");
  const file = openStoreFile(name);
  if (values.requeue) {
    const count = file.requeue(id);
    if (id !== undefined && count === 0) {
      throw new CommandError(`there is no failed request ${id} in ${name}`);
    }
    write(`${count} requeued`);
    showCounts(file.counts());
    return 0;
  }
  for (const request of values.json || state ? listed(file, state) : []) {
    write(values.json ? toJsonLine(request) : toLine(request));
  }
  if (!values.json) {
    showCounts(file.counts());
  }
  return 0;
}

module.exports = { queue };
