// page.loadError: why a load failed.

import assert from "node:assert/strict";
import net from "node:net";
import { after, before, test } from "node:test";
import { browser, onEachBrowser, site, until } from "../helpers.mjs";

onEachBrowser((options, name) => {
  const isChromium = name === "chromium";
  let started;
  let pages;
  let gone;
  let page;

  before(async () => {
    pages = await site({
      "/": "<title>start</title>",
      "/a b/é": "<title>start</title>",
      "/pdf": (_request, response) => response.setHeader("content-type", "application/pdf").end("%PDF"),
      "/empty": (_request, response) => response.writeHead(204).end(),
      "/secret": (_request, response) => response.writeHead(401, { "www-authenticate": "Basic realm=a" }).end(),
      "/moved": (_request, response) => response.writeHead(302, { location: `${gone}/there` }).end(),
      "/nothing": (_request, response) => response.writeHead(404, { "content-type": "text/html" }).end(),
      "/broken": (request) => request.socket.destroy(),
      "/never": () => {},
      "/later": (_request, response) => setTimeout(() => response.end("<title>later</title>"), 1000),
      "/parts": (_request, response) =>
        response.setHeader("content-type", "text/html").end(`<img src="${gone}/a.png"><img src="/none.png">`),
      "/missing": (_request, response) => response.writeHead(404, { "content-type": "text/html" }).end("none"),
    });
    gone = await freeAddress();
    started = await browser(options);
    page = await started.ph.createPage();
  });
  after(async () => {
    await started.close();
    await pages.close();
  });

  /** An address where nobody listens. */
  async function freeAddress() {
    const server = net.createServer();
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    return `http://127.0.0.1:${port}`;
  }

  const url = (path) => `${pages.url}${path}`;

  const UNSHOWN = isChromium ? "Chromium does not show it: it is a file to be kept" : "PhantomJS did not load it";
  // What is opened, and what is known then.
  const FAILURES = [
    ["a refused connection", () => `${gone}/#part`, { code: 1, text: "Connection refused", status: null }],
    ["a host that is not there", () => "http://nobody.invalid/", { code: 3, text: "Host nobody.invalid not found" }],
    ["a connection that breaks", () => url("/broken"), { code: 2, text: "Connection closed", status: null }],
    ["what is no page", () => url("/pdf"), { text: UNSHOWN, status: null }],
    ["HTTP authentication", () => url("/secret"), { code: 5, text: isChromium ? "HTTP 401" : "Operation canceled" }],
    ["an error without a page", () => url("/nothing"), { code: 203, text: "HTTP 404", status: 404 }],
    ["a missing file", () => "file:///no/such/file", { code: 203, text: /No such file/, status: null }],
    ["a protocol that is not there", () => "nothing:there", { text: /nothing/ }],
    [
      "a port that PhantomJS does not open",
      () => "http://127.0.0.1:1/",
      { text: isChromium ? "net::ERR_UNSAFE_PORT" : "PhantomJS did not load it" },
    ],
  ];

  /** A text, or a pattern for it. */
  function matches(error, expected) {
    for (const [name, value] of Object.entries(expected)) {
      if (value instanceof RegExp) {
        assert.match(error[name], value);
      } else {
        assert.equal(error[name], value, name);
      }
    }
  }

  for (const [what, address, expected] of FAILURES) {
    test(`${what}: the reason is there with the answer, and gone after a success`, async () => {
      assert.equal(await page.open(address()), "fail");
      matches(page.loadError, expected);
      assert.equal(page.loadError.url, address().split("#")[0]);
      assert.equal(await page.open(url("/")), "success");
      assert.equal(page.loadError, null);
    });
  }

  test("with a listener for responses: what a response was that is no page", async () => {
    const own = await started.ph.createPage();
    await own.on("onResourceReceived", () => {});
    assert.equal(await own.open(url("/pdf")), "fail");
    const browserName = isChromium ? "Chromium" : "PhantomJS";
    matches(own.loadError, { text: `${browserName} does not show application/pdf`, status: 200 });
    assert.equal(await own.open(url("/empty")), "fail");
    matches(own.loadError, { code: null, text: "HTTP 204 without a page", status: 204 });
    assert.equal(await own.open(url("/secret")), "fail");
    matches(own.loadError, { text: "HTTP 401", status: 401 });
    await own.close();
  });

  test("a page that was never loaded has none, nor one whose parts fail", async () => {
    const fresh = await started.ph.createPage();
    assert.equal(fresh.loadError, null);
    assert.equal(await fresh.open(url("/parts")), "success");
    assert.equal(fresh.loadError, null);
    assert.equal(await fresh.open(url("/missing")), "success", "HTTP 404 with a document");
    assert.equal(fresh.loadError, null);
    await fresh.close();
  });

  test("an HTTP error without content, of which nobody is told", async () => {
    const own = await started.ph.createPage();
    assert.equal(await own.open(url("/nothing")), "fail");
    matches(own.loadError, { code: 203, text: "HTTP 404", status: 404, url: url("/nothing") });
    await own.close();
  });

  test("a redirect: the address where it led", async () => {
    assert.equal(await page.open(url("/moved")), "fail");
    matches(page.loadError, { code: 1, text: "Connection refused", url: `${gone}/there` });
  });

  test("a resource's time that is up, and a request that is aborted", async () => {
    const own = await started.ph.createPage();
    await own.setting("resourceTimeout", 1000);
    assert.equal(await own.open(url("/never")), "fail");
    matches(own.loadError, { code: 408, text: /timeout/i });
    await own.on("onResourceRequested", true, function stop(_data, request) {
      request.abort();
    });
    assert.equal(await own.open(url("/")), "fail");
    assert.equal(own.loadError.code, 301);
    await own.close();
  });

  test("in callback style, and before onLoadFinished", async () => {
    const seen = [];
    await page.on("onLoadFinished", () => seen.push(page.loadError?.code));
    await new Promise((resolve) =>
      page.open(gone, (status) => {
        seen.push(status, page.loadError.code);
        resolve();
      }),
    );
    assert.deepEqual(seen, [1, "fail", 1]);
    await page.off("onLoadFinished");
  });

  test("an open that another one replaces, and loads that no command waits for", async () => {
    const [first, second] = await Promise.all([
      page.open(url("/never")).then((status) => [status, page.loadError?.text]),
      page.open(url("/later")),
    ]);
    assert.deepEqual(first, ["fail", "another load took its place"]);
    assert.equal(second, "success");
    assert.equal(page.loadError, null);
    await page.evaluate("function (to) { location.href = to; }", `${gone}/link`);
    await until(() => page.loadError, "the link's failure");
    matches(page.loadError, { code: 1, url: `${gone}/link` });
    assert.equal(await page.setContent("<p>a</p>"), "success");
    assert.equal(page.loadError, null);
  });

  test("reload and the history", async () => {
    const flaky = await site({});
    const address = `${flaky.url}/`;
    const own = await started.ph.createPage();
    assert.equal(await own.open(address), "success");
    await flaky.close();
    own.reload();
    await until(() => own.loadError, "the failure of reload()");
    assert.equal(own.loadError.url, address);
    assert.equal(await own.open(url("/")), "success");
    own.goBack();
    await until(() => own.loadError, "the failure of goBack()");
    assert.equal(own.loadError.url, address);
    await own.close();
  });

  test("a pop-up has its own", async () => {
    const opener = await started.ph.createPage();
    let child;
    await opener.on("onPageCreated", (created) => {
      child = created;
    });
    await opener.open(url("/"));
    await opener.evaluate("function (to) { window.open(to); }", `${gone}/popup`);
    await until(() => child?.loadError, "the failure of the pop-up");
    assert.equal(child.loadError.url, `${gone}/popup`);
    assert.equal(opener.loadError, null);
    await opener.close();
  });
});
