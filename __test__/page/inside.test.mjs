// Functions that run inside PhantomJS, on both browsers: for Chromium a context in Node takes PhantomJS's place. What a
// function sees, does and answers is the same.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { browser, onEachBrowser, site, until } from "../helpers.mjs";

const PAGES = {
  "/": "<title>start</title><p id=p>text</p><script>console.log('from ' + (window.early || 'the page'));</script>",
  "/asks": "<title>asks</title><script>answers = [confirm('sure?'), prompt('name?', 'none')];</script>",
  "/alerts": "<title>alerts</title><script>alert('hi é'); done = true;</script>",
  "/calls": "<title>calls</title><script>answer = callPhantom({ a: 1 }, 'é');</script>",
  "/opener": "<title>opener</title><script>function go() { return !!window.open('/two', 'kid'); }</script>",
  "/two": "<title>two</title><script>alert('in the pop-up');</script>",
  "/files": "<title>files</title><input type=file id=f>",
  "/echo": (request, response) => {
    response.setHeader("content-type", "text/plain");
    response.end(JSON.stringify({ url: request.url, ...request.headers }));
  },
  "/picture": "<title>picture</title><img src='/logo.png'>",
};

onEachBrowser((options, name) => {
  let pages;
  let started;
  let ph;
  let said;
  const asked = [];
  before(async () => {
    const noting = (page) => (request, response) => {
      asked.push(request.url);
      if (typeof page === "function") {
        page(request, response);
      } else {
        response.setHeader("content-type", "text/html; charset=utf-8");
        response.end(page);
      }
    };
    pages = await site(Object.fromEntries(Object.entries(PAGES).map(([url, page]) => [url, noting(page)])));
    said = { stdout: "", stderr: "" };
    started = await browser({
      ...options,
      onStdout: (text) => {
        said.stdout += text;
      },
      onStderr: (text) => {
        said.stderr += text;
      },
    });
    ph = started.ph;
  });
  after(async () => {
    await started?.close();
    await pages?.close();
  });

  /** A test with a page of its own. */
  function withPage(what, body) {
    test(what, async (t) => {
      const page = await ph.createPage();
      asked.length = 0;
      said.stdout = "";
      said.stderr = "";
      try {
        await body(page, t);
      } finally {
        await page.close();
      }
    });
  }
  const value = (page, expression) => page.evaluate(`function () { return ${expression}; }`);

  withPage("a listener reads its page, runs scripts in it, and changes it", async (page, t) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-inside-"));
    t.after(() => fs.rmSync(folder, { recursive: true }));
    const file = path.join(folder, "a.png");
    await page.on(
      "onLoadFinished",
      true,
      function (status, file) {
        var read = "function (id, more) { return document.getElementById(id).textContent + more; }";
        var text = this.evaluate(read, "p", "!");
        this.viewportSize = { width: 320, height: 200 };
        this.loads = (this.loads || 0) + 1;
        this.seen = [status, this.title, this.url.split("/").pop(), text, this.render(file), this.loads];
      },
      file,
    );
    await page.open(`${pages.url}/`);
    await page.open(`${pages.url}/`);
    await until(async () => (await page.get("loads")) === 2, "the second load");
    assert.deepEqual(await page.get("seen"), ["success", "start", "", "text!", true, 2]);
    assert.deepEqual(await page.get("viewportSize"), { width: 320, height: 200 });
    const png = fs.readFileSync(file);
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [320, 200]);
  });

  withPage("onInitialized comes before the page's own scripts", async (page) => {
    await page.on("onInitialized", true, function () {
      this.evaluate(function () {
        window.early = "a function inside PhantomJS";
      });
    });
    const texts = [];
    await page.on("onConsoleMessage", (text) => texts.push(text));
    await page.open(`${pages.url}/`);
    assert.deepEqual(texts, ["from a function inside PhantomJS"]);
  });

  withPage("it answers confirm(), prompt() and callPhantom(), and hears of alert()", async (page) => {
    const heard = [];
    await page.on("onConfirm", (...args) => void heard.push(["onConfirm", ...args]));
    await page.on(
      "onConfirm",
      true,
      function (text, wanted) {
        return text === wanted;
      },
      "sure?",
    );
    await page.on(
      "onPrompt",
      true,
      function (text, preset, more) {
        return text + preset + more;
      },
      "!",
    );
    await page.on("onCallback", true, function (object, text) {
      return { a: object.a + 1, text: text };
    });
    await page.on("onAlert", true, function (text) {
      this.alerted = text;
    });
    assert.equal(await page.open(`${pages.url}/asks`), "success");
    assert.deepEqual(await value(page, "answers"), [true, "name?none!"]);
    assert.deepEqual(heard, [["onConfirm", "sure?"]]);
    await page.open(`${pages.url}/calls`);
    assert.deepEqual(await value(page, "answer"), { a: 2, text: "é" });
    await page.open(`${pages.url}/alerts`);
    assert.equal(await page.get("alerted"), "hi é");
  });

  withPage("evaluate waits for what a function answers", async (page) => {
    await page.open(`${pages.url}/`);
    await page.on("onCallback", true, function (a) {
      return a + 1;
    });
    await page.on("onConfirm", true, function () {
      return true;
    });
    assert.deepEqual(await value(page, "[window.callPhantom(1), confirm('?')]"), [2, true]);
  });

  withPage("it aborts, redirects and changes requests", async (page) => {
    await page.onResourceRequested(
      function (data, request, more) {
        if (/logo/.test(data.url)) {
          request.abort();
        } else if (/old/.test(data.url)) {
          request.changeUrl(data.url.replace("old", "echo"));
        }
        request.setHeader("X-A", data.method + more);
        request.setHeader("User-Agent", "a function");
      },
      null,
      "!",
    );
    const errors = [];
    await page.on("onResourceError", ({ errorCode }) => errors.push(errorCode));
    await page.open(`${pages.url}/picture`);
    assert.deepEqual(asked, ["/picture"]);
    // Chromium looks ahead for pictures, and may ask again for one that was refused then.
    assert.deepEqual([...new Set(errors)], [301]);
    await page.open(`${pages.url}/old`);
    const echoed = JSON.parse(await page.get("plainText"));
    assert.deepEqual([echoed.url, echoed["x-a"], echoed["user-agent"]], ["/echo", "GET!", "a function"]);
    await page.off("onResourceRequested");
    await page.open(`${pages.url}/echo`);
    assert.equal(JSON.parse(await page.get("plainText"))["x-a"], undefined);
  });

  withPage("methods of a page: defined, called, and those of PhantomJS's own", async (page) => {
    await page.open(`${pages.url}/`);
    await page.defineMethod("titled", function (before) {
      this.calls = (this.calls || 0) + 1;
      return before + this.title + this.calls;
    });
    assert.equal(await page.invokeMethod("titled", "the "), "the start1");
    assert.equal(await page.invokeMethod("titled", "the "), "the start2");
    assert.equal(await page.get("calls"), 2);
    await page.set("calls", { a: 1 });
    assert.equal(await page.get("calls.a"), 1);
    assert.equal(await page.get("nothing"), null);
    await page.defineMethod("later", function (a, done) {
      setTimeout(function () {
        done(a + 1);
      }, 10);
    });
    assert.equal(await page.invokeAsyncMethod("later", 1), 2);
    const evaluated = await page.invokeMethod("evaluate", "function (a) { return document.title + a; }", 1);
    assert.equal(evaluated, "start1");
    assert.equal(await page.invokeAsyncMethod("open", `${pages.url}/calls`), "success");
    const fails = { code: "ERR_PAGE_COMMAND", message: /^invokeMethod: TypeError: boo/ };
    await page.defineMethod("fails", function () {
      throw new TypeError("boo");
    });
    await assert.rejects(page.invokeMethod("fails"), fails);
    await assert.rejects(page.invokeMethod("none"), { code: "ERR_PAGE_COMMAND", message: /no method none/ });
    await assert.rejects(page.defineMethod("x", "not a function"), { code: "ERR_EVALUATE" });
  });

  withPage("out objects, globals and what is said", async (page) => {
    const out = ph.createOutObject();
    await page.open(`${pages.url}/`);
    await page.on(
      "onConsoleMessage",
      true,
      function (text, into) {
        into.texts = (into.texts || []).concat(text);
        window.counted = into.texts.length;
        console.log("heard", text);
      },
      out,
    );
    await value(page, "console.log('one')");
    await value(page, "console.log('two')");
    assert.deepEqual(await out.property("texts"), ["one", "two"]);
    assert.equal(await ph.windowProperty("counted"), 2);
    await until(() => said.stdout === "heard one\nheard two\n", "what it said");
  });

  withPage(
    "a listener is put on a pop-up before its scripts run, and page.onX takes the place of all",
    async (page) => {
      await page.on("onPageCreated", true, function (child) {
        child.onAlert = function (text) {
          console.log(text + ": " + child.url.split("/").pop());
        };
      });
      await page.open(`${pages.url}/opener`);
      assert.equal(await value(page, "go()"), true);
      await until(() => said.stdout === "in the pop-up: two\n", "its alert");
      const heard = [];
      await page.on("onAlert", (text) => heard.push(text));
      await page.defineMethod(
        "listen",
        "function () { var page = this; page.onAlert = function (text) { page.alerted = text; }; }",
      );
      await page.invokeMethod("listen");
      await page.open(`${pages.url}/alerts`);
      assert.equal(await page.get("alerted"), "hi é");
      assert.deepEqual(heard, []);
    },
  );

  withPage("a file is chosen", async (page, t) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-inside-"));
    t.after(() => fs.rmSync(folder, { recursive: true }));
    const [one, two] = ["one.txt", "two.txt"].map((file) => path.join(folder, file));
    fs.writeFileSync(one, "1");
    fs.writeFileSync(two, "2");
    await page.open(`${pages.url}/files`);
    const chosen = async () => {
      await value(page, "document.getElementById('f').click()");
      return value(page, "document.getElementById('f').files[0].name");
    };
    await page.on("onFilePicker", true, "function (before, file) { return file; }", one);
    assert.equal(await chosen(), "one.txt");
    await page.setFileOnPicker(two);
    assert.equal(await chosen(), "two.txt");
  });

  withPage("headers and footers are made page by page", async (page) => {
    await ph.windowProperty("printed", []);
    const contents = ph.callback("function (n, of) { window.printed.push(n + '/' + of); return '<b>x</b>'; }");
    await page.setContent("<div style='height:3000px'>a</div>", pages.url);
    const pdf = await page.pdf({ format: "A4", header: { height: "1cm", contents } });
    assert.equal(pdf.toString("latin1", 1, 4), "PDF");
    const printed = await ph.windowProperty("printed");
    assert.ok(printed.length > 1, `${printed}`);
    assert.equal(printed[0], `1/${printed.length}`);
  });

  withPage("a page that is closed has none of it any more", async (page) => {
    await page.defineMethod("never", function () {});
    const waiting = page.invokeAsyncMethod("never");
    const refused = assert.rejects(waiting, { code: "ERR_PAGE_CLOSED" });
    await page.close();
    await refused;
    await assert.rejects(page.invokeMethod("never"), { code: "ERR_PAGE_CLOSED" });
    await assert.rejects(page.defineMethod("x", "function () {}"), { code: "ERR_PAGE_CLOSED" });
    await assert.rejects(page.on("onAlert", true, "function () {}"), { code: "ERR_PAGE_CLOSED" });
  });

  if (name === "phantomjs") {
    // It cannot wait for Node: events.test.mjs.
    return;
  }

  withPage("a listener in Node answers, at once or later", async (page) => {
    await page.on("onConfirm", (text) => text === "sure?");
    await page.on("onPrompt", async (text, preset) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return text + preset;
    });
    await page.on("onCallback", (object, text) => ({ got: [object, text] }));
    await page.open(`${pages.url}/asks`);
    assert.deepEqual(await value(page, "answers"), [true, "name?none"]);
    await page.open(`${pages.url}/calls`);
    assert.deepEqual(await value(page, "answer"), { got: [{ a: 1 }, "é"] });
  });

  withPage(
    "a function inside PhantomJS goes before it, and what it cannot answer is for the listener",
    async (page) => {
      await page.set("onPrompt", () => "from Node");
      await page.on("onPrompt", true, "function (text) { return text === 'inside?' ? 'from inside' : undefined; }");
      assert.deepEqual(await value(page, "[prompt('inside?'), prompt('other?')]"), ["from inside", "from Node"]);
    },
  );

  withPage("without an answer the dialog is dismissed", async (page) => {
    await page.set("onConfirm", () => undefined);
    await page.set("onPrompt", () => undefined);
    assert.deepEqual(await value(page, "[confirm('?'), prompt('?', 'preset')]"), [false, null]);
  });
});
