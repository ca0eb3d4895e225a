// A PhantomJS that a script keeps from answering takes no more requests, and is gone 2 s after it was asked in vain.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import phantom from "../../phantom.js";
import { basePort, run, site } from "../helpers.mjs";

const ENDLESS = "for (;;) {}";
// From the question to the end, and what a busy machine takes for another worker.
const GONE = 2000 + 8000;
let pages;

before(async () => {
  pages = await site({
    "/good": "<title>good</title>",
    "/load": `<script>${ENDLESS}</script>`,
    "/speaks": "<script>console.log('hi')</script>",
    "/alerts": "<script>for (;;) alert(1)</script>",
    "/popup": "<script>window.open('/load', 'w')</script>",
    "/request": "<script>var r = new XMLHttpRequest(); r.open('GET', '/never', false); r.send()</script>",
    "/never": () => {},
    "/unload": `<script>window.onunload = window.onbeforeunload = function () { ${ENDLESS} }</script>`,
    "/later": `<script>window.onload = function () { setTimeout(function () { ${ENDLESS} }, 0) }</script>`,
    "/slow": (_request, response) =>
      setTimeout(() => {
        response.setHeader("content-type", "text/html");
        response.end("<script>var end = Date.now() + 4000; while (Date.now() < end) Math.sqrt(2)</script>");
      }, 300),
  });
});

after(() => pages.close());

async function wedge(forms, options) {
  const { code, events, text } = await run(
    "stuck.js",
    { url: pages.url, forms, phantomBasePort: basePort(), ...options },
    { deadline: 120_000 },
  );
  assert.equal(code, 0, text);
  const all = (name) => events.filter(({ event }) => event === name);
  assert.equal(all("innocent").length, forms.length, text);
  for (const { form, failed } of all("innocent")) {
    assert.equal(failed, 0, `${form}: innocent requests failed\n${text}`);
  }
  return { all, text };
}

test("after a command that was not answered in time", async () => {
  const forms = ["load", "evaluate", "event", "request", "alerts", "popup"];
  const { all, text } = await wedge(forms, { pageTimeout: 1000, messageTimeout: 60_000 });
  for (const { form, code } of all("bad").filter(({ form }) => form !== "popup")) {
    assert.equal(code, "ERR_PAGE_TIMEOUT", `${form}\n${text}`);
  }
  for (const { form, ms } of all("innocent")) {
    assert.ok(ms < 1000 + GONE, `${form}: ${ms} ms\n${text}`);
  }
});

test("in a handler of 0.1.x: others come before it is tried again", async () => {
  const { all, text } = await wedge(["load"], { published: true, pageTimeout: 1000, messageTimeout: 60_000 });
  const [{ ms }] = all("innocent");
  assert.ok(ms < 1000 + GONE, `${ms} ms\n${text}`);
});

test("after the close of a page that was answered well", async () => {
  const forms = ["unload", "beforeunload, closed by its handler", "later"];
  const { all, text } = await wedge(forms, { pageTimeout: 60_000, messageTimeout: 60_000 });
  for (const { form, ms } of all("innocent")) {
    assert.ok(ms < GONE, `${form}: ${ms} ms\n${text}`);
  }
});

for (const workerParallelism of [1, 2]) {
  test(`not while it does what it was told to, ${workerParallelism} at once`, async () => {
    const forms = ["slow load", "slow content", "slow evaluate"];
    const { all, text } = await wedge(forms, { workerParallelism });
    assert.deepEqual(
      all("over").map(({ response }) => response),
      ["success", "success", "spun"],
      text,
    );
    assert.equal(all("workerDied").length, 1, `none but at the end\n${text}`);
  });
}

test("a PhantomJS without a cluster, too; what waits hears why", async () => {
  let gone;
  const ended = new Promise((resolve) => {
    phantom
      .create({ port: basePort(), pageTimeout: 1000, onStderr: () => {}, onExit: (...how) => resolve(how) })
      .then((ph) => ph.createPage())
      .then((page) => {
        page.evaluate(`function () { ${ENDLESS} }`).catch(() => {
          gone = page.get("url");
        });
      });
  });
  assert.deepEqual(await ended, [null, "SIGKILL"]);
  await assert.rejects(gone, { code: "ERR_BROWSER_GONE", message: /signal 9: it did not answer for 2000 ms/ });
});
