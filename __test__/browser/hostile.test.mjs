// Who else can reach the driver: pages in PhantomJS itself, and strangers on the same machine. None of them may run a
// command, learn a secret, or keep a crawl from going on.

import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { basePort, browser, isLinux, processesOf, run, site, until } from "../helpers.mjs";

const COMMANDS = JSON.stringify({
  commands: [
    [1, 0, "createPage", [77, {}]],
    [2, 77, "open", ["file:///etc/passwd"]],
    [3, 0, "exit", [0]],
  ],
});
let pages;

before(async () => {
  pages = await site();
});
after(() => pages.close());

/** Sends one request; resolves with its status and text, or the error's code. */
function send(port, { method = "GET", path: location = "/wrong/status", headers = {}, body } = {}) {
  return new Promise((resolve) => {
    const options = { host: "127.0.0.1", port, method, path: location, headers, agent: false, timeout: 3000 };
    const request = http.request(options, async (response) => {
      response.setEncoding("utf8");
      resolve({ status: response.statusCode, text: (await response.toArray()).join(""), headers: response.headers });
    });
    request.on("timeout", () => request.destroy(new Error("no answer")));
    request.on("error", ({ code, message }) => resolve({ status: code ?? message }));
    request.end(body);
  });
}

/** The port of the driver: the first that refuses us, from where the client began to look. */
async function driverPort(from) {
  for (let port = from; port < from + 40; port += 1) {
    if ((await send(port)).status === 403) {
      return port;
    }
  }
  throw new Error("no driver is found");
}

/**
 * Gives `attack` a PhantomJS with a page of the site open, and sees afterwards that it is the same and works. `crawl` loads
 * another page.
 */
async function survives(attack, options = {}) {
  const phantomBasePort = basePort();
  const started = await browser({ phantomBasePort, pageTimeout: 5000, ...options });
  try {
    await attackOn(started, phantomBasePort, attack);
  } finally {
    await started.close();
  }
}

async function attackOn({ ph, client }, phantomBasePort, attack) {
  const { pid } = ph.process;
  let died = false;
  client.once("phantomDied", () => {
    died = true;
  });
  const crawl = async (name) => {
    const page = await ph.createPage();
    assert.equal(await page.open(`${pages.url}/${name}`), "success");
    assert.equal(await page.property("title"), `page /${name}`);
    await page.close();
  };
  const page = await ph.createPage();
  await page.open(`${pages.url}/home`);
  await attack({ ph, page, pid, crawl, port: await driverPort(phantomBasePort) });
  await crawl("after");
  assert.equal(died, false, "PhantomJS lives");
  assert.equal(ph.process.pid, pid);
}

/** Connects, says `bytes`, and keeps the connection. With too many of them some wait for the kernel to let them in. */
async function hold(port, bytes = "") {
  const socket = net.connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await Promise.race([new Promise((resolve) => socket.once("connect", resolve)), sleep(500)]);
  socket.write(bytes);
  return socket;
}

/** Says `bytes`, and gives the first that comes back, or "" when nothing does. */
async function answerTo(port, bytes) {
  const socket = await hold(port, bytes);
  const [answer] = await Promise.race([
    new Promise((resolve) => {
      socket.once("data", (data) => resolve([String(data)]));
      socket.once("close", () => resolve([""]));
    }),
    sleep(200, [""]),
  ]);
  socket.destroy();
  return answer;
}

/** How many connections to a port a process has open. */
function connectionsOf(pid, port) {
  const folder = `/proc/${pid}/fd`;
  const sockets = new Set(fs.readdirSync(folder).map((name) => fs.readlinkSync(path.join(folder, name))));
  const remote = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = fs.readFileSync("/proc/net/tcp", "utf8").split("\n").slice(1);
  const fields = lines.map((line) => line.trim().split(/\s+/));
  return fields.filter(([, , to, , , , , , , inode]) => to?.endsWith(remote) && sockets.has(`socket:[${inode}]`))
    .length;
}

function variable(pid, name) {
  const environment = fs.readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  return environment.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

test("without the token, from a page, or for another host: 403", { skip: !isLinux }, () => survives(refuses));

async function refuses({ port, pid }) {
  const token = variable(pid, "PHANTOM_CLUSTER_TOKEN");
  const status = `/${token}/status`;
  assert.equal((await send(port, { path: status })).status, 200, "this is how it is let in");
  const refused = [
    { path: "/" },
    { path: "//" },
    { path: `/${token.slice(1)}/status` },
    { path: `/${token}0/status` },
    { path: `/x/../${token.toUpperCase()}/status` },
    { path: `/%2e%2e/status?${token}` },
    { path: status, headers: { origin: pages.url } },
    { path: status, headers: { Origin: "null" } },
    { path: status, headers: { ORIGIN: "" } },
    { path: status, headers: { host: `evil.example:${port}` } },
    { path: status, headers: { host: `127.0.0.1.evil.example:${port}` } },
    { path: status, headers: { host: "127.0.0.1" } },
    { path: "/wrong/phantom/connect", method: "POST", body: COMMANDS },
    { path: "/wrong/phantom/connect", method: "PUT", body: COMMANDS },
    { path: "/wrong/session/p1", method: "DELETE" },
  ];
  for (const request of refused) {
    const { status: answered, text, headers } = await send(port, request);
    assert.equal(answered, 403, JSON.stringify(request));
    assert.doesNotMatch(text, new RegExp(token));
    assert.equal(headers.connection, "close");
  }
}

/** Runs inside a page: tries all it can think of, and leaves what it learns in `window.heard`. */
function attack(driver, commands) {
  window.heard = [];
  function note(what, status, text) {
    window.heard.push([what, status, String(text).slice(0, 200)]);
  }
  function ask(method, url, body, headers) {
    const request = new XMLHttpRequest();
    try {
      request.open(method, url, true);
      headers.forEach(function (header) {
        request.setRequestHeader(header[0], header[1]);
      });
      request.onreadystatechange = function () {
        if (request.readyState === 4) {
          note(method + " " + url, request.status, request.responseText);
        }
      };
      request.send(body);
    } catch (error) {
      note(method + " " + url, 0, error);
    }
  }
  function add(tag, properties) {
    const element = document.createElement(tag);
    Object.keys(properties).forEach(function (name) {
      element[name] = properties[name];
    });
    document.body.appendChild(element);
    return element;
  }
  const plain = ["Content-Type", "text/plain"];
  const json = ["Content-Type", "application/json"];
  ask("GET", driver + "/x/status", null, []);
  ask("GET", driver + "/x/phantom", null, [
    ["Host", "127.0.0.1"],
    ["Origin", ""],
  ]);
  // The name that crashed PhantomJS.
  ask("GET", driver + "/x/status", null, [["__proto__", "x"]]);
  ask("POST", driver + "/x/phantom/connect", commands, [plain]);
  ask("POST", driver + "/x/phantom/connect", commands, [json]);
  ask("DELETE", driver + "/x/session/p1", null, []);
  ["/etc/passwd", "/proc/self/environ", "/proc/self/cmdline"].forEach(function (file) {
    ask("GET", "file://" + file, null, []);
  });
  "abcdefghijklmnopqrst".split("").forEach(function (name) {
    add("img", { src: driver + "/x/phantom/connect?" + name });
  });
  add("script", { src: driver + "/x/phantom" });
  add("iframe", { name: "frame", src: driver + "/x/status" });
  const form = add("form", { method: "post", action: driver + "/x/phantom/connect", target: "frame" });
  form.appendChild(add("input", { name: "__proto__", value: commands }));
  form.submit();
  add("form", { method: "post", action: driver + "/x/y", target: "frame", enctype: "text/plain" }).submit();
}

for (const phantomArguments of [[], ["--web-security=false"]]) {
  const isOff = phantomArguments.length > 0;
  test(`a page's own JavaScript gets nowhere (web security ${isOff ? "off" : "on"})`, () =>
    survives((victim) => getsNowhere(victim, isOff), { phantomArguments }));
}

async function getsNowhere({ ph, page, port, pid }, isOff) {
  const other = await ph.createPage();
  await other.open(`${pages.url}/other`);
  const driver = `http://127.0.0.1:${port}`;
  await page.evaluate(attack, driver, COMMANDS);
  const heard = await until(async () => {
    const all = await page.evaluate(function () {
      return window.heard;
    });
    return all.length >= 9 && all;
  }, "an answer to each");
  for (const [what, status, text] of heard) {
    if (what.includes(driver)) {
      assert.equal(status, isOff ? 403 : 0, `${what}: ${text}`);
    } else if (!isOff || what.includes("/proc/self")) {
      // The environment holds the token; other files are a page's to read that was started so.
      assert.doesNotMatch(text, /root:|TOKEN|main\.js/, what);
    }
  }
  assert.equal(await other.property("title"), "page /other");
  assert.equal(await other.property("url"), `${pages.url}/other`);
  if (isLinux) {
    await until(() => connectionsOf(pid, port) === 0, "the end of the page's connections");
    const token = variable(pid, "PHANTOM_CLUSTER_TOKEN");
    assert.ok(heard.every(([, , text]) => !text.includes(token)));
  }
}

/** Runs inside a page: gives it a JSON that speaks for others, and is told from PhantomJS's own by nobody. */
function forge() {
  const forged = '1\n2 0 "forged"\n0 2 [1,"onAlert",["forged"]]\n';
  JSON.stringify = function () {
    return forged;
  };
  JSON.stringify.toString = function () {
    return "function stringify() { [native code] }";
  };
}

test("a page with a JSON of its own speaks for nobody else", () =>
  survives(async ({ ph, page }) => {
    const alerts = [];
    const other = await ph.createPage();
    other.onAlert(() => alerts.push("other"));
    page.onAlert(() => alerts.push("page"));
    await other.open(`${pages.url}/other`);
    await page.evaluate(forge);
    const one = () =>
      page.evaluate(function () {
        return 1;
      });
    await assert.rejects(one(), { code: "ERR_EVALUATE", message: /JSON\.stringify/ });
    const [title, ...outcomes] = await Promise.allSettled([other.property("title"), one(), one()]);
    assert.equal(title.value, "page /other");
    assert.deepEqual(
      outcomes.map(({ reason }) => reason?.code),
      ["ERR_EVALUATE", "ERR_EVALUATE"],
    );
    assert.deepEqual(alerts, []);
  }));

test("a page that goes to the driver itself sees a refusal and nothing else", () =>
  survives(async ({ page, port }) => {
    for (const location of ["/x/status", "/", "/x/phantom"]) {
      assert.equal(await page.open(`http://127.0.0.1:${port}${location}`), "success");
      const text = await page.property("plainText");
      assert.match(text, /"error":"unknown error","message":"the token in the path is wrong"/);
    }
  }));

test("garbage, oversized and truncated requests are refused or dropped", () => survives(dropsGarbage));

async function dropsGarbage({ port, pid }) {
  const post = (headers, body = "") =>
    `POST /x/phantom/connect HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${headers}\r\n\r\n${body}`;
  const said = [
    Buffer.alloc(20_000),
    Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]),
    "GET / HTTP/9.9\r\n\r\n",
    "GET /%00%ff%zz HTTP/1.1\r\n\r\n",
    "GET http://evil.example/ HTTP/1.1\r\n\r\n",
    "CONNECT 127.0.0.1:80 HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\n: \r\n\r\n",
    "GET / HTTP/1.1\r\n__proto__: x\r\nconstructor: y\r\n\r\n",
    `GET / HTTP/1.1\r\n${"a: b\r\n".repeat(200)}\r\n`,
    `GET / HTTP/1.1\r\n${"a: b\r\n".repeat(4000)}\r\n`,
    `GET /${"x".repeat(20_000)} HTTP/1.1\r\n\r\n`,
    post("Content-Length: -5", "xyz"),
    post("Content-Length: 4294967295", "xyz"),
    post("Content-Length: 4294967294", "xyz"),
    post("Content-Length: 9000000000000000000", "xyz"),
    post("Content-Length: 100", "too short"),
    post("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 11", "__proto__=x"),
    post("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"),
    post("Upgrade: websocket\r\nConnection: Upgrade"),
  ];
  for (const bytes of said) {
    assert.match(await answerTo(port, bytes), /^($|HTTP\/1\.1 (4\d\d|505) )/, String(bytes).slice(0, 100));
  }
  const large = await send(port, { method: "POST", path: "/x/phantom/connect", body: Buffer.alloc(2 ** 24, "x") });
  assert.equal(large.status, 403);
  if (isLinux) {
    const [, kib] = /VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
    assert.ok(kib < 250_000, `PhantomJS has ${kib} KiB in memory`);
  }
}

/** Keeps `count` connections of strangers that are silent, half-way through a header, or owe a body. */
function strangers(port, count) {
  const head = `POST /x/y HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`;
  const kinds = ["", head, `${head}Content-Length: 1000\r\n\r\nno more`];
  return Promise.all(Array.from({ length: count }, (_, index) => hold(port, kinds[index % kinds.length])));
}

async function crawlAmong(count, { port, crawl }) {
  const sockets = await strangers(port, count);
  try {
    await Promise.all(["a", "b", "c", "d"].map((name) => crawlTen(crawl, name)));
  } finally {
    for (const socket of sockets) {
      socket.destroy();
    }
  }
  await until(async () => (await send(port)).status === 403, "an answer for strangers again");
}

async function crawlTen(crawl, name) {
  for (let index = 0; index < 10; index += 1) {
    await crawl(`${name}${index}`);
  }
}

test("a few silent strangers do not stop a crawl", () => survives((victim) => crawlAmong(6, victim)));

// PhantomJS serves ten connections, whoever has them: a crawl goes on because its own is one that PhantomJS opened.
test("a hundred silent strangers do not stop a crawl", () => survives((victim) => crawlAmong(100, victim)));

// Qt would send it through the proxy, were its address not of this machine.
test("a proxy that is down does not come between PhantomJS and its client", async () => {
  const { ph, close } = await browser({ phantomArguments: ["--proxy=127.0.0.1:1"] });
  try {
    const page = await ph.createPage();
    assert.equal(await page.evaluate("function () { return 1 + 1; }"), 2);
    assert.equal(await page.open("http://elsewhere.example/"), "fail", "that goes through it");
  } finally {
    await close();
  }
});

test("no command line shows a secret, and the socket's directory is its user's alone", { skip: !isLinux }, async () => {
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "pc-hostile-"));
  const options = { url: pages.url, workers: 1, phantomBasePort: basePort() };
  await run("held.js", options, { temporary, whileRunning: (running) => lookAround(running, temporary) });
  fs.rmSync(temporary, { recursive: true });
});

async function lookAround({ child, output, marker }, temporary) {
  await until(() => output.stdout.includes('"event":"go"'), "a worker at work");
  const all = processesOf(marker);
  const secrets = all.flatMap(({ pid }) => {
    const contact = variable(pid, "PHANTOM_CLUSTER_WORKER");
    return [variable(pid, "PHANTOM_CLUSTER_TOKEN"), contact && JSON.parse(contact).token].filter(Boolean);
  });
  assert.equal(secrets.length, 2, "one for the queue, one for the driver");
  for (const { command } of all) {
    assert.ok(
      secrets.every((secret) => secret.length >= 32 && !command.includes(secret)),
      command,
    );
  }
  const [directory] = fs.readdirSync(temporary).filter((name) => name.startsWith("phantom-cluster-"));
  assert.equal(fs.statSync(path.join(temporary, directory)).mode & 0o777, 0o700);
  child.kill("SIGKILL");
}
