// What `evaluate` gives: what PhantomJS 2.1.1 gave in npm phantom 0.8 and 6.x, and whole where JSON can carry it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, lacks, onEachBrowser, site, until, warningsOf } from "../helpers.mjs";

const HTML = '<div id="d" class="c">x</div><div>y</div><form id="f"><input name="q"></form>';
const pageTimeout = 20_000;

onEachBrowser((options, name) => {
  const isPhantomJs = name === "phantomjs";
  let pages;
  let started;
  let page;
  before(async () => {
    pages = await site({
      "/": `<body>${HTML}</body>`,
      "/inner": "<body class='inner'>inner</body>",
      "/lib.js": (_request, response) => response.end("window.lib = 42;"),
    });
    started = await browser({ ...options, pageTimeout });
  });
  after(async () => {
    await started.close();
    await pages.close();
  });

  /** In callback style, as old code has it. A callback that does not come is this test's failure, and no other's. */
  function evaluated(source, ...args) {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no callback: ${source}`)), pageTimeout);
      page.evaluate(
        source,
        (value) => {
          clearTimeout(late);
          resolve(value);
        },
        ...args,
      );
    });
  }

  async function fresh(setup) {
    await page?.close();
    page = await started.ph.createPage();
    await page.open(`${pages.url}/`);
    if (setup) {
      await page.evaluate(`function () { ${setup} }`);
    }
  }

  const given = (expression) => evaluated(`function () { return ${expression}; }`);

  test("elements, lists and other objects of the browser's come with all their enumerable properties", async () => {
    await fresh();
    const keysOf = (expression) =>
      page.evaluateJavaScript(
        `function () { var k = [], x; for (x in ${expression}) { k.push(x); } return k.sort(); }`,
      );
    for (const expression of [
      "document.getElementById('d')",
      "document.createElement('p')",
      "document.body.appendChild(document.createElement('p'))",
      "document.createTextNode('t')",
      "document.querySelectorAll('div')",
      "document.getElementsByTagName('div')",
      "document.getElementById('f')",
      "document.getElementById('d').attributes",
      "document.getElementById('d').style",
      "document",
      "location",
      "navigator",
      "getComputedStyle(document.body)",
      "document.createEvent('MouseEvents')",
    ]) {
      const value = await given(expression);
      const undefinedOnes = await page.evaluateJavaScript(
        `function () { var v = ${expression}, k = [], x; for (x in v) { if (v[x] === undefined) { k.push(x); } } return k; }`,
      );
      const keys = (await keysOf(expression)).filter((key) => !undefinedOnes.includes(key));
      assert.deepEqual(Object.keys(value).sort(), keys, expression);
    }
    const element = await given("document.getElementById('d')");
    assert.equal(element.tagName, "DIV");
    assert.equal(element.innerHTML, "x");
    assert.deepEqual(element.addEventListener, {}, "a function");
    assert.equal(element.previousSibling, null);
    const list = await given("document.querySelectorAll('div')");
    assert.equal(list.length, 2);
    assert.equal(list[0].className, "c");
    assert.equal((await given("window")).document.URL, `${pages.url}/`);
    assert.equal((await given("({ n: 1, el: document.body, l: [document.body] })")).n, 1);
  });

  const VALUES = [
    ["function () { var a = { x: 1 }; a.a = a; return a; }", { x: 1, a: null }],
    ["function () { var a = [1]; a.push(a, 2); return a; }", [1, null, 2]],
    ["function () { var a = { b: { c: [1] } }; a.b.c.push(a, a.b); return a; }", { b: { c: [1, null, null] } }],
    ["function () { var s = { v: 1 }, a = { p: s, q: s }; a.a = a; return a; }", { p: { v: 1 }, q: { v: 1 }, a: null }],
    ["function () { var e = document.createElement('i'), a = { n: 2, e: e }; e.a = a; return a.e.a.n; }", 2],
    ["function () { return function () {}; }", {}],
    ["function () { var f = function () {}; f.a = 1; return { f: f, l: [f] }; }", { f: { a: 1 }, l: [{ a: 1 }] }],
    ["function () { function A() { this.own = 1; } A.prototype.more = 2; return [new A()]; }", [{ own: 1, more: 2 }]],
    ["function () { return { x: { a: 1, toJSON: function () { return 5; } } }; }", { x: { a: 1, toJSON: {} } }],
    ["function () { var o = Object.create(null); o.a = 1; return { o: o }; }", { o: { a: 1 } }],
    ["function () { return (function () { return arguments; })(1, 'a', null); }", { 0: 1, 1: "a", 2: null }],
    ["function () { return [new Number(1), new String('x'), new Boolean(false)]; }", [1, "x", false]],
    ["function () { return [new Date(0), new Date(NaN)]; }", ["1970-01-01T00:00:00.000Z", null]],
    ["function () { return new Date(-1e14); }", "-001199-02-15T14:13:20.000Z"],
    ["function () { return [/a/, new Error('e')]; }", [{}, {}]],
    [
      "function () { return { n: NaN, i: -Infinity, u: undefined, l: [undefined, , 1] }; }",
      { n: null, i: null, l: [null, null, 1] },
    ],
    [
      "function () { var f = function () {}; return { n: NaN, u: undefined, l: [undefined, f] }; }",
      { n: null, l: [null, {}] },
    ],
    ["function () { return '\\ud800\\u2028\\u0000'; }", "\ud800\u2028\0"],
  ];
  test("what JSON refuses or leaves out comes as PhantomJS's own conversion gave it", async () => {
    await fresh();
    for (const [source, expected] of VALUES) {
      assert.deepEqual(await evaluated(source), expected, source);
      assert.deepEqual(await page.evaluate(source), await evaluated(source), `${source}, promised`);
      assert.deepEqual(await page.evaluateJavaScript(source), await evaluated(source), `${source}, evaluateJavaScript`);
    }
  });

  test("a getter that throws costs its own value alone", async () => {
    await fresh();
    const throwing = "Object.defineProperty(o, 'g', { enumerable: true, get: function () { throw new Error('g'); } });";
    assert.deepEqual(await evaluated(`function () { var o = { a: 1 }; ${throwing} return [o, 2]; }`), [
      { a: 1, g: "" },
      2,
    ]);
  });

  test("what JSON can carry comes whole, however deep", async () => {
    await fresh();
    let value = await evaluated(
      "function () { var a = [], t = a, i; for (i = 0; i < 9999; i++) { t = t[0] = []; } return a; }",
    );
    let depth = 0;
    for (; value; value = value[0]) {
      depth += 1;
    }
    assert.equal(depth, 10_000);
    const cyclic =
      "function () { var a = {}, t = a, i; for (i = 0; i < 9999; i++) { t = t.n = {}; } t.n = a; return a; }";
    depth = 0;
    for (value = await evaluated(cyclic); value; value = value.n) {
      depth += 1;
    }
    assert.equal(depth, 199, "as in PhantomJS");
  });

  test("a large document is cut, and what was returned beside an element is not", async () => {
    await fresh(
      "var i, html = ''; for (i = 0; i < 3000; i += 1) { html += '<p class=\"k\"><b>text ' + i + '</b></p>'; } document.body.innerHTML = html;",
    );
    const source = `function () {
    var instances = [], i;
    function Instance() { this.n = i; this.up = instances; }
    Instance.prototype.kind = 'instance';
    for (i = 0; i < 300; i += 1) { instances.push(new Instance()); }
    return { list: document.querySelectorAll('p'), body: document.body, instances: instances, after: { x: [1] } };
  }`;
    const value = await evaluated(source);
    const { length } = JSON.stringify(value);
    assert.ok(length > 100_000 && length < 8_000_000, `${length} characters`);
    assert.equal(value.list.length, 3000);
    assert.equal(value.list[0].className, "k");
    assert.equal(value.list[2999], null, "beyond the bound");
    assert.deepEqual(value.after, { x: [1] });
    assert.deepEqual(value.instances[299], { n: 299, kind: "instance", up: null });
    const many =
      "function () { function I() { this.n = {}; } var l = [], i; for (i = 0; i < 20000; i++) { l.push(new I()); } return l; }";
    const whole = await evaluated(many);
    assert.ok(whole.length === 20_000 && whole.every(({ n }) => n !== null), "JSON's own, when that is more");
  });

  const KINDS = `function () {
  return { t: new Date(0), n: 1, s: 'x"\\n\\u0001', b: true, l: [1, 'a', [new Date(NaN)]], bn: new Number(1),
    bs: new String('q'), bb: new Boolean(true), nul: null, u: undefined };
}`;
  const EXPECTED = {
    t: "1970-01-01T00:00:00.000Z",
    n: 1,
    s: 'x"\n\u0001',
    b: true,
    l: [1, "a", [null]],
    bn: 1,
    bs: "q",
    bb: true,
    nul: null,
  };
  const spoils = (...names) => names.map((name) => `${name} = function () { throw new Error('spoilt'); };`).join(" ");
  const SETUPS = [
    "window.JSON = null;",
    "delete window.JSON;",
    "window.JSON = {};",
    "JSON.stringify = function () { return '{bad'; };",
    "JSON.stringify = function () { throw new Error('no'); };",
    "Object.defineProperty(window, 'JSON', { get: function () { throw new Error('no'); } });",
    "Array.prototype.toJSON = function () { return 'spoilt'; };",
    "String.prototype.toJSON = Number.prototype.toJSON = Boolean.prototype.toJSON = function () { return 'spoilt'; };",
    "Date.prototype.toJSON = Date.prototype.toISOString = function () { return 'spoilt'; };",
    "delete Date.prototype.toJSON; delete Date.prototype.toISOString;",
    `Array.prototype.toJSON = 1; ${spoils("Array.prototype.map", "Array.prototype.push", "Array.prototype.join", "Array.prototype.forEach")}`,
    `Array.prototype.toJSON = 1; ${spoils("Object.keys", "Object.prototype.hasOwnProperty", "Array.isArray", "Object.getPrototypeOf")} delete Object.prototype.toJSON;`,
    `Array.prototype.toJSON = 1; ${spoils("String.prototype.replace", "String.prototype.charCodeAt", "String.prototype.slice")}`,
    "Array.prototype.toJSON = 1; Object.prototype.toString = function () { return '[object Bad]'; };",
    `window.JSON = null; ${spoils("Function.prototype.call", "Function.prototype.apply")}`,
  ];
  for (const setup of SETUPS) {
    test(`a page's own code spoils no result: ${setup.slice(0, 60)}`, async () => {
      await fresh(setup);
      // What a page adds to the prototype of all objects is enumerable in all.
      const expected = setup.includes("Object.prototype.hasOwnProperty")
        ? { ...EXPECTED, hasOwnProperty: {} }
        : setup.includes("Object.prototype.toString")
          ? { ...EXPECTED, toString: {} }
          : EXPECTED;
      const value = await evaluated(KINDS);
      for (const key of Object.keys(EXPECTED)) {
        assert.deepEqual(value[key], expected[key], key);
      }
      assert.equal(await evaluated("function () { return 1; }"), 1);
      assert.equal((await given("document.getElementById('d')")).tagName, "DIV");
    });
  }

  test("a page's additions to the prototype of all objects are in all objects", async () => {
    await fresh("Object.prototype.extra = 1; Object.prototype.method = function () {}; Array.prototype.each = 1;");
    assert.deepEqual(await evaluated("function () { return { a: [1] }; }"), { a: [1], extra: 1, method: {} });
  });

  const THROWN = [
    ["function () { return $('x').html(); }", lacks(name, "$")],
    ["function () { throw 's'; }", "s"],
    ["function () { throw new TypeError('bad'); }", "TypeError: bad"],
    ["function () { throw { message: 'm', code: 3 }; }", "[object Object]", "m"],
    ["function () { throw null; }", "null"],
    ["function () { throw undefined; }", "undefined"],
    ["function () { throw 5; }", "5"],
    [
      "function () { throw Object.create(null); }",
      isPhantomJs ? "" : "[object Object]",
      "something that cannot be made text",
    ],
    [
      "function () { throw { toString: function () { throw 1; } }; }",
      isPhantomJs ? "" : "[object Object]",
      "something that cannot be made text",
    ],
    ["function () { throw document.createElement('i'); }", "[object HTMLElement]"],
    ["function () { return ( }", "SyntaxError: Unexpected token '}'"],
    // What is too new for PhantomJS runs in a browser of today.
    ...(isPhantomJs ? [["() => 1", "SyntaxError: Unexpected token ')'"]] : []),
  ];

  test("with a callback, what is thrown and what does not parse is the page's onError, and the value null", async () => {
    await fresh();
    const errors = [];
    await page.set("onError", (message, trace) => errors.push([message, trace]));
    for (const [source, message, reason = message] of THROWN) {
      errors.length = 0;
      assert.equal(await evaluated(source), null, source);
      assert.deepEqual([errors.length, errors[0]?.[0]], [1, message], source);
      assert.ok(errors[0][1].length > 0 && typeof errors[0][1][0].line === "number", `${source} has a trace`);
      errors.length = 0;
      await new Promise((resolve) => page.evaluateJavaScript(source, resolve));
      assert.equal(errors.length, 1, `${source}, evaluateJavaScript`);
      errors.length = 0;
      await assert.rejects(page.evaluate(source), (error) => {
        assert.equal(error.code, "ERR_EVALUATE");
        assert.ok(error.message.startsWith(`evaluate: ${reason}`), error.message);
        return true;
      });
      assert.deepEqual(errors, [], "and a promise rejects instead");
    }
  });

  test("with a callback, a warning says what is too new for PhantomJS", async () => {
    await fresh();
    if (!isPhantomJs) {
      const none = await warningsOf(async () => {
        assert.equal(await evaluated("function (a) {\n  return `text`;\n}"), "text");
      });
      return assert.deepEqual(none, []);
    }
    const [warning] = await warningsOf(async (heard) => {
      assert.equal(await evaluated("function (a) {\n  return `text`;\n}"), null);
      await until(() => heard.length > 0, "the warning");
    });
    assert.equal(warning.code, "PHANTOM_CLUSTER_NOT_ES5");
    assert.match(warning.message, /cannot parse a template string at line 2, column 9/);
  });

  test("evaluate, where JavaScript is off, gives null in both styles", async () => {
    await fresh();
    await page.setting("javascriptEnabled", false);
    await page.open(`${pages.url}/`);
    assert.equal(await evaluated("function () { return document.body; }"), null);
    assert.equal(await page.evaluate("function () { throw 1; }"), null);
  });

  test("invokeMethod and evaluateAsync carry line separators, and give what evaluate gives", async () => {
    await fresh();
    const text = "a\u2028b\u2029'\\";
    assert.equal(await page.invokeMethod("evaluate", "function (x) { return x; }", text), text);
    assert.equal(await page.invokeMethod("evaluate", "function () { return new Date(NaN); }"), null);
    assert.equal(
      (await page.invokeMethod("evaluateJavaScript", "function () { return document.body; }")).tagName,
      "BODY",
    );
    const errors = [];
    await page.on("onError", (message) => errors.push(message));
    assert.equal(await page.invokeMethod("evaluate", "function () { throw new Error('x'); }"), null);
    assert.deepEqual(errors, ["Error: x"]);
    for (const call of [
      (...args) => page.evaluateAsync(...args),
      (...args) => page.invokeMethod("evaluateAsync", ...args),
    ]) {
      const said = new Promise((resolve) => page.set("onAlert", resolve));
      await call("function (x) { alert(JSON.stringify(x)); }", 0, { text });
      assert.deepEqual(JSON.parse(await said), { text });
    }
  });

  test("evaluate in a frame gives elements of that frame", async () => {
    await fresh('document.body.innerHTML = \'<iframe name="inner" src="/inner"></iframe>\';');
    await until(() => given("document.querySelector('iframe').contentDocument.readyState === 'complete'"), "the frame");
    assert.equal(await page.switchToFrame("inner"), true);
    assert.equal((await given("document.body")).className, "inner");
    await page.includeJs("/lib.js");
    assert.equal(await page.evaluate("function () { return window.lib; }"), 42);
    await page.switchToMainFrame();
    assert.equal(await page.evaluate("function () { return window.lib; }"), null);
  });

  test("what functions inside PhantomJS throw leaves it too", async () => {
    await fresh();
    const thrown = ["Object.create(null)", "{ toString: function () { throw 1; } }", "null", "'text'"];
    for (const what of thrown) {
      await page.defineMethod("fails", new Function(`throw ${what};`));
      await assert.rejects(page.invokeMethod("fails"), { code: "ERR_PAGE_COMMAND" });
    }
  });

  test("what functions inside PhantomJS make leaves it in any case", async () => {
    await fresh();
    const cyclic = "var c = { n: 1 }; c.c = c;";
    const expected = { n: 1, c: null };
    await page.defineMethod("give", new Function(`${cyclic} return c;`));
    assert.deepEqual(await page.invokeMethod("give"), expected);
    await page.defineMethod("giveLater", new Function("done", `${cyclic} done(c);`));
    assert.deepEqual(await page.invokeAsyncMethod("giveLater"), expected);
    const out = started.ph.createOutObject();
    await page.on("onAlert", true, new Function("text", "into", `${cyclic} into.c = c;`), out);
    await page.evaluate("function () { alert('now'); }");
    assert.deepEqual(await out.property("c"), expected);
    await page.on("onCallback", true, new Function(`${cyclic} return c;`));
    assert.deepEqual(await page.evaluate("function () { return callPhantom(); }"), expected);
    const heard = new Promise((resolve) => page.set("onCallback", resolve));
    await page.evaluate(`function () { ${cyclic} callPhantom(c); }`);
    assert.deepEqual(await heard, expected);
    // Outside of PhantomJS its own window has no document.
    assert.equal((await started.ph.windowProperty("document"))?.nodeType, isPhantomJs ? 9 : undefined);
  });
});
