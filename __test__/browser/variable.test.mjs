// Scripts of 0.1.x run on Chromium by the environment variable alone, not a line changed: the same answers as on PhantomJS.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { basePort, isLinux, onChromium, run, site } from "../helpers.mjs";

const html = (text) => `<!DOCTYPE html><html><head><title>${text}</title></head><body>${text}`;

/** What Prerender is asked for. */
const PAGES = {
  "/": html("plain"),
  "/scripted":
    html("before") +
    "<script>window.prerenderReady = false; console.log('begun'); setTimeout(function () {" +
    "document.body.innerHTML = '<p class=\"a\">after &amp; <br>é</p>'; window.prerenderReady = true; }, 200);</script>",
  "/gone": (_request, response) => {
    response.writeHead(404, { "content-type": "text/html" });
    response.end(html("not here"));
  },
  "/moved": (request, response) => {
    response.writeHead(302, { location: `http://${request.headers.host}/` });
    response.end();
  },
  "/blocked": `${html("blocked")}<script src="/a.blocked"></script><script src="/part.js"></script>`,
  "/part.js": (_request, response) => {
    response.setHeader("content-type", "text/javascript");
    response.end("document.title = 'with its part'; document.body.appendChild(document.createElement('hr'));");
  },
  "/slow": `${html("slow")}<script src="/never" async></script>`,
  "/never": () => {},
  "/agent": (request, response) => response.end(html(request.headers["user-agent"])),
  "/hung":
    html("hung") +
    "<script>window.prerenderReady = false; onload = function () { setTimeout(function () { for (;;) {} }, 200); };</script>",
};

describe("a script of 0.1.x, on PhantomJS and, by the variable, on Chromium", onChromium(), () => {
  let pages;
  let prerendered;

  before(async () => {
    pages = await site();
    prerendered = await site(PAGES);
  });
  after(async () => {
    await pages?.close();
    await prerendered?.close();
  });

  /** What it said on each, by `answersOf`, which must be the same; gives the second run. */
  async function same(name, options, answersOf) {
    const on = async (PHANTOM_CLUSTER_BROWSER) => {
      const ran = await run(name, { phantomBasePort: basePort(), ...options }, { env: { PHANTOM_CLUSTER_BROWSER } });
      assert.equal(ran.code, 0, ran.text);
      return { ...ran, answers: answersOf(ran.events) };
    };
    const before = await on("");
    const now = await on("chromium");
    assert.deepEqual(now.answers, before.answers, `${before.text}\n${now.text}`);
    return now;
  }

  const responsesOf = (events) =>
    events.filter(({ event }) => event === "response").sort((one, other) => one.id - other.id);

  test("the published example", async () => {
    const options = { url: pages.url, phantomArguments: ["--load-images=false"] };
    const { answers, stderr, text } = await same("published.js", options, responsesOf);
    assert.equal(answers.length, 16);
    // Told by the primary, and not by each worker again.
    const told = stderr.match(/PHANTOM_CLUSTER_NO_SANDBOX/g) ?? [];
    assert.equal(told.length, isLinux && process.getuid() === 0 ? 1 : 0, text);
  });

  test("the example before that, which closes no page", async () => {
    const titles = Object.fromEntries(["/", "/companies", "/jobs"].map((path) => [pages.url + path, `page ${path}`]));
    const { answers, events } = await same("seed.js", { titles }, responsesOf);
    assert.equal(answers.length, 12);
    const count = (name) => events.filter(({ event }) => event === name).length;
    assert.deepEqual([count("timeout"), count("workerDied") >= 4], [0, true]);
  });

  test("the documented pattern, with a page for each request", async () => {
    const { answers } = await same("documented.js", { url: pages.url, workers: 2 }, (events) =>
      responsesOf(events).map(({ id, response: { pid, ...response } }) => ({ id, ...response })),
    );
    assert.equal(answers.length, 16);
  });

  test("Prerender's", async () => {
    const paths = ["/", "/scripted", "/gone", "/moved", "/blocked", "/slow", "/agent", "/unanswered", "/hung"];
    const options = {
      urls: paths.map((path) => prerendered.url + path),
      workers: "2",
      iterations: "10",
      phantomArguments: ["--load-images=false", "--ignore-ssl-errors=true"],
      messageTimeout: "5000",
    };
    const { answers, text } = await same("prerender.js", options, (events) =>
      events
        .filter(({ event }) => event === "answer")
        .sort((one, other) => paths.indexOf(new URL(one.url).pathname) - paths.indexOf(new URL(other.url).pathname)),
    );
    const by = Object.fromEntries(answers.map(({ url, ...answer }) => [new URL(url).pathname, answer]));
    assert.equal(answers.length, paths.length, text);
    const of = (path) => by[path].response;
    assert.match(of("/scripted").documentHTML, /<p class="a">after &amp; <br>é<\/p>/);
    assert.deepEqual(of("/scripted").heard.said, ["begun"]);
    assert.equal(by["/gone"].status, 404);
    assert.equal(of("/moved").redirectURL, `${prerendered.url}/`);
    assert.deepEqual(of("/blocked").heard.aborted, [`${prerendered.url}/a.blocked`]);
    assert.match(of("/blocked").documentHTML, /with its part.*<hr>/s);
    assert.deepEqual(of("/slow").heard.timedOut, [[`${prerendered.url}/never`, 408]]);
    assert.match(of("/agent").documentHTML, /Prerender/);
    assert.deepEqual([by["/unanswered"].status, of("/hung").isHung], [503, true]);
  });
});
