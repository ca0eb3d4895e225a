// Items end once, also beside the engine's own end; and signals are let go.

import assert from "node:assert/strict";
import { EventEmitter, getEventListeners, once } from "node:events";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { createQueued } from "../../index.js";
import { warningsOf } from "../helpers.mjs";

/** An item of an engine that has been stopped, and the ends that it has emitted. */
function stopped(options) {
  const engine = createQueued({ workers: 1 });
  engine.stop();
  const item = engine.enqueue({ a: 1 }, options);
  const ends = [];
  for (const name of ["failed", "response", "timeout"]) {
    item.on(name, () => ends.push(name));
  }
  return { engine, item, ends };
}

const WAYS = {
  nothing: [() => {}, "failed", ["failed"]],
  cancel: [(item) => item.cancel(), "cancelled", []],
  finish: [(item) => item.finish("x"), "done", ["response"]],
  fail: [(item) => item.fail(new Error("x")), "failed", ["failed"]],
  requeue: [(item) => item.requeue(), "failed", ["failed"]],
  result: [(item) => item.result().catch(() => {}), "failed", ["failed"]],
};

for (const [way, [act, state, expected]] of Object.entries(WAYS)) {
  test(`an item of a stopped engine ends once: ${way}`, async () => {
    const { item, ends } = stopped();
    act(item);
    await turn();
    assert.equal(item.state, state);
    assert.deepEqual(ends, expected);
    for (const [again] of Object.values(WAYS)) {
      try {
        again(item);
      } catch (error) {
        assert.equal(error.code, "ERR_ITEM_STATE");
      }
    }
    await turn();
    assert.deepEqual(ends, expected, "it has ended already");
  });
}

test("its signal ends it too, and one that was aborted before refuses it", async () => {
  const abort = new AbortController();
  const { item, engine, ends } = stopped({ signal: abort.signal });
  abort.abort();
  await turn();
  assert.deepEqual([item.state, item.error.code, ends], ["cancelled", "ERR_ITEM_CANCELLED", []]);
  assert.throws(() => engine.enqueue("b", { signal: abort.signal }), { code: "ERR_ITEM_CANCELLED" });
});

test("a listener that throws while the engine stops keeps nothing from its end", async () => {
  const engine = createQueued({ workers: 1 });
  const items = [1, 2, 3].map((n) => engine.enqueue(n));
  items[0].on("failed", () => {
    throw new Error("a user's mistake");
  });
  const uncaught = new EventEmitter();
  process.setUncaughtExceptionCaptureCallback((error) => uncaught.emit("error-seen", error));
  try {
    const seen = once(uncaught, "error-seen");
    engine.stop();
    await once(engine, "stopped");
    assert.equal((await seen)[0].message, "a user's mistake");
  } finally {
    process.setUncaughtExceptionCaptureCallback(null);
  }
  assert.deepEqual(
    items.map(({ state }) => state),
    ["failed", "failed", "failed"],
  );
});

test("many requests share a signal, or wait for idle, without a warning; the last lets go of it", async () => {
  const engines = [createQueued({ workers: 1 }), createQueued({ workers: 1 })];
  const warnings = await warningsOf(async () => {
    const { signal } = new AbortController();
    const items = Array.from({ length: 40 }, (_, n) => engines[n % 2].enqueue(n, { signal }));
    assert.equal(getEventListeners(signal, "abort").length, 1);
    const idle = Promise.all(engines.flatMap((engine) => Array.from({ length: 15 }, () => engine.idle())));
    const closed = Promise.all(Array.from({ length: 15 }, () => engines[0].close({ timeout: 60_000 })));
    for (const item of items) {
      assert.equal(getEventListeners(signal, "abort").length, 1);
      item.cancel();
    }
    assert.equal(getEventListeners(signal, "abort").length, 0);
    await Promise.all([idle, closed]);
  });
  assert.deepEqual(warnings, []);
  engines[1].stop();
});

test("an aborted signal ends all its requests, also when a listener throws or cancels another", async () => {
  const engine = createQueued({ workers: 1 });
  const abort = new AbortController();
  const items = [1, 2, 3].map((n) => engine.enqueue(n, { signal: abort.signal }));
  const other = engine.enqueue(4);
  const ended = items.map((item) => item.result().catch((error) => error.cause));
  abort.abort("enough");
  assert.deepEqual(await Promise.all(ended), ["enough", "enough", "enough"]);
  assert.deepEqual([other.state, getEventListeners(abort.signal, "abort").length], ["queued", 0]);
  engine.stop();
});
