// What happens in pages: events in Node and inside PhantomJS, their order and their shapes.

import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { parse } from "acorn";
import { browser, lacks, onEachBrowser, site, until, warningsOf } from "../helpers.mjs";

onEachBrowser((options, name) => {
  const isPhantomJs = name === "phantomjs";
  let started;
  let ph;
  let pages;
  let page;

  before(async () => {
    pages = await site({
      "/": "<title>start</title><p id=p>text</p>",
      "/script": "<script>console.log('one', 2); missing();</script>",
      "/asks":
        "<script>alert('hi é😀'); result = [confirm('sure?'), prompt('name?', 'none'), callPhantom({ a: 1 }, 2)];</script>",
      "/image": "<img src='/logo.png?v=1'><img src='/logo.png?v=2'>",
      "/logo.png": (_request, response) => response.end(),
      "/headers": (request, response) => response.end(JSON.stringify(request.headers)),
      "/stuck": "<img src='/never'>",
      "/never": () => {},
      "/moved": (_request, response) => response.writeHead(302, { location: `${pages.url}/` }).end(),
      "/file": "<input type=file id=f>",
      "/popup": "<script>function go() { child = window.open('/?child', 'kid'); }</script>",
      "/closes": "<title>closes</title>",
    });
    started = await browser(options);
    ph = started.ph;
  });
  after(async () => {
    await started.close();
    await pages.close();
  });

  /** A test with a page of its own. */
  function withPage(name, body) {
    test(name, async (t) => {
      page = await ph.createPage();
      await body(t);
      await page.close();
    });
  }

  const value = (name) => page.evaluate(`function () { return window.${name}; }`);

  // Each way to listen in Node.
  const ways = {
    "page.set": (name, listener) => page.set(name, listener),
    "page.onX": (name, listener) => page[name](listener),
    "page.on": (name, listener) => page.on(name, listener),
  };
  for (const [way, listen] of Object.entries(ways)) {
    withPage(
      `${way}: events come in order, with PhantomJS's own arguments, before the reply of a later command`,
      async () => {
        const seen = [];
        const note = (event) => listen(event, (...args) => seen.push([event, ...args]));
        const names = ["onInitialized", "onLoadStarted", "onUrlChanged", "onNavigationRequested", "onLoadFinished"];
        await Promise.all([...names, "onConsoleMessage", "onError"].map(note));
        assert.equal(await page.open(`${pages.url}/script`), "success");
        const last = seen.length;
        assert.deepEqual(
          seen.map(([name]) => name).filter((name) => name !== "onInitialized"),
          ["onNavigationRequested", "onLoadStarted", "onUrlChanged", "onConsoleMessage", "onError", "onLoadFinished"],
        );
        const argsOf = (name) => seen.find(([other]) => other === name).slice(1);
        assert.ok(seen.some(([name]) => name === "onInitialized"));
        assert.deepEqual(argsOf("onNavigationRequested"), [`${pages.url}/script`, "Other", true, true]);
        assert.deepEqual(argsOf("onUrlChanged"), [`${pages.url}/script`]);
        assert.equal(argsOf("onConsoleMessage")[0], "one 2");
        assert.deepEqual(argsOf("onLoadFinished"), ["success"]);
        const [message, trace] = argsOf("onError");
        assert.equal(message, lacks(name, "missing"));
        assert.deepEqual([trace[0].file, trace[0].line], [`${pages.url}/script`, 1]);
        await page.evaluate("function () { console.log('before the reply'); }");
        assert.deepEqual(seen[last].slice(0, 2), ["onConsoleMessage", "before the reply"]);
      },
    );
  }

  withPage("set replaces a listener, on adds one, off removes all", async () => {
    const heard = [];
    const say = (text) => page.evaluate(`function () { console.log('${text}'); }`);
    await page.set("onConsoleMessage", () => heard.push("first"));
    await page.set("onConsoleMessage", () => heard.push("second"));
    await page.on("onConsoleMessage", () => heard.push("third"));
    await say("a");
    assert.deepEqual(heard, ["second", "third"]);
    await page.off("onConsoleMessage");
    await say("b");
    await page.set("onConsoleMessage", (text) => heard.push(text));
    await say("c");
    await page.set("onConsoleMessage", null);
    await say("d");
    assert.deepEqual(heard.slice(2), ["c"]);
  });

  withPage("callbacks say that a listener is in place", async () => {
    await new Promise((resolve) => page.set("onAlert", () => {}, resolve));
    await new Promise((resolve) => page.onError(() => {}, resolve));
    await new Promise((resolve) => page.off("onError", resolve));
  });

  withPage("an unknown event is refused, with the nearest name", async () => {
    const refused = { code: "ERR_PAGE_COMMAND", message: /no event "onLoadFinish"; did you mean "onLoadFinished"\?/ };
    await assert.rejects(
      page.on("onLoadFinish", () => {}),
      refused,
    );
    await assert.rejects(
      page.set("onLoadFinish", () => {}),
      refused,
    );
    await assert.rejects(page.on("onError", "text"), { message: /the listener must be a function/ });
  });

  withPage("functions inside PhantomJS answer what a page asks", async () => {
    const alerts = [];
    await page.on("onAlert", (text) => alerts.push(text));
    await page.on(
      "onConfirm",
      true,
      function confirm(text, wanted) {
        return text === wanted;
      },
      "sure?",
    );
    await page.on(
      "onPrompt",
      true,
      function prompt(text, preset, suffix) {
        return text + preset + suffix;
      },
      "!",
    );
    await page.on("onCallback", true, function answer(object, number) {
      return { sum: object.a + number };
    });
    await page.open(`${pages.url}/asks`);
    assert.deepEqual(alerts, ["hi é😀"]);
    assert.deepEqual(await value("result"), [true, "name?none!", { sum: 3 }]);
  });

  const AND = isPhantomJs ? "that their answers are ignored is said once" : "what they answer counts";
  withPage(`listeners in Node hear the questions; ${AND}`, async () => {
    const asked = [];
    const warnings = await warningsOf(async () => {
      for (const name of ["onConfirm", "onPrompt", "onCallback"]) {
        await page.set(name, (...args) => {
          asked.push([name, ...args]);
          return name === "onConfirm" ? true : undefined;
        });
      }
      await page.open(`${pages.url}/asks`);
      await page.open(`${pages.url}/asks`);
    });
    assert.deepEqual(asked.slice(0, 3), [
      ["onConfirm", "sure?"],
      ["onPrompt", "name?", "none"],
      ["onCallback", { a: 1 }, 2],
    ]);
    // PhantomJS cannot wait for what Node says.
    assert.equal((await value("result"))[0], !isPhantomJs);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      isPhantomJs ? ["PHANTOM_CLUSTER_ANSWER_IGNORED"] : [],
    );
    if (!isPhantomJs) {
      return;
    }
    assert.match(warnings[0].message, /page\.on\("onConfirm", true, function\)/);
  });

  withPage("a function inside PhantomJS and a listener in Node hear the same event", async () => {
    const heard = [];
    await page.on("onConsoleMessage", (text) => heard.push(text));
    await page.on("onConsoleMessage", true, function keep(text) {
      window.kept = text;
    });
    await page.evaluate("function () { console.log('x'); }");
    assert.deepEqual(heard, ["x"]);
    assert.equal(await ph.windowProperty("kept"), "x");
  });

  withPage(
    "onResourceRequested: abort, change and mark requests inside PhantomJS, and hear of them in Node",
    async () => {
      const requested = [];
      const errors = [];
      await page.set("onResourceError", (error) => errors.push(error));
      await page.onResourceRequested(
        function choose(data, request, suffix) {
          if (data.url.indexOf("v=1") > 0) {
            request.abort();
          }
          if (data.url.indexOf("old") > 0) {
            request.changeUrl(data.url.replace("old", "headers"));
          }
          request.setHeader("X-Marked", "yes" + suffix);
        },
        (data) => requested.push(data),
        "!",
      );
      await page.open(`${pages.url}/image`);
      // Chromium asks for both at once: which of them is held first is chance. It looks ahead for pictures, and may ask again
      // for one that was refused then.
      const inOrder = (all) => (isPhantomJs ? all : [...new Set(all)].toSorted());
      assert.deepEqual(inOrder(requested.map(({ method, url }) => `${method} ${url.slice(pages.url.length)}`)), [
        "GET /image",
        "GET /logo.png?v=1",
        "GET /logo.png?v=2",
      ]);
      assert.deepEqual(
        // PhantomJS 2.1 empties the address of an aborted request and fails over that.
        inOrder(errors.map(({ url, errorCode }) => `${url} ${errorCode}`)),
        [" 301"],
      );
      await page.open(`${pages.url}/old`);
      assert.equal(JSON.parse(await page.get("plainText"))["x-marked"], "yes!");
    },
  );

  withPage("set('onResourceRequested', fn) runs fn in Node; on(…, true, fn) inside PhantomJS", async () => {
    const urls = [];
    await page.set("onResourceRequested", ({ url }) => urls.push(url));
    await page.open(`${pages.url}/`);
    assert.deepEqual(urls, [`${pages.url}/`]);
    await page.on("onResourceRequested", true, function stop(_data, request) {
      request.abort();
    });
    assert.equal(await page.open(`${pages.url}/`), "fail");
    assert.equal(urls.length, 2);
  });

  withPage("onResourceReceived: status, headers, redirects, 404", async () => {
    const received = [];
    await page.set("onResourceReceived", (response) => received.push(response));
    assert.equal(await page.open(`${pages.url}/moved`), "success");
    const ended = () => received.filter(({ stage }) => stage === "end");
    assert.deepEqual(
      ended().map(({ status, redirectURL, url }) => [status, redirectURL, url]),
      [
        [302, `${pages.url}/`, `${pages.url}/moved`],
        [200, null, `${pages.url}/`],
      ],
    );
    assert.equal(ended()[1].contentType, "text/html; charset=utf-8");
    await page.open(`${pages.url}/none`);
    assert.deepEqual([ended()[2].status, ended()[2].statusText], [404, "Not Found"]);
  });

  withPage("onResourceTimeout: a resource that takes too long", async () => {
    const late = [];
    await page.set("onResourceTimeout", (request) => late.push(request));
    await page.set("settings.resourceTimeout", 1000);
    assert.equal(await page.open(`${pages.url}/stuck`), "success");
    assert.equal(late.length, 1);
    assert.deepEqual([late[0].url, late[0].errorCode], [`${pages.url}/never`, 408]);
  });

  withPage("onResourceError: an address that nobody serves", async () => {
    const [errors, statuses] = [[], []];
    await page.set("onResourceError", (error) => errors.push(error));
    await page.set("onLoadFinished", (status) => statuses.push(status));
    const gone = await site();
    await gone.close();
    assert.equal(await page.open(`${gone.url}/`), "fail");
    assert.deepEqual(statuses, ["fail"]);
    assert.equal(errors[0].url, `${gone.url}/`);
    assert.match(errors[0].errorString, /refused/);
  });

  withPage("onPageCreated: pop-ups are live pages, and go with their end", async () => {
    const created = [];
    await page.set("onPageCreated", (child) => created.push(child));
    await page.open(`${pages.url}/popup`);
    await page.evaluate("function () { go(); }");
    assert.equal(created.length, 1);
    const [child] = created;
    await until(async () => (await child.get("title")) === "start", "the pop-up's content");
    assert.equal(await child.get("url"), `${pages.url}/?child`);
    assert.deepEqual(await page.get("pages"), [child]);
    assert.deepEqual(await page.property("pages"), [child]);
    assert.deepEqual(await page.get("pagesWindowName"), ["kid"]);
    assert.equal(await page.getPage("kid"), child);
    assert.equal(await page.getPage("nobody"), null);
    let closed = null;
    await child.set("onClosing", (closing) => {
      closed = closing;
    });
    await page.evaluate("function () { child.close(); }");
    await until(() => closed === child, "onClosing");
    await assert.rejects(child.get("title"), { code: "ERR_PAGE_CLOSED" });
    await child.close();
    assert.deepEqual(await page.get("pages"), []);
    // One that is open when its opener closes goes with it.
    await page.evaluate("function () { go(); }");
    const second = created[1];
    await page.close();
    await assert.rejects(second.get("title"), { code: "ERR_PAGE_CLOSED" });
  });

  withPage("setFileOnPicker and uploadFile choose files, and onFilePicker is asked", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-files-"));
    const file = path.join(folder, "é 😀.txt");
    fs.writeFileSync(file, "content");
    const chosen =
      "function () { return [].map.call(document.getElementById('f').files, function (f) { return f.name; }); }";
    await page.open(`${pages.url}/file`);
    await page.uploadFile("#f", file);
    assert.deepEqual(await page.evaluate(chosen), ["é 😀.txt"]);
    const other = path.join(folder, "other.txt");
    fs.writeFileSync(other, "content");
    await page.setFileOnPicker(other);
    await page.evaluate("function () { document.getElementById('f').click(); }");
    assert.deepEqual(await page.evaluate(chosen), ["other.txt"]);
    const asked = [];
    await page.set("onFilePicker", (old) => asked.push(old));
    await page.evaluate("function () { document.getElementById('f').click(); }");
    assert.equal(asked.length, 1);
    fs.rmSync(folder, { recursive: true });
  });

  withPage("a listener that throws outside of a request is an uncaught exception, and others still hear", async () => {
    const heard = [];
    await page.on("onConsoleMessage", () => {
      throw new Error("from the listener");
    });
    await page.on("onConsoleMessage", (text) => heard.push(text));
    const emitter = new EventEmitter();
    process.setUncaughtExceptionCaptureCallback((error) => emitter.emit("caught", error));
    const caught = once(emitter, "caught");
    await page.evaluate("function () { console.log('x'); }");
    const [error] = await caught;
    process.setUncaughtExceptionCaptureCallback(null);
    assert.equal(error.message, "from the listener");
    assert.deepEqual(heard, ["x"]);
  });

  const noScript = isPhantomJs && "PhantomJS 2.1.1 never tells of one";
  test("onLongRunningScript: a script that never ends can be stopped, and the page lives", {
    skip: noScript,
  }, async () => {
    const own = await ph.createPage();
    const times = [];
    const begin = Date.now();
    await own.set("onLongRunningScript", () => {
      times.push(Date.now() - begin);
      own.stopJavaScript();
    });
    await assert.rejects(own.evaluate("function () { for (;;) {} }"), { code: "ERR_EVALUATE", message: /terminated/ });
    assert.equal(times.length, 1);
    assert.ok(times[0] >= 10_000, `${times[0]} ms`);
    // What has ended is not stopped once more.
    await own.stopJavaScript();
    assert.equal(await own.evaluate("function () { return 6; }"), 6);
    await own.close();
  });

  withPage("an out object carries results from functions inside PhantomJS", async () => {
    const out = ph.createOutObject();
    await page.on(
      "onResourceRequested",
      true,
      function collect(data, _request, into) {
        into.urls = (into.urls || []).concat(data.url);
      },
      out,
    );
    await page.open(`${pages.url}/image`);
    assert.equal((await out.property("urls")).length, 3);
    assert.equal(await out.property("nothing"), null);
  });

  // Such a page lacks what PhantomJS's module gives it until somebody asks for it (driver/pages.js).
  test("a page that is only opened and evaluated prints its errors, and its pop-ups are pages", async () => {
    const printed = [];
    const own = await browser({ ...options, onStdout: (line) => printed.push(line) });
    try {
      const opener = await own.ph.createPage();
      assert.equal(await opener.open(`${pages.url}/script`), "success");
      await until(() => printed.some((line) => line.includes("missing")), "the error's line");
      const text = printed.join("\n");
      assert.ok(text.startsWith(`${lacks(name, "missing")}\n`), text);
      assert.match(text, /\/script:1/);
      await opener.open(`${pages.url}/popup`);
      await opener.evaluate("function () { go(); }");
      const [popup] = await until(async () => {
        const all = await opener.property("pages");
        return all.length > 0 && all;
      }, "the pop-up");
      const messages = [];
      popup.onConsoleMessage((message) => messages.push(message));
      await popup.evaluate("function () { console.log('from the pop-up'); }");
      await popup.evaluate("function () { setTimeout(function () { absent(); }, 0); }");
      await until(() => printed.some((line) => line.includes("absent")), "the pop-up's error");
      assert.deepEqual(messages, ["from the pop-up"]);
      // Each error once, also after it was given a listener for something else.
      opener.onAlert(() => {});
      await opener.evaluate("function () { setTimeout(function () { lacking(); }, 0); }");
      await until(() => printed.some((line) => line.includes("lacking")), "the error's line");
      assert.equal(printed.filter((line) => line.includes(lacks(name, "lacking"))).length, 1);
    } finally {
      await own.close();
    }
  });
});

/** What the driver's `var NAME = …` has: the keys of an object, or the values of an array. */
function driversTable(name) {
  const source = fs.readFileSync(new URL("../../driver/events.js", import.meta.url), "utf8");
  const { body } = parse(source, { ecmaVersion: 5 });
  const variables = body.filter(({ type }) => type === "VariableDeclaration").flatMap((node) => node.declarations);
  const { init } = variables.find(({ id }) => id.name === name);
  return (init.properties ?? init.elements).map((node) => node.key?.name ?? node.value).sort();
}

test("Node and the driver know the same events, and the same of them as answered", () => {
  const { ANSWERED, EVENTS } = createRequire(import.meta.url)("../../lib/page/events.js");
  assert.deepEqual(driversTable("SENT"), [...EVENTS].sort());
  assert.deepEqual(driversTable("ANSWERED"), [...ANSWERED].sort());
});
