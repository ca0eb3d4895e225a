// Options, requests and items: what is refused, and how clearly. No PhantomJS is started here.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import os from "node:os";
import { test } from "node:test";
import {
  create,
  createQueued,
  ItemError,
  OptionRangeError,
  OptionTypeError,
  PhantomClusterClient,
  PhantomClusterServer,
  PhantomClusterWorker,
  PhantomQueuedClusterClient,
  PhantomQueuedClusterServer,
  PhantomQueuedClusterWorker,
  QueueItem,
} from "../../index.js";
import { KINDS } from "../../lib/browser/kinds.js";
import { BROWSERS } from "../../lib/browser-options.js";
import { readOptions } from "../../lib/options.js";
import { warningsOf } from "../helpers.mjs";

const require = createRequire(import.meta.url);

test("import and require see the same names", () => {
  const required = require("../../index.js");
  assert.equal(required.createQueued, createQueued);
  assert.equal(PhantomClusterWorker, PhantomClusterClient);
  assert.equal(PhantomQueuedClusterWorker, PhantomQueuedClusterClient);
  for (const name of Object.keys(required)) {
    assert.equal(typeof required[name], "function", name);
  }
});

test("in a primary create() gives servers", () => {
  assert.ok(create() instanceof PhantomClusterServer);
  assert.ok(createQueued() instanceof PhantomQueuedClusterServer);
  assert.ok(createQueued() instanceof PhantomClusterServer);
  assert.equal(create().role, "server");
});

test("defaults stand for null, undefined, 0 and the empty string", () => {
  for (const nothing of [undefined, null, 0, "", "0"]) {
    const engine = createQueued({ workers: nothing, messageTimeout: nothing });
    assert.equal(engine.numWorkers, os.availableParallelism());
    assert.equal(engine.messageTimeout, 60_000);
  }
  assert.equal(createQueued(null).messageTimeout, 60_000);
  const client = new PhantomClusterClient();
  assert.deepEqual([client.iterations, client.parallelism, client.ph, client.done], [100, 1, null, false]);
});

test("numeric strings count as numbers", () => {
  const engine = createQueued({ workers: "4", messageTimeout: "20000" });
  assert.equal(engine.numWorkers, 4);
  assert.equal(engine.messageTimeout, 20_000);
});

test("the two names of the 0.1.x README work, and the plain ones win", () => {
  assert.equal(create({ numWorkers: 3 }).numWorkers, 3);
  assert.equal(create({ numWorkers: 3, workers: 2 }).numWorkers, 2);
  assert.equal(new PhantomClusterClient({ iterations: "7" }).iterations, 7);
  assert.equal(new PhantomClusterClient({ iterations: 7, workerIterations: 8 }).iterations, 8);
});

const refused = [
  [{ workers: -1 }, RangeError, /option "workers" must be an integer from 1 to 1024, not -1/],
  [{ workers: 1.5 }, RangeError, /"workers".*not 1\.5/],
  [{ workers: "many" }, TypeError, /"workers".*not 'many'/],
  [{ workers: Number.NaN }, RangeError, /"workers".*not NaN/],
  [{ workers: {} }, TypeError, /"workers"/],
  [{ workerParallelism: true }, TypeError, /"workerParallelism".*not true/],
  [{ phantomBasePort: 70_000 }, RangeError, /"phantomBasePort".*65000, not 70000.*write 12300/],
  [{ phantomArguments: [1] }, TypeError, /"phantomArguments" must be an array of strings/],
  [{ phantomBinary: 3 }, TypeError, /"phantomBinary" must be a string, not 3/],
  [{ browser: 3 }, TypeError, /option "browser" must be "phantomjs" or "chromium", not 3/],
  [{ browser: "chrome" }, RangeError, /"browser" must be .*, not 'chrome'; did you mean "chromium"\?$/],
  [{ browser: "netscape" }, RangeError, /"browser" must be "phantomjs" or "chromium", not 'netscape'$/],
  [{ browser: "chromium", browserBinary: 3 }, TypeError, /"browserBinary" must be a string, not 3/],
  [{ browser: "chromium", browserArguments: [1] }, TypeError, /"browserArguments" must be an array of strings/],
  [
    { browser: "chromium", browserArguments: "--single-process" },
    RangeError,
    /"browserArguments": --single-process cannot/,
  ],
  [{ browser: "chromium", phantomArguments: "--load-image=no" }, RangeError, /did you mean "--load-images"\?$/],
  [{ browserBinary: "/usr/bin/chromium" }, RangeError, /"browserBinary" is for Chromium: .*"phantomBinary"$/],
  [{ browserArguments: ["--lang=de"] }, RangeError, /"browserArguments" is for Chromium: .*"phantomArguments"$/],
  [{ browserEndpoint: "ws://h" }, RangeError, /"browserEndpoint" is for Chromium: .*PHANTOM_CLUSTER_BROWSER=chromium$/],
  [{ onStdout: "log" }, TypeError, /"onStdout" must be a function/],
  [{ requeue: "yes" }, TypeError, /"requeue" must be a boolean/],
  [{ restart: 5 }, TypeError, /"restart" must be an object/],
  [{ restart: { window: -5 } }, RangeError, /"restart\.window"/],
  ["fast", TypeError, /options must be an object/],
];
for (const [options, type, message] of refused) {
  test(`refused: ${JSON.stringify(options)}`, () => {
    for (const make of [create, createQueued, (given) => new PhantomQueuedClusterClient(given)]) {
      assert.throws(
        () => make(options),
        (error) => {
          assert.ok(error instanceof type, `${error.name} is no ${type.name}`);
          assert.ok(error instanceof OptionTypeError || error instanceof OptionRangeError);
          assert.equal(error.code, "ERR_INVALID_OPTION");
          assert.match(error.message, message);
          return true;
        },
      );
    }
  });
}

/** `body` with that value of the variable. */
function withBrowser(value, body) {
  const before = process.env.PHANTOM_CLUSTER_BROWSER;
  process.env.PHANTOM_CLUSTER_BROWSER = value;
  try {
    return body();
  } finally {
    if (before === undefined) {
      delete process.env.PHANTOM_CLUSTER_BROWSER;
    } else {
      process.env.PHANTOM_CLUSTER_BROWSER = before;
    }
  }
}

test("the variable names the browser where the option does not", () => {
  const browserOf = (options) => readOptions(options).browser;
  assert.equal(browserOf({}), "phantomjs");
  assert.equal(browserOf({ browser: "" }), "phantomjs");
  withBrowser("chromium", () => {
    assert.equal(browserOf(undefined), "chromium");
    assert.equal(browserOf({ browser: null, browserArguments: "--lang=de" }), "chromium");
    assert.equal(browserOf({ browser: "phantomjs" }), "phantomjs");
  });
  withBrowser("", () => assert.equal(browserOf({}), "phantomjs"));
  withBrowser("Chromium", () => {
    const message =
      /^PHANTOM_CLUSTER_BROWSER must be "phantomjs" or "chromium", not 'Chromium'; did you mean "chromium"\?$/;
    assert.throws(() => create(), { code: "ERR_INVALID_OPTION", message });
    assert.throws(() => new PhantomQueuedClusterClient(), { code: "ERR_INVALID_OPTION", message });
    assert.equal(browserOf({ browser: "phantomjs" }), "phantomjs");
  });
});

test("what names PhantomJS is told of where Chromium was chosen by option, and not by the variable", async () => {
  const named = { phantomBinary: "/usr/bin/phantomjs" };
  assert.deepEqual(await warningsOf(() => withBrowser("chromium", () => readOptions(named))), []);
  const [warning, ...more] = await warningsOf(() => {
    readOptions({ ...named, browser: "chromium" });
    readOptions({ ...named, browser: "chromium" });
  });
  assert.equal(warning.code, "PHANTOM_CLUSTER_OPTION_UNUSED");
  assert.match(warning.message, /^option "phantomBinary" names PhantomJS, .* "chromium": .* "browserBinary"$/);
  assert.deepEqual(more, []);
});

test("the address of a browser is shown without what lets one in", () => {
  const refusal = (browserEndpoint, more) => {
    try {
      readOptions({ browser: "chromium", browserEndpoint, ...more });
    } catch (error) {
      assert.equal(error.code, "ERR_INVALID_OPTION");
      assert.doesNotMatch(error.message, /secret/);
      return error.message;
    }
    return null;
  };
  for (const address of [
    "ws://127.0.0.1:9222/devtools/browser/secret",
    "wss://me:secret@host/?token=secret",
    "WSS://h",
  ]) {
    assert.equal(refusal(address), null);
  }
  assert.match(
    refusal("https://host:3000/secret?token=secret"),
    /begins with ws:\/\/ .*, not https:\/\/host:3000\/…; .*webSocketDebuggerUrl/,
  );
  assert.match(refusal("http://host"), /not http:\/\/host; /);
  assert.match(refusal("host?token=secret"), /not an address that cannot be read$/);
  assert.match(refusal("secret:3000"), /not an address that cannot be read$/);
  assert.match(refusal("ws://host/secret#secret"), /without a part behind "#", not ws:\/\/host\/…$/);
  assert.match(refusal(new URL("ws://host/?token=secret")), /must be a string, not of type object$/);
  for (const more of [{ browserBinary: "chromium" }, { browserArguments: ["--lang=de"] }]) {
    assert.match(refusal("ws://host/secret", more), /is for a Chromium that is started here, .* leave one out$/);
  }
});

test("each browser has its table", () => {
  assert.deepEqual(Object.keys(KINDS).sort(), [...BROWSERS].sort());
});

test("an unknown option warns once, with the nearest name", async () => {
  const warnings = await warningsOf(() => {
    create({ workerIterators: 5 });
    create({ workerIterators: 5, restart: { maxDelays: 1 } });
    create({ zzz: 1 });
  });
  assert.deepEqual(
    warnings.map(({ code, message }) => [code, message]),
    [
      'phantom-cluster has no option "workerIterators"; did you mean "workerIterations"?',
      'phantom-cluster has no option "restart.maxDelays"; did you mean "maxDelay"?',
      'phantom-cluster has no option "zzz"',
    ].map((message) => ["PHANTOM_CLUSTER_UNKNOWN_OPTION", message]),
  );
});

test("a request that JSON cannot carry is refused and not enqueued", () => {
  const engine = createQueued();
  const circular = {};
  circular.self = circular;
  for (const [request, message] of [
    // The engines of JavaScript do not agree on the word.
    [circular, /circular|cyclic/],
    [undefined, /not undefined/],
    [() => 1, /not function/],
    [Symbol("x"), /not symbol/],
    [10n, /BigInt/],
  ]) {
    assert.throws(() => engine.enqueue(request), { code: "ERR_INVALID_REQUEST", message });
    assert.throws(() => engine.enqueue(request), TypeError);
  }
  assert.equal(engine.queue.length, 0);
  assert.equal(engine.enqueue("fine").id, 0, "no id was spent");
});

test("a request above maxMessageSize is refused, naming both sizes", () => {
  const engine = createQueued({ maxMessageSize: 2048 });
  assert.throws(() => engine.enqueue("x".repeat(3000)), {
    code: "ERR_MESSAGE_TOO_LONG",
    message: "a request of 3002 bytes is above the limit of 2048",
  });
  assert.equal(engine.queue.length, 0);
});

test("the queue is a live view, oldest first, under both names", () => {
  const engine = createQueued();
  const { queue } = engine;
  const items = ["a", "b", "c"].map((request) => engine.enqueue(request));
  assert.equal(queue.length, 3);
  assert.deepEqual(
    queue.map(({ id }) => id),
    [0, 1, 2],
  );
  assert.equal(queue[1], items[1]);
  assert.deepEqual([...engine.itemsQueue], items);
  assert.equal(queue.indexOf(items[2]), 2);
  items[1].cancel();
  assert.equal(queue.length, 2);
  assert.throws(() => queue.push(1), /view/);
  assert.deepEqual([engine.clientsQueue.length, [...engine.workersQueue]], [0, []]);
});

test("a plain object without an id of its own gets the item's", () => {
  const engine = createQueued();
  const plain = { url: "x" };
  assert.equal(engine.enqueue(plain).id, plain.id);
  const again = engine.enqueue(plain);
  assert.equal(plain.id, again.id, "enqueued again, the new item's");
  assert.deepEqual(Reflect.ownKeys(plain), ["url", "id"], "and nothing else");
  const own = { id: "mine" };
  engine.enqueue(own);
  assert.equal(own.id, "mine");
  const frozen = Object.freeze({ url: "y" });
  engine.enqueue(frozen);
  assert.ok(!("id" in frozen));
});

test("higher priority goes first", () => {
  const engine = createQueued();
  engine.enqueue("low");
  engine.enqueue("high", { priority: 1 });
  assert.deepEqual(
    engine.queue.map(({ request }) => request),
    ["high", "low"],
  );
});

test("an item made by hand: start, timeout, finish", async () => {
  const item = new QueueItem(7, { a: 1 });
  assert.deepEqual([item.id, item.request, item.response, item.state], [7, { a: 1 }, null, "new"]);
  const timedOut = new Promise((resolve) => item.once("timeout", resolve));
  item.start(10);
  assert.throws(() => item.start(10), { code: "ERR_ITEM_STATE" });
  await timedOut;
  const answered = new Promise((resolve) => item.once("response", resolve));
  item.finish("yes");
  assert.equal(await answered, "yes");
  assert.equal(item.response, "yes");
  assert.throws(() => item.finish("again"), ItemError);
  assert.equal(await item.result(), "yes");
});

test("an item ends once, whoever ends it", async () => {
  const engine = createQueued();
  const item = engine.enqueue(1);
  assert.deepEqual([item.state, item.attempts], ["queued", 0]);
  item.finish("by hand");
  assert.deepEqual([item.state, item.response, engine.queue.length], ["done", "by hand", 0]);
  assert.throws(() => item.fail(new Error("late")), { code: "ERR_ITEM_STATE" });
  const failed = engine.enqueue(2);
  failed.fail(new Error("by hand"));
  await assert.rejects(failed.result(), /by hand/);
  assert.throws(() => failed.requeue(), { code: "ERR_ITEM_STATE" });
});

test("an aborted signal cancels its request", async () => {
  const engine = createQueued();
  const controller = new AbortController();
  const result = engine.run("x", { signal: controller.signal });
  controller.abort();
  await assert.rejects(result, { code: "ERR_ITEM_CANCELLED" });
  assert.equal(engine.queue.length, 0);
  await engine.idle();
});

test("stopping an engine that never started fails what waits and says stopped once", async () => {
  const engine = createQueued();
  let stops = 0;
  engine.on("stopped", () => {
    stops += 1;
  });
  const item = engine.enqueue(1);
  engine.stop();
  engine.stop();
  await assert.rejects(item.result(), { code: "ERR_ENGINE_STOPPED" });
  await assert.rejects(engine.run(2), { code: "ERR_ENGINE_STOPPED" });
  assert.equal(stops, 1);
  engine.start();
  assert.deepEqual(engine.workers, {});
});
