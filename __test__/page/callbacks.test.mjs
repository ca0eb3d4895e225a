// The callback generation: every call calls back, once, whatever its arguments and however late it comes. A row is a
// method with bad, missing or superfluous arguments, and the value that its callback gets. Where npm `phantom` 0.8 gave
// a value this is the same one; where it gave none, it says that nothing came of the call.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import phantom from "../../phantom.js";
import { basePort, onEachBrowser, run, site, warningsOf } from "../helpers.mjs";

const SILENT = { onStdout: () => {}, onStderr: () => {} };
/** Longer than anything here takes, and less than a `pageTimeout`: no callback may need that. */
const LIMIT = 20_000;
const CALLBACK = Symbol("callback");
const NOTHING = "function () {}";

onEachBrowser((options, browserName) => {
  let pages;
  let ph;
  before(async () => {
    pages = await site({ "/": "<title>start</title><p id=p>text</p>" });
    ph = await phantom.create({ ...options, port: basePort(), pageTimeout: 60_000, ...SILENT });
  });
  after(async () => {
    await ph.exit();
    await pages.close();
  });

  /** Calls the method; resolves with what its callback got, and fails when there is none, or a second one. */
  async function called(subject, method, args) {
    let calls = 0;
    let timer;
    const value = await new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${method}: no callback`)), LIMIT);
      const callback = (...values) => {
        calls += 1;
        assert.ok(values.length <= 1, `${method}: a callback gets the value alone`);
        resolve(values[0] ?? null);
      };
      const given = args.map((argument) => (argument === CALLBACK ? callback : argument));
      const promise = subject[method](...given);
      promise.then(undefined, reject);
    });
    clearTimeout(timer);
    // A second one would come with what the next command brings, or in a turn of its own.
    await new Promise(setImmediate);
    assert.equal(calls, 1, `${method}: one callback`);
    return value;
  }

  // [method, arguments, value]. `undefined` and `null` in each place that a script may have forgotten to fill.
  const BAD = {
    ph: [
      ["addCookie", [CALLBACK], false],
      ["addCookie", [null, CALLBACK], false],
      ["addCookie", ["name", CALLBACK], false],
      ["addCookie", [10n, CALLBACK], false],
      ["clearCookies", ["more", CALLBACK, "more"], null],
      ["cookies", [1, CALLBACK], []],
      ["createPage", [undefined, CALLBACK], "page"],
      ["createPage", ["more", CALLBACK, "more"], "page"],
      ["defineMethod", ["x", null, CALLBACK], null],
      ["deleteCookie", [CALLBACK], false],
      ["deleteCookie", [{}, CALLBACK], false],
      ["get", [CALLBACK], null],
      ["get", [null, CALLBACK], null],
      ["get", ["a.b.c", CALLBACK], null],
      ["get", ["nothing", CALLBACK, "more"], null],
      ["getCookies", [null, CALLBACK], []],
      ["injectJs", [CALLBACK], false],
      ["injectJs", [null, CALLBACK], false],
      ["injectJs", [{}, CALLBACK], false],
      ["injectJs", ["/nowhere.js", CALLBACK, "more"], false],
      ["invokeMethod", ["nothing", CALLBACK], null],
      ["property", ["a.b.c", CALLBACK], null],
      ["set", [CALLBACK], null],
      ["set", ["a.b.c", 1, CALLBACK], null],
      ["set", ["cookiesEnabled", CALLBACK], null],
      ["set", ["onError", () => {}, CALLBACK], null],
      ["set", ["x", 10n, CALLBACK], null],
      ["setProxy", [CALLBACK], null],
      ["setProxy", [{}, "port", CALLBACK], null],
      ["windowProperty", [CALLBACK], null],
    ],
    page: [
      ["addCookie", [CALLBACK], false],
      ["addCookie", [null, CALLBACK], false],
      ["addCookie", [{ name: "x" }, CALLBACK], false],
      ["childFramesCount", [1, CALLBACK], 0],
      ["childFramesName", [1, CALLBACK], []],
      ["clearCookies", [1, CALLBACK], false],
      ["clearMemoryCache", [1, CALLBACK], null],
      ["close", ["more", CALLBACK, "more"], null],
      ["cookies", [1, CALLBACK], []],
      ["currentFrameName", [1, CALLBACK], ""],
      ["defineMethod", ["x", null, CALLBACK], null],
      ["deleteCookie", [null, CALLBACK], false],
      ["evaluateAsync", [NOTHING, null, CALLBACK], null],
      ["evaluateAsync", ["not a function", 0, CALLBACK], null],
      ["get", [CALLBACK], null],
      ["get", [null, CALLBACK], null],
      ["get", ["a.b.c", CALLBACK], null],
      ["get", ["nothing", CALLBACK, "more"], null],
      ["getContent", [1, CALLBACK], /<p id="p">text/],
      ["getCookies", [1, CALLBACK, 2], []],
      ["getPage", [null, CALLBACK], null],
      ["goto", [CALLBACK], null],
      ["goto", [undefined, CALLBACK], null],
      ["goto", ["http://127.0.0.1:1/", CALLBACK, "more"], null],
      ["goto", ["http://127.0.0.1:1/", null, CALLBACK], null],
      ["goto", ["about:blank", { waitUntil: "x" }, CALLBACK], null],
      ["go", [CALLBACK], false],
      ["go", [99, CALLBACK], false],
      ["goBack", [1, CALLBACK], /^(true|false)$/],
      ["goForward", [1, CALLBACK], false],
      ["injectJs", [CALLBACK], false],
      ["injectJs", [undefined, CALLBACK], false],
      ["injectJs", ["/nowhere.js", CALLBACK, "more"], false],
      ["invokeAsyncMethod", ["nothing", CALLBACK], null],
      ["invokeMethod", ["nothing", CALLBACK], null],
      ["off", [CALLBACK], null],
      ["off", ["onNothing", CALLBACK], null],
      ["onError", ["text", CALLBACK], null],
      ["onError", [undefined, CALLBACK], null],
      ["open", [CALLBACK], "fail"],
      ["open", [undefined, CALLBACK], "fail"],
      ["open", [null, CALLBACK], "fail"],
      ["open", [{}, CALLBACK], "fail"],
      ["open", ["", CALLBACK], "fail"],
      ["open", ["nothing", CALLBACK, "more"], "fail"],
      ["open", ["http://127.0.0.1:1/", undefined, CALLBACK], "fail"],
      ["open", ["http://127.0.0.1:1/", null, null, CALLBACK], "fail"],
      ["open", ["http://127.0.0.1:1/", 10n, CALLBACK], "fail"],
      ["openUrl", [undefined, CALLBACK], null],
      ["pdf", [null, CALLBACK], null],
      ["pdf", [{ path: 1 }, CALLBACK], null],
      ["pdf", [{ path: "/dev/null/x.pdf" }, CALLBACK], null],
      ["property", ["a.b.c", CALLBACK], null],
      ["property", ["onError", "text", CALLBACK], null],
      ["release", ["more", CALLBACK], null],
      ["reload", ["more", CALLBACK], null],
      ["render", [CALLBACK], false],
      ["render", [undefined, CALLBACK], false],
      ["render", ["/dev/null/x.png", null, CALLBACK], false],
      ["render", ["/dev/null/x.png", CALLBACK, "more"], false],
      ["renderBase64", ["xyz", CALLBACK], ""],
      ["renderBase64", [{}, CALLBACK], ""],
      ["sendEvent", [CALLBACK], null],
      ["sendEvent", ["nothing", CALLBACK], null],
      ["sendEvent", ["click", {}, [], CALLBACK], null],
      ["set", [CALLBACK], null],
      ["set", [undefined, CALLBACK], null],
      ["set", ["zoomFactor", CALLBACK], null],
      ["set", ["zoomFactor", 10n, CALLBACK], null],
      ["set", ["a.b.c", 1, CALLBACK], null],
      ["set", ["onFoo", () => {}, CALLBACK], null],
      ["set", ["foo", () => {}, CALLBACK], null],
      ["set", ["onError", "text", CALLBACK], null],
      ["set", ["onError", undefined, CALLBACK], null],
      ["setContent", [CALLBACK], "success"],
      ["setContent", [undefined, undefined, CALLBACK], "success"],
      ["setContent", ["<p>", 10n, CALLBACK], "fail"],
      ["setFileOnPicker", [CALLBACK], null],
      ["setFileOnPicker", [["/a"], CALLBACK], null],
      ["setHeaders", [CALLBACK], {}],
      ["setHeaders", [10n, CALLBACK], null],
      ["setPaperSize", [CALLBACK], {}],
      ["setProxy", [CALLBACK], null],
      ["setViewportSize", [10n, 1, CALLBACK], null],
      ["setZoomFactor", [10n, CALLBACK], null],
      ["setting", ["a.b", CALLBACK], null],
      ["stop", ["more", CALLBACK], null],
      ["stopJavaScript", ["more", CALLBACK], null],
      ["switchToChildFrame", [CALLBACK], false],
      ["switchToChildFrame", ["nothing", CALLBACK], false],
      ["switchToFocusedFrame", [1, CALLBACK], null],
      ["switchToFrame", [null, CALLBACK], false],
      ["switchToFrame", [99, CALLBACK], false],
      ["switchToMainFrame", [1, CALLBACK], null],
      ["switchToParentFrame", [1, CALLBACK], false],
      ["responseBody", [CALLBACK], null],
      ["uploadFile", [CALLBACK], null],
      ["uploadFile", [null, "/nowhere", CALLBACK], null],
      ["uploadFile", ["#p", null, CALLBACK], null],
      ["waitFor", ["", CALLBACK], false],
      ["waitFor", ["###", CALLBACK], false],
      ["waitFor", ["#none", { timeout: 1000 }, CALLBACK], false],
      ["waitFor", ["#p", { timeout: -1 }, CALLBACK], false],
      ["waitFor", [NOTHING, null, CALLBACK], false],
    ],
  };

  function check(value, expected, what) {
    if (expected instanceof RegExp) {
      assert.match(String(value), expected, what);
    } else if (expected === "page") {
      assert.equal(typeof value.open, "function", what);
    } else {
      assert.deepEqual(value, expected, what);
    }
  }

  for (const [subject, rows] of Object.entries(BAD)) {
    for (const [method, args, expected] of rows) {
      test(`${subject}.${method}(${args.map(String).join(", ")}) calls back`, async () => {
        const page = await ph.createPage();
        await page.open(`${pages.url}/`);
        check(await called(subject === "ph" ? ph : page, method, args), expected);
        // Nothing is out of order behind it.
        assert.equal(await ph.get("version.major"), 2);
        await page.close();
      });
    }
  }

  // What comes too late: the value of a callback of a page that is closed, or of a PhantomJS that is gone. Null for those
  // that are not named here.
  const LATE = {
    addCookie: false,
    clearCookies: false,
    cookies: [],
    deleteCookie: false,
    getContent: "",
    getCookies: [],
    go: false,
    goBack: false,
    goForward: false,
    injectJs: false,
    open: "fail",
    render: false,
    renderBase64: "",
    setContent: "fail",
    switchToChildFrame: false,
    switchToFrame: false,
    switchToParentFrame: false,
    waitFor: false,
  };
  // A listener's call has no callback: what comes behind the listener is its further arguments.
  const WITHOUT = ["constructor", "callback", "createOutObject", "on", "onResourceRequested"];
  const ARGUMENTS = {
    defineMethod: ["x", NOTHING, CALLBACK],
    evaluate: [NOTHING, CALLBACK, 1],
    evaluateJavaScript: [NOTHING, CALLBACK],
    set: ["x", 1, CALLBACK],
  };

  /** All methods of an object, those of the classes that it extends too: one that is added later has to call back as well. */
  function methodsOf(object) {
    const names = new Set();
    for (let at = Object.getPrototypeOf(object); at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
        if (typeof value === "function" && !name.startsWith("_") && !WITHOUT.includes(name)) {
          names.add(name);
        }
      }
    }
    return [...names].sort();
  }

  function lateArguments(method) {
    const isListener = /^on[A-Z]/.test(method);
    return ARGUMENTS[method] ?? (isListener ? [() => {}, CALLBACK] : ["x", CALLBACK]);
  }

  test("every method of a closed page calls back, and one warning says that it is closed", async () => {
    const page = await ph.createPage();
    await page.close();
    const methods = methodsOf(page);
    assert.ok(methods.length > 60, String(methods));
    const warnings = await warningsOf(async () => {
      for (const method of methods) {
        check(await called(page, method, lateArguments(method)), LATE[method] ?? null, method);
      }
    });
    const ofClosed = warnings.filter(({ cause }) => cause?.code === "ERR_PAGE_CLOSED");
    assert.deepEqual(
      ofClosed.map(({ code }) => code),
      ["PHANTOM_CLUSTER_ERROR_IGNORED"],
    );
  });

  test("every call that waits when its page is closed calls back", async () => {
    const hanging = await site({ "/": "<title>t</title>", "/never": () => {} });
    const page = await ph.createPage();
    await page.open(`${hanging.url}/`);
    const waiting = [called(page, "open", [`${hanging.url}/never`, CALLBACK]), called(page, "close", [CALLBACK])];
    assert.deepEqual(await Promise.all(waiting), ["fail", null]);
    await hanging.close();
  });

  for (const end of ["exit", "kill"]) {
    test(`every method calls back after ${end}(), of ph and of its pages`, async () => {
      const gone = await phantom.create({ ...options, port: basePort(), ...SILENT });
      const page = await gone.createPage();
      const waiting = called(page, "get", ["title", CALLBACK]);
      assert.equal(await called(gone, end, [CALLBACK]), null);
      await waiting;
      for (const subject of [gone, page]) {
        for (const method of methodsOf(subject)) {
          check(await called(subject, method, lateArguments(method)), LATE[method] ?? null, method);
        }
      }
    });
  }

  test("create() calls back with null for the error, and with the cause of one", async () => {
    const given = (...args) => new Promise((resolve) => phantom.create(...args, (...values) => resolve(values)));
    const [created, none] = await given({ port: basePort(), ...SILENT });
    assert.equal(none, null);
    await created.exit();
    for (const options of [{ binary: "/nowhere/phantomjs" }, { binary: "no-such-phantomjs" }, { path: "/nowhere" }]) {
      const [nothing, error] = await given(options);
      assert.equal(nothing, null);
      assert.equal(error.cause.code, "ENOENT");
    }
  });

  test("what an evaluate without a callback throws is the page's onError", async () => {
    const page = await ph.createPage();
    const [message, trace] = await new Promise((resolve) => {
      page.onError((...values) => resolve(values));
      page.evaluate("function () { throw new TypeError('boo'); }");
    });
    assert.equal(message, "TypeError: boo");
    assert.ok(Array.isArray(trace));
    await page.close();
  });

  test("what asks a closed page again and again does not hold up the rest", async () => {
    const page = await ph.createPage();
    await page.close();
    let isWanted = true;
    const again = () => isWanted && page.get("title", again);
    again();
    await new Promise((resolve) => setTimeout(resolve, 1));
    isWanted = false;
  });

  test("an unknown event is one warning, with the nearest name, however often and in whatever style it is set", async () => {
    const page = await ph.createPage();
    // A name is warned of once in a process.
    const name = browserName === "phantomjs" ? "onLoadFinish" : "onLoadFinishd";
    const warnings = await warningsOf(async () => {
      page.set(name, () => {});
      assert.equal(await called(page, "set", [name, () => {}, CALLBACK]), null);
    });
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["PHANTOM_CLUSTER_UNKNOWN_EVENT"],
    );
    assert.match(warnings[0].message, /did you mean "onLoadFinished"\?/);
    await page.close();
  });

  /** The last event of each request, by the request's name. */
  async function handled(own) {
    const { code, events, text } = await run("callbacks.js", { phantomBasePort: basePort(), ...options, ...own });
    assert.equal(code, 0, text);
    return { outcome: Object.fromEntries(events.map(({ request, ...rest }) => [request, rest])), text };
  }

  test("queueItemReady: a call that fails calls back, and the handler's answer counts", async () => {
    const { outcome, text } = await handled({ generation: "queueItemReady" });
    const answers = { open: "fail", event: null, get: null, renderBase64: "", closed: null, dropped: "answered" };
    for (const [request, response] of Object.entries(answers)) {
      assert.deepEqual(outcome[request], { event: "response", response, attempts: 1 }, `${request}\n${text}`);
    }
    assert.match(text, /PHANTOM_CLUSTER_ERROR_IGNORED/);
  });

  test("request: a value that tells of the failure is for the handler, and any other failure is the item's", async () => {
    const { outcome, text } = await handled({ generation: "request" });
    for (const [request, response] of Object.entries({ open: "fail", event: null, renderBase64: "" })) {
      assert.deepEqual(outcome[request], { event: "response", response, attempts: 1 }, `${request}\n${text}`);
    }
    for (const [request, code] of Object.entries({ get: "ERR_PAGE_COMMAND", closed: "ERR_PAGE_CLOSED" })) {
      assert.equal(outcome[request].code, code, `${request}\n${text}`);
    }
  });

  for (const generation of ["queueItemReady", "request"]) {
    test(`${generation}: what a callback makes of a PhantomJS that died is no answer`, async () => {
      const { outcome, text } = await handled({ generation, requests: ["dies"] });
      assert.deepEqual(outcome.dies, { event: "response", response: "second attempt", attempts: 2 }, text);
    });
  }
});
