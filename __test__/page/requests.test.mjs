// What open() sends: methods, bodies and headers; and what is refused because it would not be one header.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { browser, onEachBrowser, site } from "../helpers.mjs";

onEachBrowser((options) => {
  let started;
  let pages;
  let ph;
  let page;
  // The last request that came.
  let request;

  before(async () => {
    pages = await site({
      "/": (incoming, response) => {
        const chunks = [];
        incoming.on("data", (chunk) => chunks.push(chunk));
        incoming.on("end", () => {
          const { method, headers, rawHeaders } = incoming;
          request = { method, headers, rawHeaders, body: Buffer.concat(chunks) };
          response.setHeader("cache-control", "no-store");
          response.end("<title>page</title><input type=file id=f>");
        });
      },
    });
    started = await browser(options);
    ({ ph } = started);
    page = await ph.createPage();
  });
  after(async () => {
    await started.close();
    await pages.close();
  });

  const FORM = "application/x-www-form-urlencoded";
  const json = { "content-type": "application/json; charset=utf-8" };

  // What is given, and what is sent for it.
  const BODIES = [
    [
      "a flat object",
      { a: "1 & 2", b: 3, c: true, d: null, e: undefined, é: "ü😀" },
      "a=1+%26+2&b=3&c=true&d=&%C3%A9=%C3%BC%F0%9F%98%80",
    ],
    ["an array in it", { a: [1, "b", null] }, "a=1&a=b&a="],
    ["an object in it", { a: { b: 1, c: [2, 3], d: { e: 4 } } }, "a%5Bb%5D=1&a%5Bc%5D=2&a%5Bc%5D=3&a%5Bd%5D%5Be%5D=4"],
    ["objects in an array", { a: [{ b: 1 }, { b: 2 }] }, "a%5B0%5D%5Bb%5D=1&a%5B1%5D%5Bb%5D=2"],
    ["a date", { at: new Date(0) }, "at=1970-01-01T00%3A00%3A00.000Z"],
    ["no fields", {}, ""],
    [
      "URLSearchParams",
      new URLSearchParams([
        ["a", "1"],
        ["a", "é"],
      ]),
      "a=1&a=%C3%A9",
    ],
    ["text", "a=1", "a=1"],
  ];
  for (const [what, data, sent] of BODIES) {
    for (const [form, args] of Object.entries({
      "{ method }": [{ method: "POST", data }],
      "{ operation }": [{ operation: "post", data }],
      "method, data": ["POST", data],
      "method, data, headers": ["POST", data, { "x-a": "1" }],
    })) {
      test(`open(url, ${form}): ${what} as a form`, async () => {
        assert.equal(await page.open(pages.url, ...args), "success");
        assert.equal(request.method, "POST");
        assert.equal(request.body.toString(), sent);
        assert.equal(request.headers["content-type"], FORM);
        assert.equal(request.headers["x-a"], args.length > 2 ? "1" : undefined);
      });
    }
  }

  test("an object under a JSON type goes as JSON, bytes as they are", async () => {
    const data = { a: [1, { b: "é😀" }], c: null };
    for (const headers of [json, { "Content-Type": "application/vnd.api+json" }]) {
      await page.open(pages.url, { method: "PUT", data, headers });
      assert.equal(request.method, "PUT");
      assert.deepEqual(JSON.parse(request.body), data);
    }
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    await page.open(pages.url, { method: "POST", data: bytes });
    assert.deepEqual(request.body, bytes);
  });

  test("operation goes before method; openUrl takes the same", async () => {
    await page.open(pages.url, { method: "GET", operation: "POST", data: "a" });
    assert.equal(request.method, "POST");
    const loaded = new Promise((resolve) => page.set("onLoadFinished", resolve));
    await page.openUrl(pages.url, { method: "DELETE" }, { userAgent: "one/1" });
    await loaded;
    await page.off("onLoadFinished");
    assert.equal(request.method, "DELETE");
    assert.equal(request.headers["user-agent"], "one/1");
  });

  test("a method that PhantomJS does not have is refused, and not waited for", async () => {
    const refused = { code: "ERR_PAGE_COMMAND", message: /no method PATCH, only GET, HEAD/ };
    await assert.rejects(page.open(pages.url, { method: "PATCH" }), refused);
    await assert.rejects(page.open(pages.url, "PATCH"), refused);
    await assert.rejects(page.openUrl(pages.url, "PATCH"), refused);
    assert.equal(await page.open(pages.url), "success");
  });

  const EVIL = ["1\r\nX-Evil: yes", "1\nX-Evil: yes", "1\rX-Evil: yes", "1\0"];
  const cookieOf = (value) => ({ name: "a", value, domain: "127.0.0.1" });
  const INJECTIONS = {
    "open, headers": (evil) => page.open(pages.url, { headers: { "x-a": evil } }),
    "open, headers behind the data": (evil) => page.open(pages.url, "POST", "", { "x-a": evil }),
    "open, a header's name": (evil) => page.open(pages.url, { headers: { [evil]: "1" } }),
    "open, a header that is a list": (evil) => page.open(pages.url, { headers: { "x-a": ["b", evil] } }),
    "openUrl, headers": (evil) => page.openUrl(pages.url, { headers: { "x-a": evil } }),
    "openUrl, userAgent": (evil) => page.openUrl(pages.url, "get", { userAgent: evil }),
    setHeaders: (evil) => page.setHeaders({ "x-a": evil }),
    "set, customHeaders": (evil) => page.set("customHeaders", { "x-a": evil }),
    "set, one of customHeaders": (evil) => page.set("customHeaders.x-a", evil),
    "property, customHeaders": (evil) => page.property("customHeaders", { "x-a": evil }),
    "set, settings.userAgent": (evil) => page.set("settings.userAgent", evil),
    "set, settings": (evil) => page.set("settings", { javascriptEnabled: true, userAgent: evil }),
    "setting, userAgent": (evil) => page.setting("userAgent", evil),
    "addCookie, value": (evil) => page.addCookie(cookieOf(evil)),
    "addCookie, name": (evil) => page.addCookie({ ...cookieOf("1"), name: evil }),
    "set, cookies": (evil) => page.set("cookies", [cookieOf(evil)]),
    "invokeMethod, addCookie": (evil) => page.invokeMethod("addCookie", cookieOf(evil)),
    "invokeMethod, openUrl": (evil) => page.invokeMethod("openUrl", pages.url, { headers: { "x-a": evil } }, {}),
    "invokeAsyncMethod, open": (evil) => page.invokeAsyncMethod("open", pages.url, { headers: { "x-a": evil } }),
    "ph.invokeMethod, addCookie": (evil) => ph.invokeMethod("addCookie", cookieOf(evil)),
    "ph.addCookie": (evil) => ph.addCookie(cookieOf(evil)),
    "ph.addCookie, name, value, domain": (evil) => ph.addCookie("a", evil, "127.0.0.1"),
    "ph.set, cookies": (evil) => ph.set("cookies", [cookieOf(evil)]),
  };
  for (const [where, inject] of Object.entries(INJECTIONS)) {
    test(`a line break is refused: ${where}`, async () => {
      for (const evil of EVIL) {
        await assert.rejects(inject(evil), { code: "ERR_PAGE_COMMAND", message: /holds a line break/ });
      }
      assert.equal(await page.open(pages.url), "success");
      assert.equal(request.headers["x-evil"], undefined);
      assert.doesNotMatch(request.rawHeaders.join("\n"), /evil/i);
      assert.equal(request.headers["x-a"], undefined);
    });
  }

  test("a load that fails after a refused one says so", async () => {
    const gone = await site();
    await gone.close();
    const own = await ph.createPage();
    await assert.rejects(own.open(pages.url, { headers: { "x-a": EVIL[0] } }), { code: "ERR_PAGE_COMMAND" });
    assert.equal(await own.open(gone.url), "fail");
    assert.equal(own.loadError.text, "Connection refused");
    await own.close();
  });

  test("a function inside PhantomJS cannot set such a header either, and others as before", async () => {
    const out = ph.createOutObject();
    await page.on(
      "onResourceRequested",
      true,
      function mark(_data, sent, into) {
        sent.setHeader("X-Good", "yes");
        try {
          sent.setHeader("X-A", "1\r\nX-Evil: yes");
        } catch (error) {
          into.message = error.message;
        }
      },
      out,
    );
    assert.equal(await page.open(pages.url), "success");
    await page.off("onResourceRequested");
    assert.match(await out.property("message"), /header X-A holds a line break/);
    assert.deepEqual([request.headers["x-good"], request.headers["x-evil"]], ["yes", undefined]);
  });

  test("uploadFile refuses a missing file, and a selector without an element", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-upload-"));
    const file = path.join(folder, "a.txt");
    fs.writeFileSync(file, "content");
    await page.open(pages.url);
    const missing = path.join(folder, "none.txt");
    const noFile = { code: "ERR_PAGE_COMMAND", message: /no file that can be read at .*none\.txt/ };
    await assert.rejects(page.uploadFile("#f", missing), noFile);
    await assert.rejects(page.uploadFile("#f", [file, missing]), noFile);
    await assert.rejects(page.uploadFile("#f", folder), { message: /no file that can be read/ });
    for (const selector of ["#none", "###"]) {
      await assert.rejects(page.uploadFile(selector, file), {
        code: "ERR_PAGE_COMMAND",
        message: /no element matches/,
      });
    }
    const count = () => page.evaluate("function () { return document.getElementById('f').files.length; }");
    assert.equal(await count(), 0);
    await page.uploadFile("#f", file);
    assert.equal(await count(), 1);
    fs.rmSync(folder, { recursive: true });
  });
});
