// The first page API: each method with a callback and with a promise, against real pages.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { browser, onEachBrowser, site } from "../helpers.mjs";

const PNG = "89504e470d0a1a0a";
onEachBrowser((options, name) => {
  let started;
  let ph;
  let pages;
  let folder;

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-page-"));
    pages = await site({
      "/": "<title>Start é 😀</title><body style='background:#fff'><p id=p>text</p><script src='/lib.js'></script></body>",
      "/lib.js": (_request, response) => response.end("window.fromLib = 42;"),
      "/echo": (request, response) => {
        let body = "";
        request.on("data", (data) => {
          body += data;
        });
        request.on("end", () => {
          const { cookie, "x-test": header, "user-agent": agent } = request.headers;
          response.setHeader("content-type", "text/plain; charset=utf-8");
          response.end(JSON.stringify({ method: request.method, body, cookie, header, agent }));
        });
      },
      "/slow": (_request, response) => setTimeout(() => response.end("<title>slow</title>"), 1000),
    });
    started = await browser(options);
    ph = started.ph;
  });

  after(async () => {
    await started.close();
    await pages.close();
    fs.rmSync(folder, { recursive: true });
  });

  /** Calls a method in callback style; resolves with all the callback got. */
  function called(subject, method, ...args) {
    return new Promise((resolve) => subject[method](...args, (...values) => resolve(values)));
  }

  /** Runs `body` with a page opened at the start page, in both styles: `call(page, method, ...args)` gives the value. */
  function both(name, body) {
    const styles = {
      callback: async (subject, method, ...args) => {
        const values = await called(subject, method, ...args);
        assert.equal(values.length, 1, "a callback gets the value alone");
        return values[0];
      },
      promise: (subject, method, ...args) => subject[method](...args),
    };
    for (const [style, call] of Object.entries(styles)) {
      test(`${name} (${style})`, async () => {
        const page = await call(ph, "createPage");
        assert.equal(await call(page, "open", `${pages.url}/`), "success");
        await body({ page, call });
        await call(page, "close");
      });
    }
  }

  const echo = (page) => page.evaluate("function () { return JSON.parse(document.body.textContent); }");

  both("open: success, fail, method and data, settings", async ({ page, call }) => {
    assert.equal(await call(page, "open", "http://127.0.0.1:9/"), "fail");
    assert.equal(await call(page, "open", `${pages.url}/echo`, "post", "a=1&b=é😀"), "success");
    assert.deepEqual(await echo(page).then(({ method, body }) => [method, body]), ["POST", "a=1&b=é😀"]);
    assert.equal(
      await call(page, "open", `${pages.url}/echo`, { operation: "POST", data: "é", encoding: "utf8" }),
      "success",
    );
    assert.equal((await echo(page)).body, "é");
    const settings = { operation: "PUT", data: "raw", headers: { "X-Test": "set" } };
    assert.equal(await call(page, "open", `${pages.url}/echo`, settings), "success");
    assert.deepEqual(await echo(page).then(({ method, header }) => [method, header]), ["PUT", "set"]);
  });

  test("evaluate: callback second, arguments after it; and promise style", async () => {
    const page = await ph.createPage();
    await page.open(`${pages.url}/`);
    const sum = "function (a, b) { return { sum: a + b, title: document.title }; }";
    const expected = { sum: 3, title: "Start é 😀" };
    const viaCallback = await new Promise((resolve) => page.evaluate(sum, resolve, 1, 2));
    assert.deepEqual(viaCallback, expected);
    assert.deepEqual(await page.evaluate(sum, 1, 2), expected);
    assert.deepEqual(
      await page.evaluate(
        function plain(list) {
          return list.length + this.fromLib;
        },
        [1, 2],
      ),
      44,
    );
    for (const [source, value] of [
      ["function () {}", null],
      ["function () { return null; }", null],
      ["function () { return undefined; }", null],
      ["function () { return 0; }", 0],
      ["function () { return false; }", false],
      ["function () { return ''; }", ""],
      ["function () { return [1, 'a', { b: [null] }]; }", [1, "a", { b: [null] }]],
      ["function () { return '\\ud83d'; }", "\ud83d"],
      ["function () { return '\\u2028é😀\\u0000'; }", "\u2028é😀\u0000"],
    ]) {
      assert.deepEqual(await page.evaluate(source), value, source);
    }
    const odd = { text: "\u2028\ud83d 'é'", nested: [{ a: null }] };
    assert.deepEqual(await page.evaluate("function (x) { return x; }", odd), odd);
    assert.equal(await page.evaluateJavaScript("function () { return document.title; }"), "Start é 😀");
    await page.close();
  });

  test("evaluate: errors say what went wrong in the page", async () => {
    const page = await ph.createPage();
    await page.open(`${pages.url}/`);
    await assert.rejects(page.evaluate("function () { throw new TypeError('boo'); }"), {
      code: "ERR_EVALUATE",
      message: /TypeError: boo/,
    });
    if (name === "chromium") {
      // It runs what is too new for PhantomJS.
      assert.equal(await page.evaluate("({ a }) => a ?? `x`", {}), "x");
      await assert.rejects(page.evaluate("method() {}"), { code: "ERR_EVALUATE", message: /SyntaxError/ });
      await page.close();
      return;
    }
    const tooNew = [
      ["() => 1", /an arrow function at line 1, column 0/],
      ["function (a) {\n  let b = a;\n}", /let at line 2, column 2/],
      ["function () { return `x`; }", /a template string at line 1, column 21/],
      ["function (a) { return a ?? 1; }", /the operator \?\? at line 1/],
      ["function ({ a }) {}", /destructuring at line 1, column 10/],
      ["async function () {}", /an async function or a generator at line 1, column 0/],
      ["method() {}", /no function expression/],
    ];
    for (const [source, what] of tooNew) {
      await assert.rejects(page.evaluate(source), (error) => {
        assert.equal(error.code, "ERR_EVALUATE");
        assert.match(error.message, /^evaluate: SyntaxError: .*; PhantomJS 2\.1 runs ES5 and cannot parse /);
        assert.match(error.message, what);
        return true;
      });
    }
    await assert.rejects(
      page.on("onAlert", true, () => 1),
      { code: "ERR_EVALUATE", message: /an arrow function/ },
    );
    await page.close();
  });

  both("get and set, with dotted names", async ({ page, call }) => {
    assert.equal(await call(page, "get", "title"), "Start é 😀");
    assert.equal(await call(page, "get", "plainText"), "text");
    assert.equal(await call(page, "set", "settings.userAgent", "test agent"), "test agent");
    assert.equal(await call(page, "get", "settings.userAgent"), "test agent");
    assert.deepEqual(await call(page, "set", "viewportSize", { width: 320, height: 200 }), { width: 320, height: 200 });
    assert.deepEqual(await call(page, "set", "viewportSize.width", 640), 640);
    assert.deepEqual(await call(page, "get", "viewportSize"), { width: 640, height: 200 });
    await call(page, "open", `${pages.url}/echo`);
    assert.equal((await echo(page)).agent, "test agent");
  });

  both("the setters", async ({ page, call }) => {
    await call(page, "setViewportSize", 500, 400);
    assert.deepEqual(await page.get("viewportSize"), { width: 500, height: 400 });
    await call(page, "setZoomFactor", 2);
    assert.equal(await page.get("zoomFactor"), 2);
    await call(page, "setPaperSize", { format: "A5", orientation: "portrait", margin: "1cm" });
    assert.equal((await page.get("paperSize")).format, "A5");
    await call(page, "setHeaders", { "X-Test": "yes" });
    await call(page, "open", `${pages.url}/echo`);
    assert.equal((await echo(page)).header, "yes");
  });

  both("setContent and getContent", async ({ page, call }) => {
    const status = await call(page, "setContent", "<title>set</title><p>é😀</p>", `${pages.url}/set`);
    assert.equal(status, "success");
    assert.equal(await page.get("title"), "set");
    assert.equal(await page.get("url"), `${pages.url}/set`);
    assert.match(await call(page, "getContent"), /<p>é😀<\/p>/);
  });

  both("includeJs and injectJs", async ({ page, call }) => {
    const script = path.join(folder, "inject.js");
    fs.writeFileSync(script, "window.injected = 'é';");
    await call(page, "includeJs", `${pages.url}/lib.js`);
    assert.equal(await page.evaluate("function () { return fromLib; }"), 42);
    assert.equal(await call(page, "injectJs", script), true);
    assert.equal(await page.evaluate("function () { return injected; }"), "é");
    assert.equal(await call(page, "injectJs", path.join(folder, "missing.js")), false);
  });

  both("render and renderBase64", async ({ page, call }) => {
    for (const [name, magic] of Object.entries({ "a é 漢 😀.png": PNG, "a.jpg": "ffd8ff", "a.pdf": "25504446" })) {
      const file = path.join(folder, name);
      assert.equal(await call(page, "render", file), true);
      assert.ok(fs.readFileSync(file).toString("hex").startsWith(magic), name);
      fs.rmSync(file);
    }
    const file = path.join(folder, "quality.jpg");
    await call(page, "render", file, { format: "jpeg", quality: 10 });
    assert.ok(fs.statSync(file).size > 0);
    const relative = path.relative(process.cwd(), path.join(folder, "relative.png"));
    assert.equal(await call(page, "render", relative), true);
    assert.ok(fs.existsSync(path.join(folder, "relative.png")));
    assert.equal(await call(page, "render", path.join(folder, "a.unknown")), false);
    const base64 = await call(page, "renderBase64", "PNG");
    assert.ok(Buffer.from(base64, "base64").toString("hex").startsWith(PNG));
  });

  both("cookies of the page", async ({ page, call }) => {
    const cookie = { name: "c1", value: "v é", domain: "127.0.0.1", path: "/" };
    await call(ph, "clearCookies");
    assert.equal(await call(page, "addCookie", { ...cookie, value: "v1" }), true);
    const cookies = await call(page, "getCookies");
    assert.deepEqual(
      cookies.map(({ name, value }) => [name, value]),
      [["c1", "v1"]],
    );
    await call(page, "open", `${pages.url}/echo`);
    assert.equal((await echo(page)).cookie, "c1=v1");
    assert.equal(await call(page, "deleteCookie", "c1"), true);
    assert.deepEqual(await call(page, "getCookies"), []);
  });

  both("ph: get, set, injectJs, cookies", async ({ call }) => {
    assert.deepEqual(await call(ph, "get", "version"), { major: 2, minor: 1, patch: 1 });
    assert.equal(await call(ph, "set", "cookiesEnabled", true), true);
    await call(ph, "clearCookies");
    assert.equal(await call(ph, "addCookie", { name: "a", value: "1", domain: "example.test" }), true);
    assert.equal(await call(ph, "addCookie", "b", "2", "example.test"), true);
    const cookies = await call(ph, "getCookies");
    assert.deepEqual(cookies.map(({ name, value }) => name + value).sort(), ["a1", "b2"]);
    assert.equal(await call(ph, "deleteCookie", "a"), true);
    await call(ph, "clearCookies");
    assert.deepEqual(await call(ph, "getCookies"), []);
    const script = path.join(folder, "ph.js");
    fs.writeFileSync(script, "phantom.injectedByTest = 1;");
    assert.equal(await call(ph, "injectJs", script), true);
    assert.equal(typeof ph.process.pid, "number");
  });

  test("a closed page refuses commands, and closing it twice is fine", async () => {
    const page = await ph.createPage();
    await page.close();
    await page.close();
    await assert.rejects(page.get("title"), { code: "ERR_PAGE_CLOSED" });
  });

  test("closing a page ends its navigation", async (t) => {
    const silent = await site({ "/": () => {} });
    t.after(() => silent.close());
    const page = await ph.createPage();
    const opening = page.open(`${silent.url}/`);
    await page.close();
    await assert.rejects(opening, { code: "ERR_PAGE_CLOSED" });
  });

  test("a second open() takes the place of the first, which has failed", async (t) => {
    const silent = await site({ "/": () => {} });
    t.after(() => silent.close());
    const page = await ph.createPage();
    const first = page.open(`${silent.url}/`);
    assert.equal(await page.open(`${pages.url}/`), "success");
    assert.equal(await first, "fail");
    await page.close();
  });

  test("pages that load the same script at the same time are whole when open() succeeds", async (t) => {
    const shared = await site({
      "/script.js": (_request, response) => setTimeout(() => response.end("window.shared = 1;"), 1000),
      "/one": "<script src='/script.js'></script><p id=end>one</p>",
      "/two": "<script src='/script.js'></script><p id=end>two</p>",
    });
    t.after(() => shared.close());
    const texts = await Promise.all(
      ["one", "two"].map(async (name) => {
        const page = await ph.createPage();
        assert.equal(await page.open(`${shared.url}/${name}`), "success");
        const text = await page.evaluate("function () { return document.getElementById('end').textContent + shared; }");
        await page.close();
        return text;
      }),
    );
    assert.deepEqual(texts, ["one1", "two1"]);
  });

  test("opening another fragment of the same document succeeds, without a load", async () => {
    const page = await ph.createPage();
    assert.equal(await page.open(`${pages.url}/`), "success");
    assert.equal(await page.open(`${pages.url}/#part`), "success");
    assert.equal(await page.get("url"), `${pages.url}/#part`);
    assert.equal(await page.open(`${pages.url}/#part`), "success");
    await page.close();
  });

  test("commands run in the order they were given, without waiting for each other", async () => {
    const page = await ph.createPage();
    const done = [];
    await Promise.all([
      page.open(`${pages.url}/slow`).then(() => done.push("open")),
      page.set("scrollPosition", { left: 0, top: 0 }),
      page.set("zoomFactor", 3).then(() => done.push("set")),
      page.get("zoomFactor").then((value) => done.push(value)),
    ]);
    await page.close();
    assert.deepEqual(done, ["set", 3, "open"]);
  });

  test("isolate gives each page cookies of its own", async () => {
    const isolated = await browser({ ...options, isolate: true });
    const [one, two] = await Promise.all([isolated.ph.createPage(), isolated.ph.createPage()]);
    await Promise.all([one.open(`${pages.url}/`), two.open(`${pages.url}/`)]);
    await one.addCookie({ name: "mine", value: "1", domain: "127.0.0.1" });
    assert.equal((await one.getCookies()).length, 1);
    assert.deepEqual(await two.getCookies(), []);
    await isolated.close();
  });

  /** Loads a page and closes it, so that the next one is made in advance. */
  async function crawl() {
    const page = await ph.createPage();
    await page.open(`${pages.url}/`);
    await page.close();
  }

  test("a page that was made in advance is as one made when it is asked for", async () => {
    const names = ["url", "pages", "content", "settings", "viewportSize", "clipRect", "zoomFactor", "customHeaders"];
    const look = async () => {
      const page = await ph.createPage();
      const values = await Promise.all(names.map((name) => page.property(name)));
      await page.close();
      return values;
    };
    // The proxy is the application's: a page made before it is set is not used.
    await ph.setProxy("");
    const whenAsked = await look();
    await crawl();
    await crawl();
    assert.deepEqual(await look(), whenAsked);
  });

  test("a promise that is asked for later than in its own turn comes at once all the same", async () => {
    const begun = performance.now();
    for (let round = 0; round < 20; round += 1) {
      const page = await ph.createPage();
      await page.property("title");
      const closing = page.close();
      await sleep(20);
      await closing;
    }
    // The driver keeps back what nobody waits for until another reply leaves, or 4 s are over.
    assert.ok(performance.now() - begun < 3500);
  });
});
