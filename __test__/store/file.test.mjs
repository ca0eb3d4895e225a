// Requests that are kept in a file, as users see it: engines that never start hold requests without any worker.

import assert from "node:assert/strict";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import { createQueued, StoreError } from "../../index.js";
import { warningsOf } from "../helpers.mjs";
import { command, folder, removeFolders, stop } from "./files.mjs";

after(removeFolders);

const fileIn = (directory = folder()) => path.join(directory, "queue.db");

/** An engine that has read the file; its workers are never started. */
function open(file, store = {}, options = {}) {
  return createQueued({ workers: 1, store: { file, ...store }, ...options });
}

/** The items that an engine tells of as recovered: it forks a worker, which is ended at once. */
async function recovered(engine) {
  const items = [];
  engine.on("recovered", (item) => items.push(item));
  engine.start();
  await stop(engine);
  return items;
}

test("what waits when the engine stops is there at the next start: ids, order, priority, attempts, key", async () => {
  const file = fileIn();
  const first = open(file);
  const items = [
    first.enqueue({ url: "a" }),
    first.enqueue(["b"], { key: "the key", maxAttempts: 4 }),
    first.enqueue("urgent", { priority: 5 }),
  ];
  items[0].cancel();
  const failures = items.slice(1).map((item) => item.result().catch((error) => error));
  await stop(first);
  const errors = await Promise.all(failures);
  assert.deepEqual(
    errors.map(({ code, stored }) => [code, stored]),
    [
      ["ERR_ENGINE_STOPPED", true],
      ["ERR_ENGINE_STOPPED", true],
    ],
  );

  const second = open(file);
  assert.deepEqual(
    [...second.queue].map(({ id }) => id),
    [2, 1],
  );
  assert.equal(second.item(1).request[0], "b");
  assert.equal(second.item(0), undefined);
  assert.equal(second.stats().queue.waiting, 2);
  const again = second.enqueue("another", { key: "the key" });
  assert.equal(again, second.item(1));
  assert.equal(again.duplicate, true);
  assert.equal(second.enqueue("new").id, 3, "no id is given twice");
  const told = await recovered(second);
  assert.deepEqual(
    told.map(({ id, request, attempts, key }) => [id, request, attempts, key]),
    [
      [1, ["b"], 0, "the key"],
      [2, "urgent", 0, undefined],
    ],
  );
});

test("stored resolves when the request is in the file, which another process can then read", async () => {
  const file = fileIn();
  const engine = open(file);
  const item = engine.enqueue({ number: 1 });
  await item.stored;
  await item.stored;
  await stop(engine);
  const { stdout } = await command("queue", file, "--json");
  assert.deepEqual(JSON.parse(stdout), {
    id: 0,
    state: "waiting",
    priority: 0,
    attempts: 0,
    request: { id: 0, number: 1 },
  });
});

test("in memory stored resolves at once, and stop() says that nothing is kept", async () => {
  const engine = createQueued({ workers: 1 });
  const item = engine.enqueue(1);
  await item.stored;
  const failed = once(item, "failed");
  await stop(engine);
  const [error] = await failed;
  assert.equal(error.stored, false);
});

test("enqueue() with a key that is taken gives the item that has it, in memory too", async () => {
  const engine = createQueued({ workers: 1 });
  const item = engine.enqueue("one", { key: "k" });
  assert.deepEqual([item.key, item.duplicate], ["k", false]);
  assert.equal(engine.enqueue("two", { key: "k" }), item);
  assert.equal(item.duplicate, true);
  const other = engine.enqueue("three", { key: "other" });
  assert.notEqual(other, item);
  assert.equal(engine.queue.length, 2);
  item.finish("answer");
  const next = engine.enqueue("four", { key: "k" });
  assert.notEqual(next, item, "a key counts as long as its item is not over");
  assert.equal(engine.enqueue("no key").key, undefined);
  assert.throws(() => engine.enqueue("x", { key: 5 }), { code: "ERR_INVALID_OPTION", message: /"key"/ });
  await stop(engine);
});

test("a file is for one engine at a time", async () => {
  const file = fileIn();
  const engine = open(file);
  assert.throws(
    () => open(file),
    (error) => error instanceof StoreError && error.code === "ERR_STORE_LOCKED" && error.message.includes(file),
  );
  const { code, stderr } = await command("queue", file);
  assert.equal(code, 2);
  assert.match(stderr, /another engine has .* open/);
  await stop(engine);
  await stop(open(file));
});

test("forget() lets go of a request while the engine stops, and of all", async () => {
  const file = fileIn();
  const first = open(file);
  const items = [1, 2, 3].map((number) => first.enqueue(number));
  items[1].on("failed", () => first.forget(items[1]));
  first.forget(items[0].id);
  assert.equal(items[0].state, "cancelled");
  await stop(first);
  assert.throws(() => first.forget(items[2]), { code: "ERR_ENGINE_STOPPED" });

  const second = open(file);
  assert.deepEqual(
    [...second.queue].map(({ id }) => id),
    [2],
  );
  second.forget("all");
  assert.equal(second.queue.length, 0);
  await stop(second);
  assert.match((await command("queue", file)).stdout, /^0 waiting, 0 done, 0 failed/);
});

test("requests that are over stay in the file where that is wanted, and failed ones can wait again", async () => {
  const file = fileIn();
  const first = open(file, { keep: "all" });
  const ends = [
    (item) => item.finish({ title: "x" }),
    (item) => item.fail(Object.assign(new Error("no such page"), { code: "E_PAGE" })),
    (item) => item.cancel(),
    (item) => item.fail("text"),
  ];
  for (const end of ends) {
    const item = first.enqueue("request");
    item.on("failed", () => {});
    end(item);
  }
  await stop(first);
  const { stdout } = await command("queue", file, "--json");
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ id, state, response, error }) => [id, state, response ?? error?.message]),
    [
      [0, "done", { title: "x" }],
      [1, "failed", "no such page"],
      [3, "failed", "text"],
    ],
  );
  assert.equal(lines[1].error.code, "E_PAGE");
  assert.ok(Math.abs(Date.parse(lines[0].endedAt) - Date.now()) < 600_000);
  const failed = await command("queue", file, "--state", "failed");
  assert.match(failed.stdout, /1 {2}failed .*request.*no such page[\s\S]*0 waiting, 1 done, 2 failed/);
  assert.match((await command("queue", file, "--requeue", "--id", "1")).stdout, /^1 requeued/);
  const none = await command("queue", file, "--requeue", "--id", "0");
  assert.deepEqual([none.code, /there is no failed request 0/.test(none.stderr)], [2, true]);
  assert.match((await command("queue", file, "--requeue")).stdout, /^1 requeued\n2 waiting, 1 done, 0 failed/);
  const second = open(file, { keep: "all" });
  assert.deepEqual(
    [...second.queue].map(({ id }) => id),
    [1, 3],
  );
  second.forget("all");
  await stop(second);
  assert.match((await command("queue", file)).stdout, /^0 waiting, 0 done, 0 failed/);
});

test("a response that JSON cannot carry is kept without it", async () => {
  const file = fileIn();
  const engine = open(file, { keep: "all" });
  const circular = {};
  circular.self = circular;
  engine.enqueue(1).finish(circular);
  await stop(engine);
  const { stdout } = await command("queue", file, "--json");
  assert.deepEqual([JSON.parse(stdout).state, "response" in JSON.parse(stdout)], ["done", false]);
});

test("what was ended before start() is not told of as recovered", async () => {
  const file = fileIn();
  const first = open(file);
  for (const number of [1, 2]) {
    first.enqueue(number).on("failed", () => {});
  }
  await stop(first);
  const second = open(file);
  second.forget(0);
  const told = await recovered(second);
  assert.deepEqual(
    told.map(({ id }) => id),
    [1],
  );
});

test("with keep: failed only these stay", async () => {
  const file = fileIn();
  const engine = open(file, { keep: "failed" });
  engine.enqueue(1).finish(1);
  const item = engine.enqueue(2);
  item.on("failed", () => {});
  item.fail(new Error("x"));
  await stop(engine);
  assert.match((await command("queue", file)).stdout, /^0 waiting, 0 done, 1 failed/);
});

test("what the command cannot do it says in one line", async () => {
  const file = fileIn();
  const cases = [
    [[], /takes one FILE/],
    [[file], /queue\.db cannot be used/],
    [[file, "--state", "odd"], /--state must be waiting, done, failed/],
    [[file, "--id", "1"], /--id goes with --requeue/],
    [[file, "--requeue", "--id", "x"], /--id must be the number/],
  ];
  for (const [args, pattern] of cases) {
    const { code, stderr } = await command("queue", ...args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, pattern);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  }
  assert.equal(fs.existsSync(file), false, "it makes no file");
});

test("a file that is not ours is named and left as it is", async () => {
  const cases = {
    "a text": ["no database, but a text that is longer than a header of one would be: ".repeat(4), "ERR_STORE_CORRUPT"],
    "a damaged one": [(await used()).fill(0xff, 4096), "ERR_STORE_CORRUPT"],
    "its beginning": [(await used()).fill(0, 0, 100), "ERR_STORE_CORRUPT"],
    "a part of it": [(await used()).subarray(0, 5000), "ERR_STORE_CORRUPT"],
  };
  for (const [what, [contents, code]] of Object.entries(cases)) {
    const file = fileIn();
    fs.writeFileSync(file, contents);
    const before = fs.readFileSync(file);
    assert.throws(() => open(file), { code }, what);
    assert.deepEqual(fs.readFileSync(file), before, `${what} is untouched`);
  }
});

/** The bytes of a file with some hundred requests. */
async function used() {
  const file = fileIn();
  const engine = open(file);
  for (let i = 0; i < 300; i += 1) {
    engine.enqueue({ text: "x".repeat(100) });
  }
  await stop(engine);
  return fs.readFileSync(file);
}

test("a folder that is not there, and a folder in place of a file, are named", () => {
  const directory = folder();
  for (const file of [path.join(directory, "none", "queue.db"), directory]) {
    assert.throws(
      () => open(file),
      (error) => error.code === "ERR_STORE_UNAVAILABLE" && error.message.includes(file),
    );
  }
});

test("options of a store are checked by name", () => {
  const cases = [
    [{ store: "queue.db" }, /option "store" must be an object/],
    [{ store: {} }, /option "store" must name a file, or redis and queue: it names none/],
    [{ store: { file: "x", redis: "redis://x", queue: "q" } }, /it names both/],
    [{ store: { redis: "redis://x" } }, /option "store.queue" is missing/],
    [{ store: { file: 5 } }, /option "store\.file" must be a string/],
    [{ store: { file: "x", sync: "never" } }, /option "store\.sync" must be "always" or a number of ms/],
    [{ store: { file: "x", sync: -1 } }, /option "store\.sync/],
    [{ store: { file: "x", keep: true } }, /option "store\.keep" must be "failed" or "all"/],
    [{ store: { file: "x" }, maxPending: -1 }, /option "maxPending"/],
  ];
  for (const [options, message] of cases) {
    assert.throws(() => createQueued(options), { code: "ERR_INVALID_OPTION", message });
  }
});

test("an unknown option of a store is named with the nearest", async () => {
  const file = fileIn();
  const warnings = await warningsOf(async () => stop(open(file, { kep: "all" })));
  assert.match(warnings[0].message, /no option "store\.kep"; did you mean "keep"/);
});

test("with sync in ms nothing waits for the file, and stop() writes what is left", async () => {
  const file = fileIn();
  const first = open(file, { sync: 600_000 });
  first.enqueue(1);
  const second = first.enqueue(2);
  await stop(first);
  await second.stored;
  const engine = open(file);
  assert.equal(engine.queue.length, 2);
  await stop(engine);
});
