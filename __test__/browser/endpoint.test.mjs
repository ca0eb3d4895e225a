// A Chromium that others run: browserEndpoint.

import assert from "node:assert/strict";
import { once } from "node:events";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { PhantomClusterClient } from "../../index.js";
import { Browser } from "../../lib/browser/browser.js";
import { onChromium, run, serve, site, until } from "../helpers.mjs";
import { cutter, remoteChromium } from "./remote-chromium.mjs";

const { create } = createRequire(import.meta.url)("../../phantom.js");
const TOKEN = "s3cret";
const TITLE = "function () { return document.title; }";
/** Of a peer that says nothing, and what a busy machine takes besides. */
const SILENCE = 15_000 + 4_000 + 10_000;

describe("browserEndpoint", onChromium(), () => {
  let chromium;
  let pages;
  let between;

  before(async () => {
    chromium = await remoteChromium();
    pages = await site({ "/": "<title>start</title>", "/never": () => {} });
    between = await cutter(() => chromium);
  });
  after(async () => {
    await between.close();
    await chromium.close();
    await pages.close();
  });

  const through = () => `ws://127.0.0.1:${between.port}/any?token=${TOKEN}`;
  const connect = (browserEndpoint, options) => create({ browser: "chromium", browserEndpoint, ...options });
  const urls = async () => (await chromium.pages()).map(({ url }) => url).sort();

  test("pages are made there, in a context of their own that goes with the connection", async () => {
    const before = await urls();
    const ph = await connect(chromium.address);
    assert.equal(ph.process.pid, null);
    const page = await ph.createPage();
    assert.equal(await page.open(`${pages.url}/`), "success");
    assert.equal(await page.evaluate(TITLE), "start");
    await ph.addCookie({ name: "a", value: "1", domain: "127.0.0.1" });
    const other = await connect(chromium.address);
    assert.deepEqual(await other.getCookies(), []);
    assert.equal((await urls()).length, before.length + 1);
    await other.exit();
    await ph.exit();
    await until(async () => (await urls()).length === before.length, "the end of the page");
    assert.deepEqual(await urls(), before);
  });

  test("what goes on in other pages of that browser is left alone", async () => {
    const ph = await connect(chromium.address);
    const made = await fetch(`http://127.0.0.1:${chromium.port}/json/new?${pages.url}/`, { method: "PUT" });
    const { id } = await made.json();
    await until(async () => (await chromium.pages()).find((page) => page.id === id)?.title === "start", "the page");
    const page = await ph.createPage();
    assert.equal(await page.open(`${pages.url}/`), "success");
    await ph.exit();
    assert.ok((await chromium.pages()).some((page) => page.id === id));
    await fetch(`http://127.0.0.1:${chromium.port}/json/close/${id}`);
  });

  test("switches that only a start could follow are warned of, once; cookies are kept", async () => {
    const warnings = [];
    const note = ({ code, message }) => code === "PHANTOM_CLUSTER_SWITCH_IGNORED" && warnings.push(message);
    process.on("warning", note);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-endpoint-"));
    const file = path.join(folder, "cookies");
    const parameters = { proxy: "127.0.0.1:9", "ignore-ssl-errors": "yes", "cookies-file": file };
    for (const expected of [[], ["a"]]) {
      const ph = await connect(chromium.address, { parameters });
      const page = await ph.createPage();
      assert.equal(await page.open(`${pages.url}/`), "success", "no proxy is between");
      assert.deepEqual(
        (await ph.getCookies()).map(({ name }) => name),
        expected,
      );
      await ph.addCookie({ name: "a", value: "1", domain: "127.0.0.1", expires: Date.now() + 60_000 });
      await ph.exit();
    }
    process.off("warning", note);
    // The last cookies are written behind the answer to exit.
    fs.rmSync(folder, { recursive: true, maxRetries: 20, retryDelay: 100 });
    assert.equal(warnings.length, 1, `${warnings}`);
    assert.match(warnings[0], /--proxy and --ignore-ssl-errors have no effect on a browser that runs elsewhere/);
  });

  test("a connection that is cut is the browser's end", async () => {
    const ph = await connect(through());
    const page = await ph.createPage();
    await page.open(`${pages.url}/`);
    assert.match(between.asked.at(-1), new RegExp(TOKEN), "the token goes along");
    const opening = page.open(`${pages.url}/never`);
    const ended = new Promise((resolve) => {
      ph.onExit = (...how) => resolve(how);
    });
    between.cut();
    await assert.rejects(opening, (error) => {
      assert.equal(error.code, "ERR_BROWSER_GONE");
      assert.match(error.message, /connection ended/);
      assert.doesNotMatch(`${error.stack}`, new RegExp(TOKEN));
      return true;
    });
    assert.deepEqual(await ended, [null, null]);
  });

  test("so is one that has gone silent", async () => {
    const ph = await connect(through());
    const page = await ph.createPage();
    await page.open(`${pages.url}/`);
    const begun = Date.now();
    between.hang(true);
    try {
      await assert.rejects(page.evaluate(TITLE), { code: "ERR_BROWSER_GONE", message: /said nothing for 15 s/ });
      assert.ok(Date.now() - begun < SILENCE, `${Date.now() - begun} ms`);
    } finally {
      between.hang(false);
      between.cut();
    }
  });

  test("what cannot be reached says so, in time, without the token", async () => {
    const silent = net.createServer(() => {});
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const refusing = await serve((_request, response) => response.writeHead(403).end());
    for (const [port, why] of [
      [1, /refused/i],
      [silent.address().port, /did not answer within 1000 ms/],
      [refusing.port, /HTTP 403 Forbidden: does the address hold the right token\?/],
    ]) {
      const browserEndpoint = `ws://me:${TOKEN}@127.0.0.1:${port}/${TOKEN}?token=${TOKEN}`;
      const browser = new Browser({ browser: "chromium", pageTimeout: 1000 }, {});
      await assert.rejects(browser.launch({ browserEndpoint, startTimeout: 1000 }), (error) => {
        assert.equal(error.code, "ERR_PHANTOM_START");
        assert.match(error.message, /cannot use Chromium at ws:\/\/127\.0\.0\.1:\d+ \(option browserEndpoint\)/);
        assert.match(error.message, why);
        assert.doesNotMatch(`${error.stack}${error.cause}`, new RegExp(TOKEN));
        return true;
      });
    }
    silent.close();
    await refusing.close();
  });

  test("wss://, by the system's certificates alone", async () => {
    const fixture = (name) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
    const secure = await cutter(() => chromium, {
      key: fs.readFileSync(fixture("issued.key")),
      cert: fs.readFileSync(fixture("issued.crt")),
    });
    const browserEndpoint = `wss://localhost:${secure.port}/?token=${TOKEN}`;
    const options = { browserEndpoint, url: `${pages.url}/` };
    const env = { SSL_CERT_FILE: fixture("issuer.crt"), SSL_CERT_DIR: "" };
    const known = await run("remote.js", options, { env });
    assert.deepEqual(known.events, [{ status: "success", title: "start" }], known.text);
    const unknown = await run("remote.js", options);
    assert.match(unknown.events[0].failed, /^ERR_PHANTOM_START: .*certificate/, unknown.text);
    assert.doesNotMatch(unknown.text, new RegExp(TOKEN));
    await secure.close();
  });

  test("a worker whose browser is gone is replaced, and meets the one that is there then", async () => {
    const worker = { browserEndpoint: through(), url: `${pages.url}/` };
    let cuts = 0;
    const { events, text } = await run("remote-workers.js", worker, {
      whileRunning: async ({ output }) => {
        await until(() => output.stdout.includes("first"), "the first response");
        const folder = await chromium.close({ keep: true });
        cuts += 1;
        chromium = await remoteChromium({ port: chromium.port, folder });
      },
    });
    assert.equal(cuts, 1);
    const of = (name) => events.filter(({ event }) => event === name);
    assert.deepEqual(
      of("response").map(({ title }) => title),
      ["start", "start"],
      text,
    );
    assert.ok(of("workerDied").length >= 1, text);
    assert.doesNotMatch(text, new RegExp(TOKEN));
  });

  test("in an engine of 2014: phantomDied", async () => {
    const client = new PhantomClusterClient({ browser: "chromium", browserEndpoint: through() });
    client.start();
    await once(client, "phantomStarted");
    const died = once(client, "phantomDied");
    between.cut();
    await died;
    await assert.rejects(client.ph.createPage(), { code: "ERR_BROWSER_GONE" });
  });
});
