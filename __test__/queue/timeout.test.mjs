// Timeout and re-enqueue, in both generations.

import assert from "node:assert/strict";
import { test } from "node:test";
import { basePort, run } from "../helpers.mjs";

async function timeouts(options) {
  const { code, events, text } = await run("timeouts.js", {
    messageTimeout: 1000,
    phantomBasePort: basePort(),
    ...options,
  });
  assert.equal(code, 0, text);
  const all = (name, more = {}) =>
    events.filter(
      (event) => event.event === name && Object.entries(more).every(([key, value]) => event[key] === value),
    );
  return { events, all, text };
}

for (const generation of ["request", "queueItemReady"]) {
  test(`${generation}: a handler that never answers loses its lease in time and its slot is free`, async () => {
    const { all, text } = await timeouts({ generation, listener: "none" });
    const [first, second] = all("delivered", { request: "slow" });
    assert.ok(second, `delivered again\n${text}`);
    const quick = all("delivered", { request: "quick" })[0];
    assert.equal(quick.pid, first.pid, "the same worker goes on");
    assert.ok(quick.at - first.at >= 990 && quick.at - first.at < 2500, `after ${quick.at - first.at} ms`);
    assert.equal(all("response", { name: "slow" })[0].response, "slow done");
    assert.equal(all("response", { name: "slow" })[0].id, 0, "the same item");
    assert.equal(all("response").length, 2);
  });

  test(`${generation}: re-enqueued by hand, the request runs once more under its new item`, async () => {
    const { all, text } = await timeouts({ generation, listener: "by hand" });
    assert.equal(all("delivered", { request: "slow" }).length, 2, text);
    assert.deepEqual(
      all("enqueued").map(({ same }) => same),
      [false],
    );
    const responses = all("response", { name: "slow" });
    assert.equal(responses.length, 1, text);
    assert.equal(responses[0].id, 2, "the new item");
  });

  test(`${generation}: requeue: false ends a timed-out request`, async () => {
    const { all, text } = await timeouts({ generation, listener: "plain", requeue: false });
    assert.equal(all("delivered", { request: "slow" }).length, 1, text);
    assert.equal(all("response", { name: "slow" }).length, 0);
    assert.equal(all("stopped")[0].slow, "timedOut");
  });

  test(`${generation}: item.cancel() in the listener ends the request`, async () => {
    const { all, text } = await timeouts({ generation, listener: "cancel" });
    assert.equal(all("delivered", { request: "slow" }).length, 1, text);
    assert.equal(all("response", { name: "slow" }).length, 0);
    assert.equal(all("stopped")[0].slow, "cancelled");
  });
}

test("request: a timeout listener does not keep the request from its second delivery", async () => {
  const { all, text } = await timeouts({ generation: "request", listener: "plain" });
  const [timeout] = all("timeout");
  assert.equal(timeout.state, "expired");
  assert.equal(timeout.attempts, 1);
  assert.equal(all("response", { name: "slow", id: 0 }).length, 1, text);
  assert.equal(all("item timeout", { id: 0 }).length, 1, "the client's item hears of it too");
  assert.deepEqual(
    all("page").map(({ code }) => code),
    ["ERR_PAGE_CLOSED"],
  );
});

test("queueItemReady: a timeout listener has the last word", async () => {
  const { all, text } = await timeouts({ generation: "queueItemReady", listener: "plain", late: true });
  assert.equal(all("delivered", { request: "slow" }).length, 1, text);
  assert.equal(all("timeout").length, 1);
  assert.equal(all("response", { name: "slow" }).length, 0, "never a response after it, not even the late one");
  assert.equal(all("response", { name: "quick" }).length, 1);
  assert.deepEqual(
    all("queueItemTimeout").map(({ id }) => id),
    [0],
  );
  assert.equal(all("stopped")[0].slow, "timedOut");
});

test("queueItemReady: requeue: true re-enqueues in spite of a listener", async () => {
  const options = { generation: "queueItemReady", listener: "requeue", requeue: true };
  const { all, text } = await timeouts(options);
  assert.equal(all("delivered", { request: "slow" }).length, 2, text);
  assert.equal(all("response", { name: "slow", id: 0 }).length, 1);
});

test("queueItemReady: item.requeue() in the listener asks for another delivery", async () => {
  const { all, text } = await timeouts({ generation: "queueItemReady", listener: "requeue" });
  assert.equal(all("delivered", { request: "slow" }).length, 2, text);
  assert.equal(all("response", { name: "slow", id: 0 }).length, 1);
});

test("a late answer is not taken for the answer of the request that has the slot now", async () => {
  const { all, text } = await timeouts({ generation: "queueItemReady", listener: "none", late: true });
  assert.equal(all("response", { name: "quick" })[0].response, "quick done", text);
  assert.equal(all("response", { name: "slow" })[0].response, "slow done");
});

test("maxAttempts ends a request that never gets an answer", async () => {
  const { all, text } = await timeouts({ generation: "request", listener: "plain", hangs: 9, maxAttempts: 2 });
  assert.equal(all("delivered", { request: "slow" }).length, 2, text);
  assert.equal(all("timeout").length, 2);
  assert.deepEqual(
    all("failed").map(({ code, cause }) => [code, cause]),
    [["ERR_MAX_ATTEMPTS", "ERR_ITEM_TIMEOUT"]],
  );
});
