// The realm by itself: the context for functions that ran inside PhantomJS, where the browser has no place for them.

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import "../leftovers.mjs";

const require = createRequire(import.meta.url);
const { Realm } = require("../../lib/page/realm.js");

/** What the realm did with its browser, and what that answers. */
let given;
let answers;
let realm;

beforeEach(() => {
  given = { stdout: "", stderr: "", calls: [], handled: [], later: [], closed: [], exits: [] };
  answers = {};
  realm = new Realm({
    pid: 7,
    print: (stream, text) => {
      given[stream] += text;
    },
    call: (...call) => {
      given.calls.push(call);
      const [, method, [name]] = call;
      return answers[`${method} ${name}`] ?? { value: null };
    },
    later: (number, method, args, done) => given.later.push({ number, method, args, done }),
    close: (number) => given.closed.push(number),
    handle: (...handled) => given.handled.push(handled),
    exit: (code) => given.exits.push(code),
  });
});
afterEach(() => realm.end());

const live = (fn) => ({ "phantom-cluster:live": ["function", String(fn)] });
const define = (fn, number = 1) => realm.command(number, "defineMethod", ["f", live(fn)]);
const invoke = (...args) => realm.command(1, "invokeMethod", ["f", ...args]);

/** What a function gives inside the realm. */
function inside(fn, ...args) {
  assert.deepEqual(define(fn), { value: null });
  return invoke(...args);
}
const on = (name, fn, args = [], replace = false) => realm.on(1, name, live(fn), args, replace);
const turns = async (count = 5) => {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise(setImmediate);
  }
};

test("a function is cut off from Node's names, and from those around it", () => {
  assert.deepEqual(
    inside(function look() {
      return [
        typeof process,
        typeof module,
        typeof inside,
        window === this.constructor.constructor("return this")(),
        [].constructor.constructor("return typeof process")(),
        phantom.constructor.constructor("return typeof process")(),
        window.require("fs").read.constructor("return typeof process")(),
        console.log.constructor("return typeof process")(),
        setTimeout.constructor("return typeof process")(),
        Object.getPrototypeOf(JSON.parse('{"a":[1]}').a) === Array.prototype,
      ];
    }).value,
    [
      "undefined",
      "undefined",
      "undefined",
      true,
      "undefined",
      "undefined",
      "undefined",
      "undefined",
      "undefined",
      true,
    ],
  );
  const { error } = inside(() => process.pid);
  assert.equal(error.error, "unknown error");
  assert.match(error.message, /^ReferenceError: process is not defined: .* page\.evaluate\(\)/);
});

test("a page keeps what functions put on it, and a name is the user's or the browser's", () => {
  answers["get title"] = { value: "T" };
  assert.deepEqual(inside("function (a) { this.n = (this.n || 0) + 1; return a + this.title + this.n; }", "a"), {
    value: "aT1",
  });
  assert.deepEqual(invoke("b"), { value: "bT2" });
  assert.deepEqual(realm.command(1, "get", ["n"]), { value: 2 });
  assert.deepEqual(realm.command(2, "get", ["n"]), { value: null }, "of another page");
  assert.deepEqual(realm.command(1, "set", ["own", { a: [1] }]), { value: { a: [1] } });
  assert.deepEqual(realm.command(1, "set", ["own.b", 2]), { value: 2 });
  assert.deepEqual(realm.command(1, "get", ["own"]), { value: { a: [1], b: 2 } });
  assert.equal(realm.command(1, "get", ["x.y.z"]).error.message, "no property x.y.z");
  assert.equal(realm.owns(1, "f"), true);
  assert.equal(realm.owns(1, "render"), false);
  realm.forget(1);
  assert.deepEqual(realm.command(1, "get", ["n"]), { value: null });
});

test("what a page of PhantomJS's has asks the browser", () => {
  answers["get settings"] = { value: { userAgent: "a" } };
  answers["set settings.userAgent"] = { value: "b" };
  answers["get pages"] = { value: [4] };
  answers["evaluate function () { return 1; }"] = { value: 1 };
  const { value } = inside(function use() {
    this.viewportSize = { width: 1, height: 2 };
    this.settings.userAgent = "b";
    this.close();
    this.open("http://a.test/", function (status) {
      console.log("opened " + status + " " + (this.open !== undefined));
    });
    return [
      this.evaluate("function () { return 1; }", "x"),
      this.pages.length,
      this.render("a.png", { format: "png" }),
    ];
  });
  assert.deepEqual(value, [1, 1, null]);
  assert.deepEqual(given.calls, [
    [1, "set", ["viewportSize", { width: 1, height: 2 }]],
    [1, "get", ["settings"]],
    [1, "set", ["settings.userAgent", "b"]],
    [1, "evaluate", ["function () { return 1; }", true, "x"]],
    [1, "get", ["pages"]],
    [1, "render", [path.resolve("a.png"), { format: "png" }]],
  ]);
  assert.deepEqual(given.closed, [1]);
  const [{ done, ...opened }] = given.later;
  assert.deepEqual(opened, { number: 1, method: "open", args: ["http://a.test/"] });
  done("success");
  assert.equal(given.stdout, "opened success true\n");
});

test("what the browser refuses is thrown, and told with its reason", () => {
  answers["get title"] = { error: { error: "unsupported operation", message: "use page.get()" } };
  const failure = { error: { error: "unsupported operation", message: "use page.get()", stacktrace: "" } };
  assert.deepEqual(
    inside(function () {
      return this.title;
    }),
    failure,
  );
  assert.match(inside(() => require("webserver")).error.message, /node:http/);
  assert.match(inside(() => require("webpage").create()).error.message, /ph\.createPage\(\)/);
});

const THROWN = [
  ["new TypeError('boo')", "TypeError: boo"],
  ["new Error('boo')", "Error: boo"],
  ["'text'", "text"],
  ["null", "null"],
  ["undefined", "undefined"],
  ["{ a: 1 }", "[object Object]"],
  ["{ get message() { throw 1; }, toString: null, valueOf: null }", "something that cannot be made text"],
];
for (const [what, message] of THROWN) {
  test(`throw ${what}: an error with a message`, () => {
    const { error } = inside(`function thrower() { throw ${what}; }`);
    assert.equal(error.error, "unknown error");
    assert.equal(error.message, message);
    const isError = what.startsWith("new");
    assert.match(error.stacktrace, isError ? /^at WebPage\.thrower .*phantomjs:\/\/function:1:\d+\)$/ : /^$/);
  });
}

test("a source that is no function is refused with the reason", () => {
  for (const [source, message] of [
    ["function (", /^SyntaxError: /],
    ["a b", /^SyntaxError: /],
    ["nothing", /^ReferenceError: nothing is not defined/],
    ["{ a: 1 }", /is no function/],
  ]) {
    const { error } = realm.on(1, "onAlert", live(source), [], false);
    assert.equal(error.error, "javascript error");
    assert.match(error.message, message);
  }
  assert.match(realm.command(1, "invokeMethod", ["none"]).error.message, /no method none/);
});

// What bridge.js gives for the same from PhantomJS.
const RESULTS = [
  ["undefined", null],
  ["function () {}", null],
  ["(function () { var c = { a: 1 }; c.c = c; return c; })()", { a: 1, c: null }],
  ["new Date(0)", "1970-01-01T00:00:00.000Z"],
  ["new Date(NaN)", null],
  ["[1, , NaN, 'é']", [1, null, null, "é"]],
  ["10n", null],
];
for (const [expression, value] of RESULTS) {
  test(`the result ${expression} as JSON`, () => {
    assert.deepEqual(inside(`function () { return ${expression}; }`), { value });
  });
}

test("a promise is waited for", async () => {
  assert.deepEqual(await inside("async () => 5"), { value: 5 });
  assert.equal((await inside("async () => { throw new RangeError('late'); }")).error.message, "RangeError: late");
  define("function (a, done) { setTimeout(function () { done(a + 1); done(9); }, 1); }");
  assert.deepEqual(await realm.invokeAsync(1, ["f", 1]), { value: 2 });
  assert.match((await realm.invokeAsync(1, ["none"])).error.message, /no method none/);
});

test("listeners: all of them, with their arguments, and the last answer", () => {
  assert.equal(realm.fire(1, "onConfirm", ["?"]), undefined, "nobody listens");
  on("onConfirm", "function (text, more) { this.heard = text + more; return false; }", ["!"]);
  on("onConfirm", "function () { return true; }");
  on("onConfirm", "function () {}");
  assert.equal(realm.fire(1, "onConfirm", ["?"]), true);
  assert.deepEqual(realm.command(1, "get", ["heard"]), { value: "?!" });
  assert.equal(realm.fire(2, "onConfirm", ["?"]), undefined, "of another page");
  on("onConfirm", "function () { return null; }", [], true);
  assert.equal(realm.fire(1, "onConfirm", ["?"]), null, "in the place of all others");
  realm.off(1, "onConfirm");
  assert.equal(realm.fire(1, "onConfirm", ["?"]), undefined);
});

test("a listener that throws breaks no other, nor the answer, and stderr tells of it", async () => {
  on("onPrompt", "function first() { throw new Error('boo'); }");
  on("onPrompt", "async function () { throw new TypeError('late'); }");
  on("onPrompt", "function () { return 'answer'; }");
  assert.equal(await realm.fire(1, "onPrompt", []), "answer");
  assert.equal(
    given.stderr,
    "phantom: Error: boo (phantomjs://function:1)\nphantom: TypeError: late (phantomjs://function:1)\n",
  );
});

test("phantom.onError hears of it in place of stderr", () => {
  inside(function () {
    phantom.onError = function (message, trace) {
      console.log(message + JSON.stringify(trace));
    };
  });
  on("onAlert", "function first() {\n  throw new Error('boo');\n}");
  realm.fire(1, "onAlert", []);
  assert.equal(given.stdout, 'Error: boo[{"file":"phantomjs://function","line":2,"function":"first"}]\n');
  inside("function () { phantom.onError = function () { throw new Error('worse'); }; }");
  realm.fire(1, "onAlert", []);
  assert.equal(
    given.stderr,
    "phantom: phantom.onError has thrown: Error: worse\nphantom: Error: boo (phantomjs://function:2)\n",
  );
});

const REQUEST = { id: 1, url: "http://a.test/", time: "2020-01-01T00:00:00.000Z", headers: [] };
const request = () => realm.fire(1, "onResourceRequested", [REQUEST]);

test("a request: abort, changeUrl and setHeader", async () => {
  on("onResourceRequested", "function () {}");
  assert.equal(request(), null);
  on(
    "onResourceRequested",
    "function (data, request, more) { request.setHeader('X-A', more); request.setHeader('b', 2); }",
    ["1"],
  );
  on(
    "onResourceRequested",
    "function (data, request) { request.setHeader('b', null); request.changeUrl(data.url + '?' + (data.time instanceof Date)); }",
  );
  assert.deepEqual(request(), { headers: { "X-A": "1", b: null }, url: "http://a.test/?true" });
  on("onResourceRequested", "async function (data, request) { await null; request.abort(); }");
  assert.deepEqual(await request(), { abort: true });
});

test("a header with a line break is refused, and a request that is sent already", async () => {
  for (const evil of ["'a', '1\\r\\nX: 1'", "'a', '1\\n'", "'a\\r', 1", "'a', ['b', '\\0']"]) {
    on("onResourceRequested", `function (data, request) { request.setHeader(${evil}); }`, [], true);
    assert.equal(request(), null);
    assert.match(given.stderr, /holds a line break: .* \(phantomjs:\/\/function:1\)\n$/);
  }
  on("onResourceRequested", "function (data, request) { setTimeout(function () { request.abort(); }, 0); }", [], true);
  assert.equal(request(), null);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.match(given.stderr, /the request has been sent already/);
});

test("onPageCreated and onClosing get pages, and page.onX is a listener", () => {
  on("onPageCreated", "function (child) { child.mine = 1; child.onAlert = function (text) { this.heard = text; }; }");
  realm.fire(1, "onPageCreated", [1e9]);
  assert.deepEqual(given.handled, [[1e9, "onAlert", true]]);
  realm.fire(1e9, "onAlert", ["hi"]);
  assert.deepEqual(realm.command(1e9, "get", ["heard"]), { value: "hi" });
  on("onClosing", "function (page) { this.same = page === this; }");
  realm.fire(1, "onClosing", []);
  assert.deepEqual(realm.command(1, "get", ["same"]), { value: true });
  assert.deepEqual(inside("function () { this.onAlert = null; return typeof this.onClosing; }"), { value: "function" });
  assert.deepEqual(given.handled.at(-1), [1, "onAlert", false]);
});

test("a fixed answer takes the place of all listeners", () => {
  on("onFilePicker", "function () { return 'one'; }");
  realm.answerWith(1, "onFilePicker", "/tmp/a");
  assert.equal(realm.fire(1, "onFilePicker", [""]), "/tmp/a");
});

test("out objects, callbacks and globals", () => {
  realm.command(0, "createOutObject", [1]);
  const out = { "phantom-cluster:live": ["object", 1] };
  realm.command(0, "windowProperty", ["shared", { out: [out] }]);
  on("onAlert", "function (text, into) { into.text = text; window.shared.out[0].list = [1]; }", [out]);
  realm.fire(1, "onAlert", ["hi"]);
  assert.deepEqual(realm.command(0, "outProperty", [out, "text"]), { value: "hi" });
  assert.deepEqual(realm.command(0, "outProperty", [out, "list"]), { value: [1] });
  assert.deepEqual(realm.command(0, "outProperty", [out, "none"]), { value: null });
  realm.command(0, "dropOutObject", [1]);
  assert.match(realm.command(0, "outProperty", [out, "text"]).error.message, /no such object: 1/);
  inside(function () {
    this.paperSize = {
      header: {
        height: "1cm",
        contents: phantom.callback(function (page) {
          return page;
        }),
      },
    };
  });
  const [[, , [, paper]]] = given.calls;
  const [kind, source] = paper.header.contents["phantom-cluster:live"];
  assert.equal(kind, "callback");
  assert.equal(realm.paper(source, 3, 4), "3");
  assert.equal(realm.paper("function (page, pages) { return page + '/' + pages; }", 1, 2), "1/2");
  assert.equal(realm.paper("function () { throw 1; }", 1, 2), "");
  assert.equal(given.stderr, "phantom: 1\n");
});

test("phantom is that of 2.1.1", () => {
  const get = (name) => realm.command(0, "get", [name]).value;
  assert.deepEqual(get("version"), { major: 2, minor: 1, patch: 1 });
  assert.equal(realm.command(0, "set", ["libraryPath", "/a"]).value, "/a");
  const call = (...args) => realm.command(0, "invokeMethod", args).value;
  assert.equal(call("resolveRelativeUrl", "b", "http://a.test/c/"), "http://a.test/c/b");
  assert.equal(call("fullyDecodeUrl", "http://a.test/%C3%A9"), "http://a.test/é");
  call("exit", 3);
  assert.deepEqual(given.exits, [3]);
  inside(() => phantom.addCookie({ name: "a" }));
  assert.deepEqual(given.calls, [[0, "addCookie", [{ name: "a" }]]]);
});

test("the console prints as PhantomJS's", () => {
  inside(function () {
    console.log("%s", 1, { a: 1 }, [1, 2], null, undefined);
    console.error("wrong");
    require("system").stdout.write("a");
    require("system").stderr.writeLine("b");
  });
  assert.equal(given.stdout, "%s 1 [object Object] 1,2 null undefined\na");
  assert.equal(given.stderr, "wrong\nb\n");
});

test("timers run, tell of what they throw, and end with the browser", async () => {
  inside(function () {
    window.ticks = 0;
    setTimeout("window.ticks += 100", 0);
    clearTimeout(
      setTimeout(function () {
        window.ticks = NaN;
      }, 0),
    );
    var id = setInterval(
      function (by) {
        window.ticks += by;
        if (window.ticks === 103) {
          clearInterval(id);
          throw new Error("enough");
        }
      },
      1,
      1,
    );
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(realm.command(0, "windowProperty", ["ticks"]), { value: 103 });
  assert.match(given.stderr, /^phantom: Error: enough /);
  inside("function () { setInterval(function () { window.ticks += 1; }, 1); }");
  realm.end();
  await turns();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(realm.command(0, "windowProperty", ["ticks"]), { value: 103 });
});

test("files, the system, and scripts", (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-realm-"));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const { value } = inside(function (folder) {
    var fs = window.require("fs");
    var file = fs.join(folder, "a.txt");
    fs.write(file, "é", "w");
    fs.write(file, "b", "a");
    fs.write(fs.join(folder, "bytes"), "\xff", "wb");
    fs.makeTree(fs.join(folder, "x/y"));
    try {
      fs.read(fs.join(folder, "none"));
    } catch (error) {
      window.message = error.message;
    }
    return [
      fs.read(file),
      fs.size(fs.join(folder, "bytes")),
      fs.list(folder).sort(),
      fs.isFile(file),
      fs.isDirectory(file),
      fs.exists(folder),
      fs.lastModified(file) instanceof Date,
      fs.absolute("q"),
      window.message,
    ];
  }, folder);
  assert.deepEqual(value.slice(0, -1), [
    "éb",
    1,
    [".", "..", "a.txt", "bytes", "x"],
    true,
    false,
    true,
    true,
    path.resolve("q"),
  ]);
  assert.match(value.at(-1), /^fs\.read: ENOENT/);
  assert.deepEqual(
    inside("function () { var s = require('system'); return [s.pid, typeof s.env.PATH, s.platform]; }"),
    {
      value: [7, "string", "phantomjs"],
    },
  );
  const script = path.join(folder, "script.js");
  fs.writeFileSync(script, "var injected = 'é'; let more = 1; this.other = 2;");
  assert.deepEqual(realm.command(0, "injectJs", [script]), { value: true });
  assert.deepEqual(inside("function () { return [injected, more, other]; }"), { value: ["é", 1, 2] });
  assert.deepEqual(realm.command(0, "injectJs", [path.join(folder, "none.js")]), { value: false });
  assert.deepEqual(inside("function () { return [btoa('é'), atob('6Q==')]; }"), { value: ["6Q==", "é"] });
});
