// Reporting a failure cannot fail, whatever was thrown.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { createQueued } from "../../index.js";
import { basePort, run } from "../helpers.mjs";

const require = createRequire(import.meta.url);
const { asError, fromWire, toWire } = require("../../lib/failure.js");

const EXPECTED = {
  "long message": { message: /^no price found in x{9,10000}… \(\d+ characters left out\)$/ },
  "wide message": { message: /left out\)$/ },
  "long stack": { message: /^plain$/ },
  "long code": { message: /^coded$/, code: /^C+… \(\d+ characters left out\)$/ },
  "long name": { message: /^named$/, name: /^N+… \(\d+ characters left out\)$/ },
  "no prototype": { message: /\[Object: null prototype\] \{\}/ },
  "revoked proxy": { message: /Revoked Proxy/ },
  "throwing getters": { name: /^Error$/ },
  "message and code": { message: /^a plain object$/, code: /^E_PLAIN$/ },
  "bigint code": { message: /^big$/, code: /^10$/ },
  "symbol code": { message: /^symbolic$/, code: /^Symbol\(s\)$/ },
  "cyclic cause": { message: /^round and round$/ },
  cause: { message: /^outer$/ },
  "another realm": { name: /^RangeError$/, message: /^from elsewhere$/, code: /^E_REALM$/ },
  abort: { name: /^AbortError$/, message: /abort/ },
  undefined: { message: /^undefined$/ },
  null: { message: /^null$/ },
  text: { message: /^only a text$/ },
  symbol: { message: /^Symbol\(alone\)$/ },
  function: { message: /^\(\) => 1$/ },
  "number message": { message: /^42$/ },
  "throwing toJSON": { code: /^ERR_INVALID_RESPONSE$/, message: /cannot be made JSON: / },
  "toJSON that throws null": { code: /^ERR_INVALID_RESPONSE$/, message: /cannot be made JSON: null/ },
  "response getter": { code: /^ERR_INVALID_RESPONSE$/, message: /from a getter/ },
  "response proxy": { code: /^ERR_INVALID_RESPONSE$/, message: /revoked/ },
  "response bigint": { code: /^ERR_INVALID_RESPONSE$/, message: /BigInt/ },
  "response too long": { code: /^ERR_MESSAGE_TOO_LONG$/, message: /above the limit/ },
};

for (const options of [{}, { maxMessageSize: 1024 }, { generation: "queueItemReady" }]) {
  test(`each arrives as the failure of its request, and costs no worker: ${JSON.stringify(options)}`, async () => {
    const all = { workerIterations: 10_000, phantomBasePort: basePort(), ...options };
    const { code, events, text } = await run("thrown.js", all);
    assert.equal(code, 0, text);
    const failed = events.filter(({ event }) => event === "failed");
    const ways = options.generation ? 0 : 4;
    assert.equal(failed.length, Object.keys(EXPECTED).length - 21 + 21 * ways, text);
    for (const { way, name, error } of failed) {
      for (const [key, expected] of Object.entries(EXPECTED[name])) {
        // With 1 KiB for all of it texts are shorter.
        if (options.maxMessageSize === undefined || !name.startsWith("long")) {
          assert.match(String(error[key]), expected, `${way}, ${name}: ${key}`);
        }
      }
      assert.equal(typeof error.stack, "string", `${way}, ${name}`);
      assert.ok(Buffer.byteLength(JSON.stringify(error)) < (options.maxMessageSize ?? 100_000), `${way}, ${name}`);
    }
    assert.deepEqual(events.at(-1), { event: "end", died: 0, good: "fine" }, text);
  });
}

test("a cause comes along, and a stack keeps its frames behind a message that is cut", () => {
  const error = new Error("x".repeat(100_000), { cause: new TypeError("inner", { cause: "innermost" }) });
  const { message, stack, cause } = fromWire(toWire(error, 2 ** 20));
  assert.match(message, /left out\)$/);
  assert.match(stack, /failures\.test\.mjs:\d+/);
  assert.deepEqual([cause.name, cause.message, cause.cause.message], ["TypeError", "inner", "innermost"]);
});

test("no limit is too low, and no character is cut in two", () => {
  const error = Object.assign(new Error("\u0000".repeat(10_000)), { code: "\u0000".repeat(1000) });
  for (const thrown of [error, new Error("😀".repeat(10_000), { cause: error })]) {
    const json = toWire(thrown, 1024);
    assert.ok(Buffer.byteLength(json) <= 1024, json);
    assert.doesNotMatch(json, /\\ud83d/i);
    assert.equal(typeof fromWire(json).message, "string");
  }
});

test("a server's item fails with whatever it is given", async () => {
  const engine = createQueued({ workers: 1 });
  const mine = new RangeError("mine");
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const [given, check] of [
    [mine, (error) => assert.equal(error, mine)],
    [{ message: "m", code: "E_M" }, (error) => assert.deepEqual([error.message, error.code], ["m", "E_M"])],
    [undefined, (error) => assert.equal(error.message, "undefined")],
    [Object.create(null), (error) => assert.ok(error instanceof Error)],
    [proxy, (error) => assert.ok(error instanceof Error)],
    [Symbol("s"), (error) => assert.equal(error.message, "Symbol(s)")],
  ]) {
    const item = engine.enqueue("request");
    item.fail(given);
    await item.result().then(assert.fail, check);
  }
  engine.stop();
  assert.ok(asError(proxy) instanceof Error);
});

test("a request that cannot be made JSON is refused with its reason, whatever toJSON throws", () => {
  const engine = createQueued({ workers: 1 });
  const request = {
    toJSON: () => {
      throw null;
    },
  };
  assert.throws(() => engine.enqueue(request), { code: "ERR_INVALID_REQUEST", message: /made JSON: null/ });
  engine.stop();
});
