// Whole user scripts, in both generations, against real PhantomJS.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { basePort, run, site } from "../helpers.mjs";

let pages;
before(async () => {
  pages = await site();
});
after(() => pages.close());

const named = (events, name) => events.filter(({ event }) => event === name);

test("the published example ends by itself with code 0", async () => {
  const options = { url: pages.url, workers: 4, workerIterations: 4, phantomBasePort: 12_345 };
  const { code, events, text } = await run("published.js", options);
  assert.equal(code, 0, text);
  const responses = named(events, "response");
  assert.equal(responses.length, 16);
  assert.equal(new Set(responses.map(({ id }) => id)).size, 16);
  for (const { id, own, response } of responses) {
    assert.ok(own, "the listener's this is the item");
    assert.deepEqual(response, { status: "success", title: `page /${"abcd"[id % 4]}`, id, current: id });
  }
  assert.ok(named(events, "workerStarted").length >= 4);
  assert.equal(named(events, "workerDied").length, named(events, "workerStarted").length);
  assert.equal(named(events, "started").length, 1);
  assert.equal(named(events, "stopped").length, 1);
});

test("workers of the published example are recycled with code 0", async () => {
  const options = { url: pages.url, workers: 1, workerIterations: 4, phantomBasePort: basePort() };
  const { code, events, text } = await run("published.js", options);
  assert.equal(code, 0, text);
  const clean = named(events, "workerDied").filter((event) => event.code === 0);
  assert.ok(clean.length >= 3, text);
  assert.ok(named(events, "workerStopped").length >= 3, text);
});

test("queueItemReady with workerParallelism answers the right request", async () => {
  const options = { url: pages.url, workers: 1, workerParallelism: 4, phantomBasePort: basePort() };
  const { code, events, text } = await run("published.js", options);
  assert.equal(code, 0, text);
  for (const { id, response } of named(events, "response")) {
    assert.deepEqual(response, { status: "success", title: `page /${"abcd"[id % 4]}`, id, current: id });
  }
});

test("the documented form, with workerParallelism 2", async () => {
  const options = {
    url: pages.url,
    workers: 4,
    workerIterations: 4,
    workerParallelism: 2,
    phantomBasePort: basePort(),
  };
  const { code, events, text } = await run("documented.js", options);
  assert.equal(code, 0, text);
  const responses = named(events, "response");
  assert.deepEqual(
    responses.map(({ id }) => id).sort((a, b) => a - b),
    Array.from({ length: 16 }, (_, i) => i),
  );
  for (const { id, response } of responses) {
    assert.equal(response.title, `page /${id}!`);
    assert.ok(response.most <= 2, "never more than workerParallelism at once");
  }
  const handled = new Map();
  for (const { response } of responses) {
    handled.set(response.pid, (handled.get(response.pid) ?? 0) + 1);
  }
  assert.ok(Math.max(...handled.values()) <= 4, "never more than workerIterations per worker");
});

test("2,000 requests through 2 recycled workers are each answered once", async () => {
  const options = {
    url: pages.url,
    count: 2000,
    workers: 2,
    workerIterations: 50,
    workerParallelism: 4,
    phantomBasePort: basePort(),
  };
  const { code, events, text } = await run("documented.js", options, { deadline: 120_000 });
  assert.equal(code, 0, text.slice(-2000));
  const responses = named(events, "response");
  assert.equal(responses.length, 2000);
  assert.equal(new Set(responses.map(({ id }) => id)).size, 2000);
  assert.ok(responses.every(({ id, response }) => response.title === `page /${id}!`));
  assert.ok(named(events, "workerDied").filter(({ code: exit }) => exit === 0).length >= 30);
});
