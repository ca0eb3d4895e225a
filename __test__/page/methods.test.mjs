// Every public method of `ph` and `page`, every event and every property: one table each, with a check of what it does.
// A method without a row fails, and so does a row without a method. docs/page-api.md is written from the same tables:
// UPDATE_DOCS=1 writes it.

import assert from "node:assert/strict";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { browser, site, until } from "../helpers.mjs";
import { membersOf } from "../types/declarations.mjs";

const PNG = "89504e470d0a1a0a";
const PDF = "25504446";
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const LATE = 1_000;

// ---------------------------------------------------------------------------------------------------------------------
// The site

/** What the site was asked for since the case began. */
let requests = [];
const requested = (url) => requests.filter((request) => request.url === url);

const FILE_INPUTS = "<input type=file id=one><input type=file id=many multiple>";

const PAGES = {
  "/": "<title>start</title><p id=p>text</p>",
  "/two": "<title>two</title>",
  "/large": "<title>large</title><body style='margin:0;background:#fff'><div style='width:1000px;height:2000px'></div>",
  "/link":
    "<title>link</title><a id=a href='/two' style='position:absolute;left:0;top:0;width:99px;height:50px'>two</a>",
  "/form":
    "<input id=i><button style='position:absolute;left:0;top:100px;width:100px;height:50px' " +
    "onclick=\"document.title = 'clicked'\">b</button>",
  "/frames": "<title>outer</title><iframe name=one src='/inner'></iframe>",
  "/inner": "<title>inner</title><p>inside</p><input id=i><iframe name=deep src='/two'></iframe>",
  "/files": FILE_INPUTS,
  "/opener": "<title>opener</title><script>function go() { return window.open('/two', 'kid'); }</script>",
  "/script": "<title>before</title><script>document.title = 'after';</script>",
  "/speaks": "<script>console.log('one', 2);</script>",
  "/throws": "<script>\nfunction inner() { throw new TypeError('boo'); }\ninner();</script>",
  "/alerts": "<script>alert('hi é');</script>",
  "/confirms": "<script>answer = confirm('sure?');</script>",
  "/prompts": "<script>answer = prompt('name?', 'none');</script>",
  "/calls": "<script>answer = callPhantom({ a: 1 }, 2);</script>",
  "/picture": "<title>picture</title><img src='/logo.png'>",
  "/same-picture": "<title>same picture</title><img src='/logo.png'>",
  "/stuck": "<title>stuck</title><img src='/never'>",
  "/never": () => {},
  "/lib.js": (_request, response) => response.end("window.fromLib = 42;"),
  "/logo.png": (_request, response) => {
    response.setHeader("content-type", "image/png");
    response.setHeader("cache-control", "max-age=3600");
    response.end(PICTURE);
  },
  "/missing": (_request, response) => response.writeHead(404).end("none"),
  "/echo": (request, response) => {
    let body = "";
    request.setEncoding("latin1").on("data", (data) => {
      body += data;
    });
    request.on("end", () => {
      response.setHeader("content-type", "text/plain; charset=utf-8");
      response.end(JSON.stringify({ method: request.method, body, ...request.headers }));
    });
  },
  "/private": (request, response) => {
    const isIn = request.headers.authorization === `Basic ${Buffer.from("me:secret").toString("base64")}`;
    response.writeHead(isIn ? 200 : 401, isIn ? {} : { "www-authenticate": 'Basic realm="private"' });
    response.end(`<title>${isIn ? "in" : "out"}</title>`);
  },
  "/reflects": (request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<title>calm</title>${decodeURIComponent(request.url.split("?")[1])}`);
  },
};

function noting(serve) {
  return (request, response) => {
    requests.push({ method: request.method, url: request.url, headers: request.headers });
    if (typeof serve === "function") {
      serve(request, response);
    } else {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(serve);
    }
  };
}

/** An HTTP proxy that answers by itself; `url` and `port` say where, `asked` what it was asked for. */
async function proxy() {
  const asked = [];
  const server = http.createServer((request, response) => {
    asked.push(request.url);
    response.setHeader("content-type", "text/html");
    response.end("<title>by the proxy</title>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, port, asked, close };
}

// ---------------------------------------------------------------------------------------------------------------------
// What the checks share

/** The value of an expression in the page. */
const read = (page, expression) => page.evaluate(`function () { return ${expression}; }`);
const bodyOf = async (page) => JSON.parse(await page.get("plainText"));
const namesOf = (cookies) => cookies.map(({ name, value }) => `${name}=${value}`).sort();
const filesOf = (page, id) =>
  read(page, `[].map.call(document.getElementById('${id}').files, function (file) { return file.name; })`);
const click = (page, id) => read(page, `document.getElementById('${id}').click()`);
const magicOf = (bytes, magic) => bytes.subarray(0, magic.length / 2).toString("hex");
const arrivesAt = (page, title) => until(async () => (await page.get("title")) === title, `the page "${title}"`);

/** Width and height of the picture of the page. */
async function picture(page) {
  const bytes = Buffer.from(await page.renderBase64("PNG"), "base64");
  assert.equal(magicOf(bytes, PNG), PNG);
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

/** The PDF of the page as text: what describes the paper is not packed. */
async function paper(page, folder) {
  const file = path.join(folder, "paper.pdf");
  assert.equal(await page.render(file), true);
  return fs.readFileSync(file, "latin1");
}

/** Through XMLHttpRequest: the text, or "refused". */
const fetched = (page, url) =>
  page.evaluate(
    "function (url) { try { var x = new XMLHttpRequest(); x.open('GET', url, false); x.send(); " +
      "return x.responseText; } catch (error) { return 'refused'; } }",
    url,
  );

const ifClosed = (error) => assert.equal(error.code, "ERR_PAGE_CLOSED");

function isGone(pid) {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

const COOKIE = { name: "c", value: "1", domain: "127.0.0.1", path: "/" };
const TWICE = "function (number) { return number * 2; }";
const twoPages = async ({ page, url }) => {
  await page.open(`${url}/`);
  await page.open(`${url}/two`);
};
const scriptIn = (folder) => {
  const file = path.join(folder, "injected.js");
  fs.writeFileSync(file, "this.injected = 'é';");
  return file;
};

// ---------------------------------------------------------------------------------------------------------------------
// The methods
//
// A row: `form`, the arguments as the documents name them; `at`, the page to open before; `prepare`, what else comes
// before; `args`, which a property has none of; and `check(value, context)`, which asserts what the method gave and
// did. `callbackAt` is the place of a callback that is not the last argument. `styles` says where not both styles
// exist: "promise", or "value" for what gives its value at once. `own` asks for a PhantomJS of its own.

/** A row of `page.onX(listener)`: `fire` makes the event happen, `expected` is what the listener gets. */
function eventRow(name, { fire, expected, ...rest }) {
  return {
    on: "page",
    name,
    form: "listener",
    // It returns nothing: an answer from Node would be warned of.
    args: ({ heard }) => [(...args) => void heard.push(args)],
    check: async (value, context) => {
      assert.equal(value ?? null, null);
      await fire(context);
      await until(() => context.heard.length > 0, name);
      const [first] = context.heard;
      if (typeof expected === "function") {
        await expected(first, context);
      } else {
        assert.deepEqual(first, expected);
      }
      const count = context.heard.length;
      await context.page[name](null).catch(ifClosed);
      await fire(context).catch(ifClosed);
      assert.equal(context.heard.length, count, "null removes the listener");
    },
    ...rest,
  };
}

const opens =
  (address) =>
  ({ page, url }) =>
    page.open(`${url}${address}`);

const ROWS = [
  {
    on: "ph",
    name: "addCookie",
    form: "cookie",
    args: [{ name: "c", value: "1", domain: "127.0.0.1" }],
    check: async (value, { page, url }) => {
      assert.equal(value, true);
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page)).cookie, "c=1");
    },
  },
  {
    on: "ph",
    name: "addCookie",
    form: "name, value, domain",
    args: ["d", "2", "127.0.0.1"],
    check: async (value, { page, url }) => {
      assert.equal(value, true);
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page)).cookie, "d=2");
    },
  },
  {
    on: "ph",
    name: "callback",
    form: "fn",
    styles: ["value"],
    at: "/large",
    args: ["function (page, pages) { window.printed = window.printed.concat(page + '/' + pages); return '<b>h</b>'; }"],
    check: async (value, { ph, page, folder }) => {
      await ph.windowProperty("printed", []);
      await page.set("paperSize", { format: "A4", header: { height: "1cm", contents: value } });
      await paper(page, folder);
      const printed = await ph.windowProperty("printed");
      assert.ok(printed.length > 1, "several pages");
      assert.equal(printed[0], `1/${printed.length}`);
    },
  },
  {
    on: "ph",
    name: "clearCookies",
    prepare: ({ ph }) => ph.addCookie(COOKIE),
    args: [],
    check: async (_value, { ph }) => assert.deepEqual(await ph.getCookies(), []),
  },
  {
    on: "ph",
    name: "cookies",
    prepare: ({ ph }) => ph.addCookie(COOKIE),
    args: [],
    check: (value) => assert.deepEqual(namesOf(value), ["c=1"]),
  },
  {
    on: "ph",
    name: "createOutObject",
    styles: ["value"],
    args: [],
    check: async (value, { page }) => {
      await page.on(
        "onConsoleMessage",
        true,
        function keep(text, into) {
          into.text = text;
        },
        value,
      );
      await read(page, "console.log('kept')");
      assert.equal(await value.property("text"), "kept");
    },
  },
  {
    on: "ph",
    name: "createPage",
    args: [],
    check: async (value, { page, url }) => {
      assert.notEqual(value, page);
      assert.equal(await value.open(`${url}/two`), "success");
      await value.close();
    },
  },
  {
    on: "ph",
    name: "defineMethod",
    form: "name, fn",
    callbackAt: 2,
    args: ["twice", TWICE],
    check: async (_value, { ph }) => assert.equal(await ph.invokeMethod("twice", 4), 8),
  },
  {
    on: "ph",
    name: "deleteCookie",
    form: "name",
    prepare: ({ ph }) => ph.addCookie(COOKIE),
    args: ["c"],
    check: async (value, { ph }) => {
      assert.equal(value, true);
      assert.deepEqual(await ph.getCookies(), []);
      assert.equal(await ph.deleteCookie("c"), false);
    },
  },
  {
    on: "ph",
    name: "exit",
    own: true,
    args: [],
    check: (_value, { pid }) => assert.ok(isGone(pid)),
  },
  {
    on: "ph",
    name: "exit",
    form: "code",
    own: true,
    prepare: (context) => {
      context.ph.onExit = (...how) => context.heard.push(how);
    },
    args: [7],
    check: async (_value, { pid, heard }) => {
      assert.ok(isGone(pid));
      await until(() => heard.length > 0, "onExit");
      assert.deepEqual(heard, [[7, null]]);
    },
  },
  {
    on: "ph",
    name: "get",
    form: "name",
    args: ["version.major"],
    check: (value) => assert.equal(value, 2),
  },
  {
    on: "ph",
    name: "getCookies",
    prepare: ({ ph }) => ph.addCookie(COOKIE),
    args: [],
    check: (value) => assert.deepEqual(namesOf(value), ["c=1"]),
  },
  {
    on: "ph",
    name: "injectJs",
    form: "file",
    args: ({ folder }) => [scriptIn(folder)],
    check: async (value, { ph, folder }) => {
      assert.equal(value, true);
      assert.equal(await ph.windowProperty("injected"), "é");
      assert.equal(await ph.injectJs(path.join(folder, "missing.js")), false);
    },
  },
  {
    on: "ph",
    name: "invokeMethod",
    form: "name, ...args",
    args: ["resolveRelativeUrl", "b", "http://a.test/c/"],
    check: async (value, { ph }) => {
      assert.equal(value, "http://a.test/c/b");
      await assert.rejects(ph.invokeMethod("none"), { code: "ERR_PAGE_COMMAND", message: /no method none/ });
    },
  },
  {
    on: "ph",
    name: "kill",
    own: true,
    styles: ["promise"],
    args: [],
    check: async (_value, { ph, pid }) => {
      await until(() => isGone(pid), "the end of PhantomJS");
      await assert.rejects(ph.get("version"), { code: "ERR_BROWSER_GONE" });
    },
  },
  {
    on: "ph",
    name: "onExit",
    own: true,
    styles: ["value"],
    check: async (value, context) => {
      assert.equal(value, null);
      context.ph.onExit = (...how) => context.heard.push(how);
      context.ph.process.kill();
      await until(() => context.heard.length > 0, "onExit");
      assert.deepEqual(context.heard, [[null, "SIGKILL"]]);
    },
  },
  {
    on: "ph",
    name: "process",
    own: true,
    styles: ["value"],
    check: async (value) => {
      assert.equal(isGone(value.pid), false);
      value.kill();
      await until(() => isGone(value.pid), "the end of PhantomJS");
    },
  },
  {
    on: "ph",
    name: "property",
    form: "name",
    args: ["version"],
    check: (value) => assert.deepEqual(value, { major: 2, minor: 1, patch: 1 }),
  },
  {
    on: "ph",
    name: "property",
    form: "name, value",
    args: ({ folder }) => ["libraryPath", folder],
    check: async (value, { ph, folder }) => {
      assert.equal(value, folder);
      assert.equal(await ph.get("libraryPath"), folder);
    },
  },
  {
    on: "ph",
    name: "set",
    form: "name, value",
    args: ["cookiesEnabled", false],
    check: async (value, { ph, page, url }) => {
      assert.equal(value, false);
      await page.open(`${url}/`);
      await read(page, "document.cookie = 'a=1'");
      assert.equal(await read(page, "document.cookie"), "");
      await ph.set("cookiesEnabled", true);
      await read(page, "document.cookie = 'a=1'");
      assert.equal(await read(page, "document.cookie"), "a=1");
    },
  },
  {
    on: "ph",
    name: "setProxy",
    form: "host, port, type, user, password",
    args: ({ proxy }) => ["127.0.0.1", proxy.port, "http", "me", "secret"],
    check: async (_value, { ph, page, proxy, url }) => {
      assert.equal(await page.open("http://named.test/a"), "success");
      assert.equal(await page.get("title"), "by the proxy");
      assert.deepEqual(proxy.asked, ["http://named.test/a"]);
      await page.open(`${url}/two`);
      assert.equal(await page.get("title"), "two", "no proxy is asked for loopback addresses");
      await ph.setProxy("");
      assert.equal(await page.open("http://named.test/b"), "fail");
      assert.equal(proxy.asked.length, 1);
    },
  },
  {
    on: "ph",
    name: "windowProperty",
    form: "name",
    prepare: ({ ph }) => ph.windowProperty("kept", { a: [1] }),
    args: ["kept"],
    check: (value) => assert.deepEqual(value, { a: [1] }),
  },
  {
    on: "ph",
    name: "windowProperty",
    form: "name, value",
    args: ["kept", "é"],
    check: async (value, { ph }) => {
      assert.equal(value, "é");
      assert.equal(await ph.windowProperty("kept"), "é");
    },
  },

  {
    on: "page",
    name: "addCookie",
    form: "cookie",
    at: "/",
    args: [COOKIE],
    check: async (value, { page, url }) => {
      assert.equal(value, true);
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page)).cookie, "c=1");
      assert.equal(await page.addCookie({ ...COOKIE, domain: "other.test" }), false);
    },
  },
  {
    on: "page",
    name: "addCookie",
    form: "cookie",
    at: "/",
    args: [{ name: "c", value: "1" }],
    check: async (value, { page }) => {
      assert.deepEqual(namesOf(await page.cookies()), ["c=1"]);
      assert.equal(value, true);
    },
  },
  {
    on: "page",
    name: "childFramesCount",
    at: "/frames",
    args: [],
    check: (value) => assert.equal(value, 1),
  },
  {
    on: "page",
    name: "childFramesName",
    at: "/frames",
    args: [],
    check: (value) => assert.deepEqual(value, ["one"]),
  },
  {
    on: "page",
    name: "clearCookies",
    at: "/",
    prepare: ({ page }) => page.addCookie(COOKIE),
    args: [],
    check: async (value, { page }) => {
      assert.equal(value, true);
      assert.deepEqual(await page.cookies(), []);
      assert.equal(await page.clearCookies(), false);
    },
  },
  {
    on: "page",
    name: "clearMemoryCache",
    at: "/picture",
    prepare: async ({ page, url }) => {
      await page.clearMemoryCache();
      requests = [];
      await page.open(`${url}/picture`);
      await page.open(`${url}/same-picture`);
      assert.equal(requested("/logo.png").length, 1, "the second comes from the cache");
    },
    args: [],
    check: async (_value, { page, url }) => {
      await page.open(`${url}/picture`);
      assert.equal(requested("/logo.png").length, 2);
    },
  },
  ...["close", "release"].map((name) => ({
    on: "page",
    name,
    args: [],
    check: async (_value, { page }) => {
      await assert.rejects(page.get("title"), { code: "ERR_PAGE_CLOSED" });
      await page[name]();
    },
  })),
  {
    on: "page",
    name: "close",
    at: "/",
    prepare: ({ page }) => read(page, "window.close()"),
    args: [],
    check: (_value, { page }) => assert.rejects(page.get("title"), { code: "ERR_PAGE_CLOSED" }),
  },
  ...["cookies", "getCookies"].map((name) => ({
    on: "page",
    name,
    at: "/",
    prepare: ({ page }) => page.addCookie(COOKIE),
    args: [],
    check: ([cookie, ...more]) => {
      assert.deepEqual(more, []);
      assert.deepEqual(cookie, { ...COOKIE, httponly: false, secure: false });
    },
  })),
  {
    on: "page",
    name: "currentFrameName",
    at: "/frames",
    prepare: ({ page }) => page.switchToFrame("one"),
    args: [],
    check: (value) => assert.equal(value, "one"),
  },
  {
    on: "page",
    name: "defineMethod",
    form: "name, fn",
    callbackAt: 2,
    at: "/two",
    args: ["titled", "function (prefix) { return prefix + this.title; }"],
    check: async (_value, { page }) => assert.equal(await page.invokeMethod("titled", "the "), "the two"),
  },
  {
    on: "page",
    name: "deleteCookie",
    form: "name",
    at: "/",
    prepare: ({ page }) => page.addCookie(COOKIE),
    args: ["c"],
    check: async (value, { page }) => {
      assert.equal(value, true);
      assert.deepEqual(await page.cookies(), []);
      assert.equal(await page.deleteCookie("c"), false);
    },
  },
  {
    on: "page",
    name: "evaluate",
    form: "fn, ...args",
    callbackAt: 1,
    at: "/two",
    args: ["function (a, b) { return { sum: a + b, title: document.title }; }", 1, 2],
    check: (value) => assert.deepEqual(value, { sum: 3, title: "two" }),
  },
  {
    on: "page",
    name: "evaluateAsync",
    form: "fn, delay, ...args",
    at: "/two",
    args: ["function (text) { document.title = text; }", LATE, "later"],
    check: async (_value, { page }) => {
      assert.equal(await page.get("title"), "two");
      await arrivesAt(page, "later");
    },
  },
  {
    on: "page",
    name: "evaluateJavaScript",
    form: "fn",
    callbackAt: 1,
    at: "/two",
    args: ["function () { return document.title; }"],
    check: (value) => assert.equal(value, "two"),
  },
  {
    on: "page",
    name: "get",
    form: "name",
    args: ["settings.loadImages"],
    check: (value) => assert.equal(value, true),
  },
  {
    on: "page",
    name: "getContent",
    at: "/",
    args: [],
    check: (value) => assert.match(value, /<p id="p">text<\/p>/),
  },
  {
    on: "page",
    name: "getPage",
    form: "name",
    at: "/opener",
    prepare: ({ page }) => read(page, "!!go()"),
    args: ["kid"],
    check: async (value, { page }) => {
      await arrivesAt(value, "two");
      assert.equal(await page.getPage("nobody"), null);
    },
  },
  {
    on: "page",
    name: "go",
    form: "steps",
    prepare: twoPages,
    args: [-1],
    check: async (value, { page }) => {
      assert.equal(value, true);
      await arrivesAt(page, "start");
      assert.equal(await page.go(-5), false);
    },
  },
  {
    on: "page",
    name: "goBack",
    prepare: twoPages,
    args: [],
    check: async (value, { page, url }) => {
      assert.equal(value, true);
      await arrivesAt(page, "start");
      assert.equal(await page.get("url"), `${url}/`);
    },
  },
  {
    on: "page",
    name: "goForward",
    prepare: async (context) => {
      await twoPages(context);
      await context.page.goBack();
      await arrivesAt(context.page, "start");
    },
    args: [],
    check: async (value, { page, url }) => {
      assert.equal(value, true);
      await arrivesAt(page, "two");
      assert.equal(await page.get("url"), `${url}/two`);
    },
  },
  {
    on: "page",
    name: "includeJs",
    form: "url",
    at: "/",
    args: ({ url }) => [`${url}/lib.js`],
    check: async (_value, { page }) => assert.equal(await read(page, "fromLib"), 42),
  },
  {
    on: "page",
    name: "injectJs",
    form: "file",
    at: "/",
    args: ({ folder }) => [scriptIn(folder)],
    check: async (value, { page, folder }) => {
      assert.equal(value, true);
      assert.equal(await read(page, "injected"), "é");
      assert.equal(await page.injectJs(path.join(folder, "missing.js")), false);
    },
  },
  {
    on: "page",
    name: "invokeAsyncMethod",
    form: "name, ...args",
    args: ({ url }) => ["open", `${url}/two`],
    check: async (value, { page }) => {
      assert.equal(value, "success");
      assert.equal(await page.get("title"), "two");
    },
  },
  {
    on: "page",
    name: "invokeMethod",
    form: "name, ...args",
    at: "/two",
    args: ["evaluateJavaScript", "function () { return document.title; }"],
    check: async (value, { page }) => {
      assert.equal(value, "two");
      await assert.rejects(page.invokeMethod("none"), { code: "ERR_PAGE_COMMAND", message: /no method none/ });
    },
  },
  {
    on: "page",
    name: "off",
    form: "event",
    prepare: async ({ page, heard, ph }) => {
      await ph.windowProperty("inside", 0);
      await page.on("onConsoleMessage", (text) => heard.push(text));
      await page.on("onConsoleMessage", true, function count() {
        window.inside += 1;
      });
      await read(page, "console.log('first')");
    },
    args: ["onConsoleMessage"],
    check: async (_value, { page, heard, ph }) => {
      await read(page, "console.log('second')");
      assert.deepEqual(heard, ["first"]);
      assert.equal(await ph.windowProperty("inside"), 1);
    },
  },
  ...[
    { form: "event, listener", given: [] },
    { form: "event, false, listener", given: [false] },
  ].map(({ form, given }) => ({
    on: "page",
    name: "on",
    form,
    styles: ["promise"],
    prepare: ({ page, heard }) => page.on("onConsoleMessage", (text) => heard.push(`other ${text}`)),
    args: ({ page, heard }) => [
      "onConsoleMessage",
      ...given,
      function note(text) {
        assert.equal(this, page);
        heard.push(text);
      },
    ],
    check: async (_value, { page, heard }) => {
      await read(page, "console.log('x')");
      assert.deepEqual(heard, ["other x", "x"]);
    },
  })),
  {
    on: "page",
    name: "on",
    form: "event, listener, ...args",
    styles: ["promise"],
    args: ({ heard }) => ["onConsoleMessage", (...args) => heard.push(args), "more"],
    check: async (_value, { page, heard }) => {
      await read(page, "console.log('x')");
      assert.deepEqual(heard, [["x", "more"]]);
    },
  },
  {
    on: "page",
    name: "on",
    form: "event, true, fn, ...args",
    styles: ["promise"],
    args: [
      "onPrompt",
      true,
      function answer(text, preset, suffix) {
        return text + preset + suffix;
      },
      "!",
    ],
    check: async (_value, { page, url }) => {
      await page.open(`${url}/prompts`);
      assert.equal(await read(page, "answer"), "name?none!");
    },
  },
  {
    on: "page",
    name: "loadError",
    styles: ["value"],
    // load-error.test.mjs has the rest.
    check: (value) => assert.equal(value, null),
  },
  {
    on: "page",
    name: "open",
    form: "url",
    args: ({ url }) => [`${url}/two`],
    check: async (value, { page }) => {
      assert.equal(value, "success");
      assert.equal(await page.get("title"), "two");
      assert.equal(await page.open("http://127.0.0.1:9/"), "fail");
    },
  },
  {
    on: "page",
    name: "open",
    form: "url, settings",
    args: ({ url }) => [`${url}/echo`, { operation: "PUT", data: "é", encoding: "utf8", headers: { "X-A": "1" } }],
    check: async (value, { page }) => {
      assert.equal(value, "success");
      const { method, body, "x-a": header } = await bodyOf(page);
      assert.deepEqual([method, Buffer.from(body, "latin1").toString(), header], ["PUT", "é", "1"]);
    },
  },
  {
    on: "page",
    name: "open",
    form: "url, method",
    args: ({ url }) => [`${url}/echo`, "delete"],
    check: async (value, { page }) => {
      assert.equal(value, "success");
      assert.equal((await bodyOf(page)).method, "DELETE");
    },
  },
  {
    on: "page",
    name: "open",
    form: "url, method, data",
    args: ({ url }) => [`${url}/echo`, "post", "a=é"],
    check: async (value, { page, url }) => {
      assert.equal(value, "success");
      assert.equal((await bodyOf(page)).body, "a=é", "Latin-1 where it can hold the body");
      await page.open(`${url}/echo`, "post", "a=é😀");
      assert.equal(Buffer.from((await bodyOf(page)).body, "latin1").toString(), "a=é😀", "else UTF-8");
    },
  },
  {
    on: "page",
    name: "open",
    form: "url, method, data, headers",
    args: ({ url }) => [`${url}/echo`, "post", "a=1", { "X-A": "1" }],
    check: async (value, { page }) => {
      assert.equal(value, "success");
      const { body, "x-a": header } = await bodyOf(page);
      assert.deepEqual([body, header], ["a=1", "1"]);
    },
  },
  {
    on: "page",
    name: "openUrl",
    form: "url",
    args: ({ url }) => [`${url}/two`],
    check: (_value, { page }) => arrivesAt(page, "two"),
  },
  {
    on: "page",
    name: "openUrl",
    form: "url, method",
    args: ({ url }) => [`${url}/two`, "post"],
    check: async (_value, { page }) => {
      await arrivesAt(page, "two");
      assert.equal(requested("/two")[0].method, "POST");
    },
  },
  {
    on: "page",
    name: "openUrl",
    form: "url, method, settings",
    prepare: async (context) => {
      context.settings = await context.page.get("settings");
    },
    args: ({ url, settings }) => [`${url}/two`, "get", { ...settings, userAgent: "another" }],
    check: async (_value, { page, settings }) => {
      await arrivesAt(page, "two");
      assert.equal(requested("/two")[0].headers["user-agent"], "another");
      assert.deepEqual(await page.get("settings"), settings, "the page's own settings stay");
    },
  },
  {
    on: "page",
    name: "property",
    form: "name",
    at: "/two",
    args: ["title"],
    check: (value) => assert.equal(value, "two"),
  },
  {
    on: "page",
    name: "property",
    form: "name, value",
    args: ["viewportSize", { width: 320, height: 200 }],
    check: async (value, { page }) => {
      assert.deepEqual(value, { width: 320, height: 200 });
      assert.deepEqual(await picture(page), [320, 200]);
    },
  },
  {
    on: "page",
    name: "reload",
    at: "/two",
    args: [],
    check: () => until(() => requested("/two").length === 2, "the second load"),
  },
  {
    on: "page",
    name: "render",
    form: "file",
    at: "/",
    args: ({ folder }) => [path.join(folder, "made", "é 😀.png")],
    check: async (value, { page, folder }) => {
      assert.equal(value, true);
      assert.equal(magicOf(fs.readFileSync(path.join(folder, "made", "é 😀.png")), PNG), PNG);
      assert.equal(await page.render(path.join(folder, "a.unknown")), false);
    },
  },
  {
    on: "page",
    name: "render",
    form: "file, options",
    at: "/",
    args: ({ folder }) => [path.join(folder, "pdf"), { format: "pdf" }],
    check: (value, { folder }) => {
      assert.equal(value, true);
      assert.equal(magicOf(fs.readFileSync(path.join(folder, "pdf")), PDF), PDF);
    },
  },
  {
    on: "page",
    name: "renderBase64",
    at: "/",
    args: [],
    check: (value) => assert.equal(magicOf(Buffer.from(value, "base64"), PNG), PNG),
  },
  {
    on: "page",
    name: "renderBase64",
    form: "format",
    at: "/",
    args: ["JPEG"],
    check: async (value, { page }) => {
      assert.equal(magicOf(Buffer.from(value, "base64"), "ffd8ff"), "ffd8ff");
      assert.equal(magicOf(Buffer.from(await page.renderBase64("BMP"), "base64"), "424d"), "424d");
      await assert.rejects(page.renderBase64("GIF"), { code: "ERR_PAGE_COMMAND", message: /cannot make a GIF/ });
    },
  },
  {
    on: "page",
    name: "sendEvent",
    form: "type, x, y, button, modifier",
    at: "/form",
    args: ["click", 50, 120, "left", 0],
    check: async (_value, { page }) => assert.equal(await page.get("title"), "clicked"),
  },
  {
    on: "page",
    name: "sendEvent",
    form: "type, key",
    at: "/form",
    prepare: ({ page }) => read(page, "document.getElementById('i').focus()"),
    args: ["keypress", "aB1"],
    check: async (_value, { page }) => {
      assert.equal(await read(page, "document.getElementById('i').value"), "aB1");
      await page.sendEvent("keypress", await page.get("event.key.Backspace"));
      assert.equal(await read(page, "document.getElementById('i').value"), "aB");
    },
  },
  {
    on: "page",
    name: "set",
    form: "name, value",
    args: ["settings.userAgent", "test agent"],
    check: async (value, { page, url }) => {
      assert.equal(value, "test agent");
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page))["user-agent"], "test agent");
    },
  },
  {
    on: "page",
    name: "set",
    form: "event, listener",
    prepare: ({ page, heard }) => page.set("onConsoleMessage", () => heard.push("replaced")),
    args: ({ heard }) => ["onConsoleMessage", (text) => heard.push(text)],
    check: async (value, { page, heard }) => {
      assert.equal(value ?? null, null);
      await read(page, "console.log('x')");
      await page.set("onConsoleMessage", null);
      await read(page, "console.log('y')");
      assert.deepEqual(heard, ["x"]);
    },
  },
  {
    on: "page",
    name: "setContent",
    form: "html",
    args: ["<title>set</title><p>é😀</p>"],
    check: async (value, { page }) => {
      assert.equal(value, "success");
      assert.equal(await page.get("title"), "set");
      assert.equal(await page.get("plainText"), "é😀");
    },
  },
  {
    on: "page",
    name: "setContent",
    form: "html, url",
    args: ({ url }) => ["<title>set</title><script src='lib.js'></script>", `${url}/set`],
    check: async (value, { page, url }) => {
      assert.equal(value, "success");
      assert.deepEqual([await page.get("url"), await read(page, "fromLib")], [`${url}/set`, 42]);
    },
  },
  {
    on: "page",
    name: "setFileOnPicker",
    form: "file",
    at: "/files",
    args: ({ folder }) => [scriptIn(folder)],
    check: async (_value, { page }) => {
      await click(page, "one");
      assert.deepEqual(await filesOf(page, "one"), ["injected.js"]);
    },
  },
  {
    on: "page",
    name: "setHeaders",
    form: "headers",
    args: [{ "X-A": "1" }],
    check: async (value, { page, url }) => {
      assert.deepEqual(value, { "X-A": "1" });
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page))["x-a"], "1");
    },
  },
  {
    on: "page",
    name: "setPaperSize",
    form: "paper",
    at: "/",
    args: [{ width: "10cm", height: "5cm" }],
    check: async (value, { page, folder }) => {
      assert.deepEqual(value, { width: "10cm", height: "5cm" });
      const [, width, height] = /\/MediaBox \[0 0 (\d+)[.\d]* (\d+)/.exec(await paper(page, folder));
      assert.ok(Math.abs(width / height - 2) < 0.1, `${width} x ${height}`);
    },
  },
  {
    on: "page",
    name: "setProxy",
    form: "url",
    args: ({ proxy }) => [proxy.url],
    check: async (_value, { ph, page, proxy, url }) => {
      assert.equal(await page.open("http://named.test/a"), "success");
      assert.equal(await page.get("title"), "by the proxy");
      await page.open(`${url}/two`);
      assert.equal(await page.get("title"), "by the proxy", "for loopback addresses too");
      const other = await ph.createPage();
      assert.equal(await other.open("http://named.test/b"), "fail", "other pages do without");
      await other.close();
      await page.setProxy("");
      assert.equal(await page.open("http://named.test/c"), "fail");
      assert.deepEqual(proxy.asked, ["http://named.test/a", `${url}/two`]);
    },
  },
  {
    on: "page",
    name: "setViewportSize",
    form: "width, height",
    args: [320, 200],
    check: async (value, { page }) => {
      assert.deepEqual(value, { width: 320, height: 200 });
      assert.deepEqual(await picture(page), [320, 200]);
    },
  },
  {
    on: "page",
    name: "setViewportSize",
    form: "size",
    args: [{ width: 330, height: 210 }],
    check: async (value, { page }) => {
      assert.deepEqual(value, { width: 330, height: 210 });
      assert.deepEqual(await picture(page), [330, 210]);
    },
  },
  {
    on: "page",
    name: "setZoomFactor",
    form: "factor",
    at: "/large",
    prepare: async ({ page }) => assert.deepEqual(await picture(page), [1000, 2000]),
    args: [0.5],
    check: async (value, { page }) => {
      assert.equal(value, 0.5);
      assert.deepEqual(await picture(page), [500, 1000]);
    },
  },
  {
    on: "page",
    name: "setting",
    form: "name",
    args: ["javascriptEnabled"],
    check: (value) => assert.equal(value, true),
  },
  {
    on: "page",
    name: "setting",
    form: "name, value",
    args: ["javascriptEnabled", false],
    check: async (value, { page, url }) => {
      assert.equal(value, false);
      await page.open(`${url}/script`);
      assert.equal(await page.get("title"), "before");
    },
  },
  {
    on: "page",
    name: "stop",
    prepare: async (context) => {
      context.opening = context.page.open(`${context.url}/never`);
      await until(() => requested("/never").length > 0, "the request");
      assert.equal(await context.page.get("loading"), true);
    },
    args: [],
    check: async (_value, { page, opening }) => {
      assert.equal(await opening, "fail");
      assert.equal(await page.get("loading"), false);
    },
  },
  {
    on: "page",
    name: "stopJavaScript",
    at: "/script",
    args: [],
    // There is nothing to stop: while a script runs, PhantomJS takes no commands. Scripts go on as before.
    check: async (value, { page }) => {
      assert.equal(value, null);
      assert.equal(await page.get("title"), "after");
    },
  },
  ...["switchToFrame", "switchToChildFrame"].flatMap((name) =>
    ["one", 0].map((frame) => ({
      on: "page",
      name,
      form: "frame",
      at: "/frames",
      args: [frame],
      check: async (value, { page }) => {
        assert.equal(value, true);
        assert.equal(await page.get("frameName"), "one");
        assert.equal(await read(page, "document.title"), "inner");
        assert.equal(await page[name]("none"), false);
        assert.equal(await page[name](9), false);
      },
    })),
  ),
  {
    on: "page",
    name: "switchToFocusedFrame",
    at: "/frames",
    prepare: async ({ page }) => {
      await page.switchToFrame("one");
      await read(page, "document.getElementById('i').focus()");
      await page.switchToMainFrame();
    },
    args: [],
    check: async (_value, { page }) => assert.equal(await page.get("frameName"), "one"),
  },
  {
    on: "page",
    name: "switchToMainFrame",
    at: "/frames",
    prepare: async ({ page }) => {
      await page.switchToFrame("one");
      assert.equal(await page.switchToFrame("deep"), true);
    },
    args: [],
    check: async (_value, { page }) => assert.equal(await read(page, "document.title"), "outer"),
  },
  {
    on: "page",
    name: "switchToParentFrame",
    at: "/frames",
    prepare: async ({ page }) => {
      await page.switchToFrame("one");
      assert.equal(await page.switchToFrame("deep"), true);
    },
    args: [],
    check: async (value, { page }) => {
      assert.equal(value, true);
      assert.equal(await page.get("frameName"), "one");
      await page.switchToParentFrame();
      assert.equal(await page.switchToParentFrame(), false);
    },
  },
  {
    on: "page",
    name: "uploadFile",
    form: "selector, file",
    at: "/files",
    args: ({ folder }) => ["#one", scriptIn(folder)],
    check: async (_value, { page }) => assert.deepEqual(await filesOf(page, "one"), ["injected.js"]),
  },
  {
    on: "page",
    name: "uploadFile",
    form: "selector, files",
    at: "/files",
    args: ({ folder }) => {
      const other = path.join(folder, "é 😀.txt");
      fs.writeFileSync(other, "content");
      return ["#many", [scriptIn(folder), other]];
    },
    check: async (_value, { page }) => assert.deepEqual(await filesOf(page, "many"), ["injected.js", "é 😀.txt"]),
  },

  eventRow("onAlert", { fire: opens("/alerts"), expected: ["hi é"] }),
  eventRow("onCallback", { fire: opens("/calls"), expected: [{ a: 1 }, 2] }),
  eventRow("onClosing", {
    at: "/",
    fire: ({ page }) => read(page, "window.close()"),
    expected: ([closing], { page }) => assert.equal(closing, page),
  }),
  eventRow("onConfirm", { fire: opens("/confirms"), expected: ["sure?"] }),
  eventRow("onConsoleMessage", { fire: opens("/speaks"), expected: ["one 2"] }),
  eventRow("onError", {
    fire: opens("/throws"),
    expected: ([message, trace], { url }) => {
      assert.equal(message, "TypeError: boo");
      assert.deepEqual(trace, [{ file: `${url}/throws`, line: 2, function: "inner" }]);
    },
  }),
  eventRow("onFilePicker", { at: "/files", fire: ({ page }) => click(page, "one"), expected: [""] }),
  eventRow("onInitialized", { fire: opens("/"), expected: [] }),
  eventRow("onLoadFinished", { fire: opens("/"), expected: ["success"] }),
  eventRow("onLoadStarted", { fire: opens("/"), expected: [] }),
  // PhantomJS 2.1.1 never emits it by itself, so a function in there does.
  eventRow("onLongRunningScript", {
    fire: async ({ page }) => {
      await page.defineMethod("emit", "function () { this._getJsInterruptCallback().called([]); }");
      await page.invokeMethod("emit");
    },
    expected: [],
  }),
  eventRow("onNavigationRequested", {
    fire: opens("/two"),
    expected: (args, { url }) => assert.deepEqual(args, [`${url}/two`, "Other", true, true]),
  }),
  eventRow("onPageCreated", {
    at: "/opener",
    fire: ({ page }) => read(page, "!!go()"),
    expected: async ([created], { page }) => {
      await arrivesAt(created, "two");
      assert.deepEqual(await page.get("pages"), [created]);
    },
  }),
  eventRow("onPrompt", { fire: opens("/prompts"), expected: ["name?", "none"] }),
  eventRow("onRepaintRequested", {
    fire: opens("/large"),
    expected: (args) => {
      assert.equal(args.length, 4);
      assert.ok(args.every(Number.isInteger), `${args}`);
    },
  }),
  eventRow("onResourceError", {
    fire: opens("/missing"),
    expected: ([error], { url }) => {
      assert.match(error.errorString, /Not Found/);
      assert.deepEqual(error, {
        id: error.id,
        url: `${url}/missing`,
        errorCode: 203,
        errorString: error.errorString,
        status: 404,
        statusText: "Not Found",
      });
    },
  }),
  eventRow("onResourceReceived", {
    fire: opens("/two"),
    expected: ([start], { heard, url }) => {
      const [end] = heard[1];
      const common = { id: start.id, url: `${url}/two`, status: 200, statusText: "OK", redirectURL: null };
      assert.deepEqual([start.stage, end.stage, start.bodySize], ["start", "end", PAGES["/two"].length]);
      for (const response of [start, end]) {
        assert.deepEqual({ ...common, ...response }, response);
        assert.equal(response.contentType, "text/html; charset=utf-8");
        assert.ok(
          response.headers.some(({ name, value }) => name === "content-type" && value === response.contentType),
        );
        assert.equal(new Date(response.time).toISOString(), response.time);
      }
    },
  }),
  {
    on: "page",
    name: "onResourceRequested",
    form: "fn, listener, ...args",
    styles: ["promise"],
    prepare: ({ page }) => page.clearMemoryCache(),
    args: ({ heard }) => [
      function choose(data, request, suffix) {
        if (data.url.indexOf("logo") > 0) {
          request.abort();
        } else if (data.url.indexOf("old") > 0) {
          request.changeUrl(data.url.replace("old", "echo"));
        }
        request.setHeader("X-A", "1" + suffix);
      },
      (data) => heard.push(data),
      "!",
    ],
    check: async (_value, { page, url, heard }) => {
      const errors = [];
      await page.set("onResourceError", ({ url, errorCode }) => errors.push([url, errorCode]));
      await page.open(`${url}/picture`);
      assert.deepEqual(
        heard.map((data) => [data.method, data.url]),
        [
          ["GET", `${url}/picture`],
          ["GET", `${url}/logo.png`],
        ],
      );
      assert.equal(requested("/logo.png").length, 0);
      assert.deepEqual(errors, [["", 301]]);
      await page.open(`${url}/old`);
      assert.equal((await bodyOf(page))["x-a"], "1!");
      await page.open(`${url}/echo`, "post", "a=1");
      assert.equal(heard.at(-1).postData, "a=1");
    },
  },
  eventRow("onResourceTimeout", {
    prepare: ({ page }) => page.set("settings.resourceTimeout", LATE),
    fire: opens("/stuck"),
    expected: ([late], { url }) => {
      assert.deepEqual([late.url, late.method, late.errorCode], [`${url}/never`, "GET", 408]);
      assert.ok(late.headers.length > 0);
    },
  }),
  eventRow("onUrlChanged", {
    fire: opens("/two"),
    expected: (args, { url }) => assert.deepEqual(args, [`${url}/two`]),
  }),

  {
    on: "out",
    name: "property",
    form: "name",
    styles: ["promise"],
    prepare: async ({ ph, out }) => {
      await ph.windowProperty("shared", out);
      await ph.defineMethod("fill", "function () { window.shared.list = ['é']; }");
      await ph.invokeMethod("fill");
    },
    args: ["list"],
    check: async (value, { out }) => {
      assert.deepEqual(value, ["é"]);
      assert.equal(await out.property("none"), null);
    },
  },
  {
    on: "out",
    name: "target",
    styles: ["value"],
    check: (value) => assert.match(value, /^OutObject\$\d+$/),
  },
];

// ---------------------------------------------------------------------------------------------------------------------
// The properties of a page
//
// A row: `at` and `prepare` as above; `get`, the expected value or a check of it; for one that can be set, `set`, the
// value or what gives it, and `effect(context)`, which asserts what that did.

const setting = (name, row) => ({ name: `settings.${name}`, ...row });

const PROPERTIES = [
  {
    name: "canGoBack",
    prepare: twoPages,
    get: true,
  },
  {
    name: "canGoForward",
    prepare: async (context) => {
      await twoPages(context);
      await context.page.goBack();
      await arrivesAt(context.page, "start");
    },
    get: true,
  },
  {
    name: "clipRect",
    at: "/large",
    get: { left: 0, top: 0, width: 0, height: 0 },
    set: { left: 10, top: 20, width: 120, height: 50 },
    effect: async ({ page }) => assert.deepEqual(await picture(page), [120, 50]),
  },
  {
    name: "content",
    at: "/",
    get: (value) => assert.match(value, /<p id="p">text<\/p>/),
    set: "<html><head><title>set</title></head><body></body></html>",
    effect: async ({ page }) => assert.equal(await read(page, "document.title"), "set"),
  },
  {
    name: "cookies",
    at: "/",
    get: [],
    set: [{ ...COOKIE, httponly: false, secure: false }],
    effect: async ({ page, url }) => {
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page)).cookie, "c=1");
    },
  },
  {
    name: "customHeaders",
    get: {},
    set: { "X-A": "1" },
    effect: async ({ page, url }) => {
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page))["x-a"], "1");
    },
  },
  {
    name: "event",
    // Setting it would only take the codes away.
    isPlain: true,
    get: ({ key, modifier }) => assert.deepEqual([key.A, modifier.shift], [65, 0x02000000]),
  },
  {
    name: "focusedFrameName",
    at: "/frames",
    prepare: async ({ page }) => {
      await page.switchToFrame("one");
      await read(page, "document.getElementById('i').focus()");
    },
    get: "one",
  },
  {
    name: "frameContent",
    at: "/frames",
    prepare: ({ page }) => page.switchToFrame("one"),
    get: (value) => assert.match(value, /<p>inside<\/p>/),
    set: "<html><head></head><body>set</body></html>",
    effect: async ({ page }) => {
      await page.switchToMainFrame();
      assert.equal(await read(page, "frames[0].document.body.textContent"), "set");
    },
  },
  { name: "frameName", at: "/frames", prepare: ({ page }) => page.switchToFrame("one"), get: "one" },
  {
    name: "framePlainText",
    at: "/frames",
    prepare: ({ page }) => page.switchToFrame("one"),
    get: (value) => assert.match(value, /inside/),
  },
  { name: "framesCount", at: "/frames", get: 1 },
  { name: "framesName", at: "/frames", get: ["one"] },
  { name: "frameTitle", at: "/frames", prepare: ({ page }) => page.switchToFrame("one"), get: "inner" },
  {
    name: "frameUrl",
    at: "/frames",
    prepare: ({ page }) => page.switchToFrame("one"),
    get: (value, { url }) => assert.equal(value, `${url}/inner`),
  },
  {
    name: "libraryPath",
    at: "/",
    get: (value) => assert.ok(path.isAbsolute(value)),
    set: ({ folder }) => folder,
    effect: async ({ page, folder }) => {
      scriptIn(folder);
      assert.equal(await page.injectJs("injected.js"), true);
      assert.equal(await read(page, "injected"), "é");
    },
  },
  {
    name: "loading",
    prepare: async ({ page, url }) => {
      await page.openUrl(`${url}/never`);
      await until(() => requested("/never").length > 0, "the request");
    },
    get: true,
  },
  {
    name: "loadingProgress",
    prepare: async ({ page, url }) => {
      await page.openUrl(`${url}/never`);
      await until(() => requested("/never").length > 0, "the request");
    },
    get: (value) => assert.ok(value > 0 && value < 100, `${value}`),
  },
  {
    name: "navigationLocked",
    at: "/link",
    get: false,
    set: true,
    effect: async ({ page }) => {
      const refused = [];
      await page.on("onNavigationRequested", (_url, type, willNavigate) => refused.push([type, willNavigate]));
      await click(page, "a");
      await until(() => refused.length > 0, "onNavigationRequested");
      assert.deepEqual(refused, [["LinkClicked", false]]);
      assert.equal(await page.get("title"), "link");
    },
  },
  { name: "offlineStoragePath", get: (value) => assert.match(value, /PhantomJS/) },
  { name: "offlineStorageQuota", get: 5 * 1024 * 1024 },
  {
    name: "ownsPages",
    at: "/opener",
    get: true,
    set: false,
    effect: async ({ page }) => {
      const created = [];
      await page.set("onPageCreated", (child) => created.push(child));
      await read(page, "!!go()");
      assert.deepEqual(await page.get("pages"), []);
      await page.close();
      await arrivesAt(created[0], "two");
      await created[0].close();
    },
  },
  {
    name: "pages",
    at: "/opener",
    prepare: ({ page }) => read(page, "!!go()"),
    get: async (value, { page }) => assert.deepEqual(value, [await page.getPage("kid")]),
  },
  { name: "pagesWindowName", at: "/opener", prepare: ({ page }) => read(page, "!!go()"), get: ["kid"] },
  {
    name: "paperSize",
    at: "/",
    get: {},
    set: { width: "5cm", height: "10cm" },
    effect: async ({ page, folder }) => {
      const [, width, height] = /\/MediaBox \[0 0 (\d+)[.\d]* (\d+)/.exec(await paper(page, folder));
      assert.ok(Math.abs(height / width - 2) < 0.1, `${width} x ${height}`);
    },
  },
  { name: "plainText", at: "/", get: "text" },
  {
    name: "scrollPosition",
    at: "/large",
    get: { left: 0, top: 0 },
    set: { left: 20, top: 300 },
    effect: async ({ page }) => assert.deepEqual(await read(page, "[pageXOffset, pageYOffset]"), [20, 300]),
  },
  {
    name: "settings",
    get: async (value, { ph }) => assert.deepEqual(value, await ph.get("defaultPageSettings")),
    set: async ({ ph }) => ({ ...(await ph.get("defaultPageSettings")), userAgent: "whole" }),
    effect: async ({ page, url }) => {
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page))["user-agent"], "whole");
    },
  },
  { name: "title", at: "/two", get: "two" },
  { name: "url", at: "/two", get: (value, { url }) => assert.equal(value, `${url}/two`) },
  {
    name: "viewportSize",
    get: { width: 400, height: 300 },
    set: { width: 320, height: 200 },
    effect: async ({ page }) => assert.deepEqual(await read(page, "[innerWidth, innerHeight]"), [320, 200]),
  },
  { name: "windowName", at: "/", prepare: ({ page }) => read(page, "window.name = 'named'"), get: "named" },
  {
    name: "zoomFactor",
    at: "/large",
    get: 1,
    set: 0.5,
    effect: async ({ page }) => assert.deepEqual(await picture(page), [500, 1000]),
  },

  setting("javascriptCanCloseWindows", {
    get: true,
    set: false,
    effect: async ({ page, url }) => {
      await page.open(`${url}/`);
      const closing = [];
      await page.set("onClosing", () => closing.push(true));
      await read(page, "window.close()");
      await until(() => closing.length > 0, "the end that PhantomJS 2.1.1 allows in any case");
    },
  }),
  setting("javascriptCanOpenWindows", {
    get: true,
    set: false,
    effect: async ({ page, url }) => {
      await page.open(`${url}/opener`);
      assert.equal(await read(page, "!!go()"), true, "PhantomJS 2.1.1 ignores the setting");
    },
  }),
  setting("javascriptEnabled", {
    get: true,
    set: false,
    effect: async ({ page, url }) => {
      await page.open(`${url}/script`);
      assert.equal(await page.get("title"), "before");
    },
  }),
  setting("loadImages", {
    get: true,
    set: false,
    effect: async ({ page, url }) => {
      await page.clearMemoryCache();
      await page.open(`${url}/picture`);
      assert.equal(requested("/logo.png").length, 0);
    },
  }),
  setting("localToRemoteUrlAccessEnabled", {
    get: false,
    set: true,
    effect: async ({ page, url, folder }) => {
      const file = path.join(folder, "local.html");
      fs.writeFileSync(file, "<title>local</title>");
      await page.open(`file://${file}`);
      assert.match(await fetched(page, `${url}/two`), /two/);
      await page.set("settings.localToRemoteUrlAccessEnabled", false);
      await page.open(`file://${file}`);
      assert.equal(await fetched(page, `${url}/two`), "refused");
    },
  }),
  setting("maxAuthAttempts", {
    get: null,
    set: 2,
    effect: async ({ page, url }) => {
      await page.set("settings.userName", "me");
      await page.set("settings.password", "wrong");
      assert.equal(await page.open(`${url}/private`), "fail");
      const limited = requests.length;
      await page.set("settings.maxAuthAttempts", 5);
      assert.equal(await page.open(`${url}/private`), "fail");
      assert.ok(requests.length - limited > limited, `${limited} of ${requests.length}`);
    },
  }),
  setting("password", {
    get: null,
    set: "secret",
    effect: async ({ page, url }) => {
      await page.set("settings.userName", "me");
      await page.open(`${url}/private`);
      assert.equal(await page.get("title"), "in");
    },
  }),
  setting("resourceTimeout", {
    get: null,
    set: LATE,
    effect: async ({ page, url }) => {
      assert.equal(await page.open(`${url}/stuck`), "success");
      assert.equal(await page.get("title"), "stuck");
    },
  }),
  setting("userAgent", {
    get: (value) => assert.match(value, /PhantomJS\/2\.1\.1/),
    set: "test agent",
    effect: async ({ page, url }) => {
      await page.open(`${url}/echo`);
      assert.equal((await bodyOf(page))["user-agent"], "test agent");
    },
  }),
  setting("userName", {
    get: null,
    set: "me",
    effect: async ({ page, url }) => {
      await page.set("settings.password", "secret");
      await page.open(`${url}/private`);
      assert.equal(await page.get("title"), "in");
    },
  }),
  setting("webSecurityEnabled", {
    get: true,
    set: false,
    effect: async ({ page, url, other }) => {
      await page.open(`${url}/`);
      assert.match(await fetched(page, `${other}/`), /hello from/);
      await page.set("settings.webSecurityEnabled", true);
      await page.open(`${url}/`);
      assert.equal(await fetched(page, `${other}/`), "refused");
    },
  }),
  setting("XSSAuditingEnabled", {
    get: false,
    set: true,
    effect: async ({ page, url }) => {
      const attack = `${url}/reflects?${encodeURIComponent("<script>document.title = 'attacked';</script>")}`;
      await page.open(attack);
      assert.equal(await page.get("title"), "calm");
      await page.set("settings.XSSAuditingEnabled", false);
      await page.open(attack);
      assert.equal(await page.get("title"), "attacked");
    },
  }),
];

// ---------------------------------------------------------------------------------------------------------------------
// Running the tables

const STYLES = {
  /** Fails when the callback gets anything but the value alone. */
  callback: async (subject, name, args, callbackAt = args.length) => {
    const values = await new Promise((resolve, reject) => {
      const promise = subject[name](...args.toSpliced(callbackAt, 0, (...values) => resolve(values)));
      // It resolves after the callback, and after an error without one.
      promise.then(() => reject(new Error(`${name} did not call back`)), reject);
    });
    assert.equal(values.length, 1, "a callback gets the value alone");
    return values[0];
  },
  promise: (subject, name, args) => {
    const promise = subject[name](...args);
    assert.ok(promise instanceof Promise);
    return promise;
  },
  value: (subject, name, args) => (typeof subject[name] === "function" ? subject[name](...args) : subject[name]),
};

const stylesOf = ({ styles = ["callback", "promise"] }) => styles;

let shared;
let pages;
let other;
let proxied;

before(async () => {
  proxied = await proxy();
  pages = await site(Object.fromEntries(Object.entries(PAGES).map(([name, serve]) => [name, noting(serve)])));
  other = await site();
  shared = await browser();
});
after(async () => {
  await shared.close();
  await pages.close();
  await other.close();
  await proxied.close();
});

/** Runs `body` with what a case needs, and takes it all away again. */
async function inContext(row, body) {
  const started = row.own ? await browser() : shared;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-methods-"));
  const { ph } = started;
  const context = {
    ph,
    pid: ph.process.pid,
    page: await ph.createPage(),
    proxy: proxied,
    out: ph.createOutObject(),
    url: pages.url,
    other: other.url,
    folder,
    heard: [],
  };
  requests = [];
  proxied.asked.length = 0;
  try {
    if (row.at) {
      assert.equal(await context.page.open(`${pages.url}${row.at}`), "success");
    }
    await row.prepare?.(context);
    await body(context);
  } finally {
    fs.rmSync(folder, { recursive: true });
    if (row.own) {
      await started.close();
    } else {
      await context.page.close().catch(ifClosed);
      await ph.clearCookies();
    }
  }
}

const given = (value, context) => (typeof value === "function" ? value(context) : value);

for (const row of ROWS) {
  for (const style of stylesOf(row)) {
    test(`${row.on}.${row.name}(${row.form ?? ""}) (${style})`, () =>
      inContext(row, async (context) => {
        const args = given(row.args ?? [], context);
        const value = await STYLES[style](context[row.on], row.name, args, row.callbackAt);
        await row.check(value, context);
      }));
  }
}

async function checkValue(row, value, context) {
  if (typeof row.get === "function") {
    await row.get(value, context);
  } else {
    assert.deepEqual(value, row.get);
  }
}

for (const row of PROPERTIES) {
  for (const style of ["callback", "promise"]) {
    const call = (name, context, ...args) => STYLES[style](context.page, name, args);
    test(`page.${row.name}: get (${style})`, () =>
      inContext(row, async (context) => {
        await checkValue(row, await call("get", context, row.name), context);
      }));
    if ("set" in row) {
      test(`page.${row.name}: set (${style})`, () =>
        inContext(row, async (context) => {
          const value = await given(row.set, context);
          assert.deepEqual(await call("set", context, row.name, value), value);
          assert.deepEqual(await context.page.get(row.name), value);
          await row.effect(context);
        }));
    } else if (!row.isPlain) {
      test(`page.${row.name} cannot be set (${style})`, () =>
        inContext(row, async (context) => {
          await call("set", context, row.name, "other");
          await checkValue(row, await context.page.get(row.name), context);
        }));
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Nothing goes stale

const INTERFACES = { ph: "Phantom", page: "Page", out: "OutObject" };

/** The public members of an object's class, and its own. */
function publicNames(subject) {
  const names = [...Object.getOwnPropertyNames(Object.getPrototypeOf(subject)), ...Object.getOwnPropertyNames(subject)];
  return names.filter((name) => !/^(_|constructor$|toJSON$)/.test(name));
}

for (const [on, declared] of Object.entries(INTERFACES)) {
  test(`${on}: the rows, the public members and ${declared} in index.d.ts are the same`, () =>
    inContext({}, (context) => {
      const rows = [...new Set(ROWS.filter((row) => row.on === on).map(({ name }) => name))].sort();
      assert.deepEqual(rows, publicNames(context[on]).sort(), "rows and members");
      assert.deepEqual(rows, [...membersOf(declared).keys()].sort(), "rows and declarations");
    }));
}

test("every event of PhantomJS is declared, and has a row", async () => {
  const events = ROWS.filter(({ on, name }) => on === "page" && /^on[A-Z]/.test(name)).map(({ name }) => name);
  assert.deepEqual([...membersOf("PageEvents").keys()].sort(), events.sort());
  for (const name of membersOf("PageEventsInside").keys()) {
    assert.ok(events.includes(name), name);
  }
});

test("the property rows, PhantomJS's own properties and index.d.ts are the same", () =>
  inContext({}, async ({ page }) => {
    const isSetting = ({ name }) => name.startsWith("settings.");
    const writable = (rows) => rows.filter((row) => "set" in row).map(({ name }) => name.replace("settings.", ""));
    const settings = PROPERTIES.filter(isSetting);
    const properties = PROPERTIES.filter((row) => !isSetting(row));
    const names = properties.map(({ name }) => name).sort();
    assert.deepEqual([...membersOf("PageProperties").keys()].sort(), names);
    assert.deepEqual([...membersOf("WritablePageProperties").keys()].sort(), writable(properties).sort());
    assert.deepEqual([...membersOf("PageSettings").keys()].sort(), writable(settings).sort());
    assert.equal(settings.length, writable(settings).length);
    await page.defineMethod(
      "names",
      "function () { var names = []; for (var key in this) { if (typeof this[key] !== 'function') { " +
        "names.push(key); } } return names; }",
    );
    // Qt's name of the object, and a handle that only PhantomJS's own scripts can use.
    const internal = ["objectName", "cookieJar"];
    for (const name of await page.invokeMethod("names")) {
      assert.ok(names.includes(name) || internal.includes(name), `PhantomJS has ${name}`);
    }
  }));

// ---------------------------------------------------------------------------------------------------------------------
// The documents

const DOCUMENT = new URL("../../docs/page-api.md", import.meta.url);
const cell = (text) => text.replace(/\s+/g, " ").replaceAll("|", "\\|");
const code = (text) => `\`${cell(text)}\``;
const table = (head, rows) => [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** `page.open(url, callback)`; what has no arguments is a property. */
function callForm({ on, name, form, args, callbackAt = Infinity }, style) {
  const params = form ? form.split(", ") : [];
  if (style === "callback") {
    params.splice(callbackAt, 0, "callback");
  }
  return code(`${on}.${name}${args ? `(${params.join(", ")})` : ""}`);
}

/** The forms of one method in each style, and how many cases test them. */
function formsOf(on, name) {
  const cases = ROWS.filter((row) => row.on === on && row.name === name);
  const inStyle = (style) => cases.filter((row) => stylesOf(row).includes(style));
  const forms = (style) => [...new Set(inStyle(style).map((row) => callForm(row, style)))].join("<br>") || "–";
  const tested = { callback: "callback", promise: "promise", value: "at once" };
  return {
    callback: forms("callback"),
    promise: inStyle("value").length ? forms("value") : forms("promise"),
    tested: Object.entries(tested)
      .filter(([style]) => inStyle(style).length > 0)
      .map(([style, text]) => `${text} ${inStyle(style).length}`)
      .join(", "),
  };
}

const isEvent = (name) => /^on[A-Z]/.test(name) && name !== "onExit";
const namesIn = (on) => [...new Set(ROWS.filter((row) => row.on === on).map(({ name }) => name))].sort();

function methodTable(on) {
  const declared = membersOf(INTERFACES[on]);
  const rows = namesIn(on)
    .filter((name) => !isEvent(name))
    .map((name) => {
      const { callback, promise, tested } = formsOf(on, name);
      return [code(name), callback, promise, cell(declared.get(name)?.summary ?? ""), tested];
    });
  return table(["method", "with a callback", "with a promise", "what it does", "tested cases"], rows);
}

function eventTable() {
  const events = membersOf("PageEvents");
  const rows = namesIn("page")
    .filter(isEvent)
    .map((name) => {
      const { callback, promise, tested } = formsOf("page", name);
      const { type, summary } = events.get(name);
      const args = type === "[]" ? "" : code(type.slice(1, -1).replaceAll("Untyped", "any"));
      return [code(name), callback, promise, args, cell(summary), tested];
    });
  return table(["event", "with a callback", "with a promise", "arguments in Node", "when", "tested cases"], rows);
}

function methodDocument() {
  return [
    "### `ph`",
    methodTable("ph"),
    "### `page`",
    methodTable("page"),
    "### `page.onX`",
    eventTable(),
    "### `out = ph.createOutObject()`",
    methodTable("out"),
  ].join("\n\n");
}

function propertyDocument() {
  const settings = [...membersOf("PageSettings")].map(([name, value]) => [`settings.${name}`, value]);
  const declared = new Map([...membersOf("PageProperties"), ...settings]);
  const rows = PROPERTIES.map((row) => [
    code(row.name),
    cell(declared.get(row.name)?.summary ?? ""),
    "set" in row ? "get, set" : "get",
  ]);
  return table(["property", "what it is", "tested"], rows);
}

test("docs/page-api.md has the tables of these tests", () => {
  let text = fs.readFileSync(DOCUMENT, "utf8");
  for (const [part, made] of [
    ["methods", methodDocument()],
    ["properties", propertyDocument()],
  ]) {
    const marked = new RegExp(`(<!-- ${part} -->\n)[^]*?(\n<!-- /${part} -->)`);
    assert.match(text, marked);
    text = text.replace(marked, (_all, begin, end) => `${begin}\n${made}\n${end}`);
  }
  if (process.env.UPDATE_DOCS) {
    fs.writeFileSync(DOCUMENT, text);
  }
  // By line, so that a failure shows the lines that differ and not the whole.
  assert.deepEqual(fs.readFileSync(DOCUMENT, "utf8").split("\n"), text.split("\n"));
});
