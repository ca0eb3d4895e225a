// Pages that mean no good, on Chromium. Each may spoil itself: the browser lives, and another page works beside it and
// afterwards.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { browser, onChromium, site } from "../helpers.mjs";

const page = (script, body = "") => `<title>hostile</title><body>${body}<script>${script}</script>`;

const PAGES = {
  "/good": "<title>good</title><body>good</body>",
  "/blank": "<title>blank</title>",
  "/dialogs": page("for (let i = 0; i < 500; i += 1) { alert(i); confirm(i); prompt(i); }"),
  "/popups": page("for (let i = 0; i < 300; i += 1) { open('/blank', 'window' + i); }"),
  "/console": page("for (let i = 0; i < 20000; i += 1) { console.log('x'.repeat(200), i, { i }); }"),
  "/errors": page("setInterval(() => { for (let i = 0; i < 100; i += 1) setTimeout(() => { throw i; }); }, 1);"),
  "/downloads": page(
    "for (let i = 0; i < 100; i += 1) { const a = document.createElement('a'); a.href = '/file?' + i; a.download = 'f'; a.click(); }",
  ),
  "/navigations": page("setInterval(() => { location = '/navigations?' + Math.random(); }, 0);"),
  "/fragments": page("setInterval(() => { for (let i = 0; i < 150; i += 1) location.hash = Math.random(); }, 0);"),
  "/loop": page("setTimeout(() => { for (;;) {} }, 50);"),
  "/worker": page("for (let i = 0; i < 4; i += 1) new Worker(URL.createObjectURL(new Blob(['for (;;) {}'])));"),
  "/unload": page("onbeforeunload = (e) => { e.preventDefault(); return 'no'; }; onunload = () => { for (;;) {} };"),
  "/globals": page(
    `for (const name of Object.getOwnPropertyNames(window)) { try { window[name] = () => { throw new Error(name); }; } catch {} }
     for (const of of [Array, Object, String, Function, Promise, Map, Set, JSON, Reflect]) {
       for (const target of [of, of.prototype]) {
         for (const name of target ? Object.getOwnPropertyNames(target) : []) {
           try { target[name] = () => { throw new TypeError("mine"); }; } catch {}
         }
       }
     }`,
  ),
  "/strangers": page(
    `for (const name of Object.getOwnPropertyNames(window)) {
       if (typeof window[name] !== 'function' || !/phantom|cluster|bind|say|__/i.test(name)) continue;
       for (const given of ['', '{', '[]', '[1,2,3]', '{"id":1}', 'x'.repeat(1 << 20)]) { try { window[name](given); } catch {} }
     }`,
  ),
  "/frames": page(
    "const add = (to, left) => { for (let i = 0; i < 6 && left; i += 1) { const f = to.createElement('iframe'); to.body.append(f); add(f.contentDocument, left - 1); } }; add(document, 3);",
  ),
  "/bomb": page("const all = []; for (;;) { all.push(new Array(1e5).fill({})); }"),
};

const LIMITS = { browser: "chromium", pageTimeout: 5_000 };

describe("a hostile page", onChromium(), () => {
  let pages;
  let started;
  let pid;

  before(async () => {
    pages = await site({
      ...PAGES,
      "/file": (_request, response) => {
        response.setHeader("content-disposition", "attachment; filename=f");
        response.end("file");
      },
    });
    const options = { ...LIMITS, browserArguments: ["--js-flags=--max-old-space-size=96"] };
    started = await browser(options);
    pid = started.ph.process.pid;
    // What pages print is theirs to flood.
    started.client.on("error", () => {});
  });

  after(async () => {
    await started?.close();
    await pages?.close();
  });

  async function works() {
    const good = await started.ph.createPage();
    assert.equal(await good.open(`${pages.url}/good`), "success");
    assert.equal(await good.evaluate("function () { return document.title; }"), "good");
    await good.close();
  }

  /** Opens it and lets it be for a while; what becomes of its own commands is its own business, but each one ends. */
  async function survives(path, use = () => {}) {
    const hostile = await started.ph.createPage();
    await hostile.open(pages.url + path).catch(() => {});
    await Promise.all([works(), use(hostile)]);
    await hostile.evaluate("function () { return 1; }").catch(() => {});
    await hostile.close().catch(() => {});
    await works();
    assert.equal(started.ph.process.pid, pid, "it is the same browser");
  }

  for (const path of Object.keys(PAGES).filter((path) => !["/good", "/blank", "/bomb"].includes(path))) {
    test(`${path.slice(1)}: others work beside it and after it`, { timeout: 120_000 }, () => survives(path));
  }

  test("listeners that hear a flood of dialogs and console lines go on", { timeout: 120_000 }, async () => {
    const counts = { onAlert: 0, onConsoleMessage: 0 };
    const hostile = await started.ph.createPage();
    for (const name of Object.keys(counts)) {
      await hostile.on(name, () => {
        counts[name] += 1;
      });
    }
    await hostile.open(`${pages.url}/console`).catch(() => {});
    await hostile.open(`${pages.url}/dialogs`).catch(() => {});
    await works();
    await hostile.close();
    assert.ok(counts.onConsoleMessage > 0 && counts.onAlert > 0, JSON.stringify(counts));
  });

  test("a memory bomb ends its own page, by name", { timeout: 120_000 }, async () => {
    const hostile = await started.ph.createPage();
    await assert.rejects(hostile.open(`${pages.url}/bomb`), { code: "ERR_PAGE_CRASHED" });
    await hostile.close().catch(() => {});
    await works();
    assert.equal(started.ph.process.pid, pid);
  });

  test("neither a page of the web nor its frames read files or Chromium's own pages", {
    timeout: 120_000,
  }, async () => {
    const hostile = await started.ph.createPage();
    await hostile.open(`${pages.url}/good`);
    const found = await hostile.evaluate(async function () {
      const heard = [];
      for (const url of ["file:///etc/passwd", "chrome://version/", "chrome://settings/", "devtools://devtools/"]) {
        heard.push(
          await fetch(url).then(
            (answer) => answer.text(),
            () => "refused",
          ),
        );
        const frame = document.createElement("iframe");
        frame.src = url;
        document.body.append(frame);
        await new Promise((resolve) => setTimeout(resolve, 100));
        let text = "refused";
        try {
          text = frame.contentDocument ? frame.contentDocument.body.textContent : "refused";
        } catch {}
        heard.push(text);
      }
      return heard;
    });
    assert.deepEqual(
      [...new Set(found)].filter((text) => text !== "refused" && text !== ""),
      [],
    );
    await hostile.close();
    await works();
  });
});
