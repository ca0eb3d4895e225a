// The engine beside Node's own cluster module.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { basePort, isLinux, run, site } from "../helpers.mjs";

let pages;
before(async () => {
  pages = await site();
});
after(() => pages.close());

test("bare-bones: own messages, real cluster workers, a shared HTTP port, others' workers left alone", async () => {
  const { code, events, text } = await run("bare-bones.js", { url: pages.url, phantomBasePort: basePort() });
  assert.equal(code, 0, text);
  const named = (name) => events.filter(({ event }) => event === name);
  assert.deepEqual(named("counts"), [{ event: "counts", workers: 2, numWorkers: 2 }]);
  assert.ok(named("workerStarted").every(({ self, real }) => self && real));
  const titles = named("title");
  assert.ok(titles.length >= 8);
  assert.ok(titles.every(({ title, token }) => title === `page /${token}`));
  assert.equal(named("http")[0].status, 200);
  assert.ok(named("worker stopped").length >= 1, text);
  assert.ok(named("worker stopped").every(({ iterations }) => iterations === 0));
  // The primary has found PhantomJS: a search costs a worker's start 3 ms.
  assert.ok(named("worker stopped").every(({ searched }) => !searched));
  assert.deepEqual(named("stopped"), [{ event: "stopped", workers: 0, own: true }]);
  // cluster.on("exit") hears of all workers, workerDied only of the engine's.
  assert.equal(named("cluster exit").length, named("workerDied").length + 1);
});

test("two engines in one script mind only their own workers", async () => {
  const { code, events, text } = await run("two-engines.js", { url: pages.url, phantomBasePort: basePort() });
  assert.equal(code, 0, text);
  const answers = events.filter(({ event }) => event === "response");
  assert.deepEqual(answers.map(({ engine, response }) => [engine, response.handler]).sort(), [
    ["first", "first"],
    ["first", "first"],
    ["second", "second"],
    ["second", "second"],
  ]);
});

test("a script that ends without stop() leaves no worker behind", async () => {
  for (const how of ["exit", "throw"]) {
    const { code, text } = await run("abrupt.js", { how, phantomBasePort: basePort() });
    assert.equal(code, how === "exit" ? 3 : 1, text);
  }
});

test("a created engine that is never started does not keep the script alive", async () => {
  const { code, text } = await run("abrupt.js", { how: "never started" });
  assert.equal(code, 0, text);
});

test("killing the primary ends workers and PhantomJS, and the next start removes its files", {
  skip: !isLinux,
}, async () => {
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "pc-test-"));
  const killed = await run("abrupt.js", { how: "kill", phantomBasePort: basePort() }, { temporary });
  assert.equal(killed.signal, "SIGKILL", killed.text);
  await run("abrupt.js", { how: "exit", phantomBasePort: basePort() }, { temporary });
  assert.deepEqual(fs.readdirSync(temporary), []);
  fs.rmSync(temporary, { recursive: true });
});

test("subclasses of the engine classes work", async () => {
  const { code, events, text } = await run("subclass.js", { url: pages.url, phantomBasePort: basePort() });
  assert.equal(code, 0, text);
  assert.deepEqual(events, [{ event: "response", counted: 1, title: "page /sub" }]);
});
