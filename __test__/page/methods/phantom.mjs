// `ph`, and the objects that it makes. rows.mjs says what a row is.

import assert from "node:assert/strict";
import path from "node:path";
import { isGone, until } from "../../helpers.mjs";
import { bodyOf, COOKIE, namesOf, paper, read, scriptIn, TWICE } from "./checks.mjs";

export const methods = [
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
    // evaluate.test.mjs sees it.
    differs: { chromium: 'beside the pages there is no document: windowProperty("document") is null' },
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
