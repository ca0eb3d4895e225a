// phantom-cluster/phantom: where a browser's output goes.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import phantom, { create, stderrHandler } from "../../phantom.js";
import { basePort, onEachBrowser, warningsOf } from "../helpers.mjs";

const SPEAK = "console.log('out 1\\nout 2'); require('system').stderr.write('err 1\\nerr 2\\n');";
let folder;
let script;

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-output-"));
  script = path.join(folder, "speak.js");
  fs.writeFileSync(script, SPEAK);
});
after(() => {
  fs.rmSync(folder, { recursive: true });
});

/** A logger that notes what it gets, and under which `this`. */
function loggerOf(said) {
  const note = (level) =>
    function (line) {
      said.push([level, line, this === logger]);
    };
  const logger = { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") };
  return logger;
}

onEachBrowser((chosen, name) => {
  /** All that `options` let through of a browser that speaks, whose console is `fake` in place of ours. */
  async function spoken(options) {
    const said = [];
    const own = { log: console.log, warn: console.warn };
    console.log = (line) => said.push(["log", line]);
    console.warn = (line) => said.push(["warn", line]);
    try {
      const ph = await create({ ...chosen, port: basePort(), ...options(said) });
      assert.equal(await ph.injectJs(script), true);
      await ph.createPage();
      // What is in its pipes is read before its end is told.
      await ph.exit();
    } finally {
      Object.assign(console, own);
    }
    // Two pipes have no order between them.
    const of = (name) => said.filter(([level]) => level === name).map(([, text]) => text);
    return { said, of };
  }

  test("a logger gets stdout as info and stderr as warn, line by line", async () => {
    const { said, of } = await spoken((list) => ({ logger: loggerOf(list) }));
    assert.deepEqual(
      [of("info"), of("warn")],
      [
        ["out 1", "out 2"],
        ["err 1", "err 2"],
      ],
    );
    assert.match(of("debug")[0], new RegExp(`^Starting .*${name}`));
    assert.ok(of("debug").includes("Sending: %s"), "commands");
    assert.ok(of("debug").includes("Parsing: %s"), "and their replies");
    assert.equal(said.length - of("debug").length, 4);
    assert.ok(said.every(([, , isBound]) => isBound));
  });

  test("what is assigned to a page's property is a warning, and may be read", async () => {
    const said = [];
    const ph = await create({ ...chosen, port: basePort(), logger: loggerOf(said) });
    const page = await ph.createPage();
    page.clipRect = { top: 0 };
    assert.deepEqual(page.clipRect, { top: 0 });
    page.ofTheUsersOwn = 1;
    const warned = said.filter(([level]) => level === "warn").map(([, text]) => text);
    assert.equal(warned.length, 1);
    assert.match(
      warned[0],
      /^Using page\.clipRect = \.\.\.; is not supported\. Use page\.property\('clipRect', \.\.\.\)/,
    );
    await ph.exit();
  });

  test("logLevel leaves out what matters less, and a logger may lack methods", async () => {
    const warn = await spoken((list) => ({ logger: loggerOf(list), logLevel: "warn" }));
    assert.deepEqual(
      warn.said.map(([level]) => level),
      ["warn", "warn"],
    );
    const error = await spoken(() => ({ logLevel: "error" }));
    assert.deepEqual(error.said, []);
    const bare = await spoken(() => ({ logger: {}, logLevel: "debug" }));
    assert.deepEqual(bare.said, []);
  });

  test("without any of them the console gets it, as in 0.x", async () => {
    const { of } = await spoken(() => ({}));
    assert.deepEqual(of("log"), ["phantom stdout: out 1", "phantom stdout: out 2"]);
  });

  test("onStdout and onStderr come before a logger", async () => {
    const { said, of } = await spoken((list) => ({
      logger: loggerOf(list),
      logLevel: "error",
      onStdout: (text) => list.push(["stdout", text]),
      onStderr: (text) => list.push(["stderr", text]),
    }));
    assert.equal(of("stdout").join(""), "out 1\nout 2\n");
    assert.equal(of("stderr").join(""), "err 1\nerr 2\n");
    assert.ok(said.every(([level]) => level.startsWith("std")));
  });

  test("stderrHandler takes the place of printing, once assigned", async () => {
    const { of } = await spoken((list) => {
      phantom.stderrHandler = (message) => list.push(["mine", message]);
      return {};
    });
    phantom.stderrHandler = stderrHandler;
    assert.equal(of("mine").join(""), "err 1\nerr 2\n");
    assert.deepEqual(of("warn"), []);
  });
});

// Told once in a process: of the first browser that runs here.
test("without a logger it is one process warning", async () => {
  const warnings = await warningsOf(async () => {
    const other = await create({ port: basePort() });
    (await other.createPage()).zoomFactor = 2;
    (await other.createPage()).zoomFactor = 3;
    await other.exit();
  });
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ["PHANTOM_CLUSTER_PROPERTY_ASSIGNED"],
  );
});
