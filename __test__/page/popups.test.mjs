// What listeners in Node hear of pop-ups and of closing pages, and what stays of answers that were taken back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { browser, lacks, onEachBrowser, site, until } from "../helpers.mjs";

// Each of these was a race: lost in most runs, or in one of five.
const RUNS = 40;
const NAMES = [
  "onInitialized",
  "onLoadFinished",
  "onLoadStarted",
  "onNavigationRequested",
  "onResourceReceived",
  "onResourceRequested",
  "onUrlChanged",
];
// What functions inside PhantomJS hear that onPageCreated has set there.
const ALL = [
  "onNavigationRequested",
  "onResourceRequested",
  "onInitialized",
  "onLoadStarted",
  "onResourceReceived",
  "onResourceReceived",
  "onUrlChanged",
  "onInitialized",
  "onLoadFinished",
];

onEachBrowser((options, name) => {
  let started;
  let ph;
  let pages;

  before(async () => {
    pages = await site({
      "/": "<title>start</title><script>function go(path) { window.open(path || '/child', '_blank'); }</script>",
      "/child": "<title>child</title>",
      "/nested": "<title>nested</title><script>window.open('/child?of=nested', 'grandchild');</script>",
      "/brief": "<script>window.close();</script>",
      "/fails": "<script>missing();</script>",
    });
    started = await browser(options);
    ph = started.ph;
  });
  after(async () => {
    await started.close();
    await pages.close();
  });

  /** An opener whose pop-ups `listener` gets. */
  async function opener(listener) {
    const page = await ph.createPage();
    await page.on("onPageCreated", listener);
    await page.open(`${pages.url}/`);
    return page;
  }

  const go = (page, path) => page.evaluate("function (path) { go(path); }", path);

  /** Puts the names of all events into `heard`; gives the promises that the listeners are there. */
  function note(page, heard, names = NAMES) {
    return names.map((name) => page.on(name, () => heard.push(name)));
  }

  /** What is heard of pop-ups that `listen(child, heard)` is given, and when it has done that. */
  async function hearOfPopups(listen, runs = RUNS) {
    const all = [];
    for (let run = 0; run < runs; run += 1) {
      const heard = [];
      let listening;
      const page = await opener((child) => {
        listening = listen(child, heard);
        return listening;
      });
      await go(page);
      await until(() => heard.includes("onLoadFinished"), "the end of the pop-up's load");
      await listening;
      all.push(heard);
      await page.close();
    }
    return all;
  }

  /** What functions that onPageCreated has set inside PhantomJS hear: the measure of all. */
  async function hearInside() {
    const out = ph.createOutObject();
    const page = await ph.createPage();
    await page.on(
      "onPageCreated",
      true,
      function listen(child, into, names) {
        into.heard = [];
        names.forEach(function (name) {
          child[name] = function () {
            into.heard.push(name);
          };
        });
      },
      out,
      NAMES,
    );
    await page.open(`${pages.url}/`);
    await go(page);
    const heard = await until(async () => {
      const so = await out.property("heard");
      return so?.includes("onLoadFinished") && so;
    }, "the end of the pop-up's load");
    await page.close();
    return heard;
  }

  test("listeners that Node sets in onPageCreated hear all that functions inside PhantomJS hear, in their order", async () => {
    assert.deepEqual(await hearInside(), ALL);
    const heard = await hearOfPopups((child, into) => {
      note(child, into);
    });
    assert.deepEqual(heard, Array(RUNS).fill(ALL));
  });

  test("a pop-up that stays empty is told of as on PhantomJS, and is there once", async () => {
    const heard = [];
    const page = await opener((child) => {
      note(child, heard);
    });
    await page.evaluate("function () { window.open('about:blank'); }");
    await until(() => heard.includes("onLoadFinished"), "the end of the load");
    assert.deepEqual(heard, [
      "onNavigationRequested",
      "onUrlChanged",
      "onInitialized",
      "onLoadStarted",
      "onLoadFinished",
    ]);
    await page.close();
  });

  test("so do listeners that are set one after the other, in an async function", async () => {
    const heard = await hearOfPopups(async (child, into) => {
      for (const name of NAMES) {
        await Promise.all(note(child, into, [name]));
      }
    });
    const sorted = (names) => names.toSorted();
    assert.deepEqual(heard.map(sorted), Array(RUNS).fill(sorted(ALL)));
  });

  test("an async listener can wait for an event of its pop-up", async () => {
    let title;
    const page = await opener(async (child) => {
      await new Promise((resolve) => child.on("onLoadFinished", resolve));
      title = await child.get("title");
    });
    const begin = Date.now();
    await go(page);
    await until(() => title, "the title");
    assert.equal(title, "child");
    assert.ok(Date.now() - begin < 5000, "long before the events were let go");
    await page.close();
  });

  test("pop-ups of pop-ups: listeners hear them from the first event on", async () => {
    for (let run = 0; run < 10; run += 1) {
      const heard = [];
      const page = await opener((child) => {
        child.on("onPageCreated", (grandchild) => {
          note(grandchild, heard);
        });
      });
      await go(page, "/nested");
      await until(() => heard.includes("onLoadFinished"), "the end of the load");
      assert.deepEqual(heard, ALL);
      await page.close();
    }
  });

  test("a pop-up that closes itself at once is heard of, and calls of it do not fail their listener", async () => {
    for (let run = 0; run < 10; run += 1) {
      const heard = [];
      let child;
      const page = await opener((created) => {
        child = created;
        note(child, heard, ["onNavigationRequested", "onClosing"]);
      });
      await go(page, "/brief");
      await until(() => heard.includes("onClosing"), "onClosing");
      assert.deepEqual(heard, ["onNavigationRequested", "onClosing"]);
      await until(
        () =>
          child.get("title").then(
            () => false,
            (error) => error.code === "ERR_PAGE_CLOSED",
          ),
        "the pop-up's end",
      );
      await page.close();
    }
  });

  test("a pop-up can be closed where it is made", async () => {
    const heard = [];
    const page = await opener((child) => {
      note(child, heard, ["onClosing"]);
      return child.close();
    });
    await go(page);
    await until(() => heard.length > 0, "onClosing");
    assert.deepEqual(await page.get("pages"), []);
    await page.close();
  });

  test("an error that a pop-up's script throws before Node has listeners is printed, unless one takes it", async () => {
    const printed = [];
    const own = await browser({ ...options, onStdout: (line) => printed.push(line) });
    try {
      const errors = [];
      const page = await own.ph.createPage();
      let isHeard = true;
      await page.on("onPageCreated", (child) => {
        if (isHeard) {
          child.on("onError", (message) => errors.push(message));
        }
      });
      await page.open(`${pages.url}/`);
      await go(page, "/fails");
      await until(() => errors.length > 0, "the error");
      assert.equal(errors[0], lacks(name, "missing"));
      assert.deepEqual(printed, []);
      isHeard = false;
      await go(page, "/fails?unheard");
      await until(() => printed.length > 0, "the error's line");
      assert.ok(printed.join("\n").includes(lacks(name, "missing")), `${printed}`);
    } finally {
      await own.close();
    }
  });

  test("events of a pop-up whose listener never ends are let go", async () => {
    const heard = [];
    const page = await opener(async (child) => {
      note(child, heard);
      await new Promise(() => {});
    });
    await go(page);
    await until(() => heard.includes("onLoadFinished"), "the end of the load");
    assert.deepEqual(heard, ALL);
    await page.close();
  });

  test("onClosing comes for each page that close() closes, before its callback", async () => {
    const order = [];
    for (let run = 0; run < RUNS; run += 1) {
      const page = await ph.createPage();
      await page.on("onClosing", (closing) => order.push(closing === page ? "closing" : "another page"));
      await new Promise((resolve) => page.close(resolve));
      order.push("closed");
    }
    // One that would come late would be one too many.
    await sleep(50);
    assert.deepEqual(order, Array.from({ length: RUNS }, () => ["closing", "closed"]).flat());
  });

  test("onClosing comes for each pop-up that is closed with its opener", async () => {
    let heard = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const page = await opener((child) => {
        child.on("onClosing", () => {
          heard += 1;
        });
      });
      await go(page);
      await page.close();
    }
    await until(() => heard === RUNS, "the last onClosing");
  });

  test("a function inside PhantomJS that throws at onClosing does not keep the page", async () => {
    const page = await ph.createPage();
    await page.on("onClosing", true, function fail() {
      throw new Error("from onClosing");
    });
    await page.close();
    await assert.rejects(page.get("title"), { code: "ERR_PAGE_CLOSED" });
  });

  const ASK = "function () { return [confirm('sure?'), prompt('name?', 'none'), callPhantom(1)]; }";
  const ANSWERS = {
    onConfirm: "function () { return true; }",
    onPrompt: "function () { return 'a name'; }",
    onCallback: "function () { return 'called'; }",
  };
  // How a page without listeners takes them.
  const UNANSWERED = [false, null, null];

  const takeBack = {
    "off()": (page, name) => page.off(name),
    "set(…, null)": (page, name) => page.set(name, null),
    "page.onX(null)": (page, name) => page[name](null),
    "a listener in Node": (page, name) => page.set(name, () => {}),
  };
  for (const [way, remove] of Object.entries(takeBack)) {
    test(`an answer does not outlive ${way}`, async () => {
      const page = await ph.createPage();
      assert.deepEqual(await page.evaluate(ASK), UNANSWERED);
      for (const [name, answer] of Object.entries(ANSWERS)) {
        await page.on(name, true, answer);
      }
      assert.deepEqual(await page.evaluate(ASK), [true, "a name", "called"]);
      for (const name of Object.keys(ANSWERS)) {
        await remove(page, name);
      }
      assert.deepEqual(await page.evaluate(ASK), UNANSWERED);
      await page.close();
      const next = await ph.createPage();
      assert.deepEqual(await next.evaluate(ASK), UNANSWERED);
      await next.close();
    });
  }

  test("nor does the file of setFileOnPicker", async () => {
    const page = await ph.createPage();
    await page.setContent("<input type=file id=f>");
    const pick = () =>
      page.evaluate(function pick() {
        var input = document.getElementById("f");
        input.value = "";
        input.click();
        return input.files.length;
      });
    await page.setFileOnPicker(new URL(import.meta.url).pathname);
    assert.equal(await pick(), 1);
    await page.off("onFilePicker");
    assert.equal(await pick(), 0);
    await page.close();
  });

  test("setContent without an address has none", async () => {
    const page = await ph.createPage();
    for (const args of [["<p>a</p>"], ["<p>a</p>", undefined], ["<p>a</p>", null], ["<p>a</p>", ""]]) {
      assert.equal(await page.setContent(...args), "success");
      assert.equal(await page.get("url"), "");
      assert.equal(await page.get("plainText"), "a");
    }
    await page.close();
  });
});
