// A page of Chromium that is closed does nothing more, though its tab is used again: its connections end, and what its
// scripts had still to do is not heard of by the next page.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { browser, onChromium, site, until } from "../helpers.mjs";

/** Longer than a tab may be idle before it shows about:blank. */
const IDLE = 300;

/** Serves connections that never end by themselves, and counts those that are open, by path. */
async function serveOpen() {
  const open = new Map();
  const note = (path, by) => open.set(path, (open.get(path) ?? 0) + by);
  let ticks = 0;
  const server = http.createServer((request, response) => {
    const path = request.url.split("?")[0];
    if (path === "/") {
      response.setHeader("content-type", "text/html");
      response.end("<title>here</title>");
    } else if (path === "/tick") {
      ticks += 1;
      response.end();
    } else {
      note(path, 1);
      response.once("close", () => note(path, -1));
      const type = { "/events": "text/event-stream", "/file": "application/zip" }[path] ?? "text/plain";
      const more = path === "/file" ? { "content-disposition": "attachment; filename=left.zip" } : {};
      response.writeHead(200, { "content-type": type, ...more });
      response.write(": begun\n\n");
    }
  });
  server.on("upgrade", (request, socket) => {
    const key = createHash("sha1").update(
      `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
    );
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n" +
        `sec-websocket-accept: ${key.digest("base64")}\r\n\r\n`,
    );
    note("/socket", 1);
    socket.once("close", () => note("/socket", -1));
    socket.on("error", () => {});
    socket.on("end", () => socket.end());
    socket.resume();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    count: (path) => open.get(path) ?? 0,
    ticks: () => ticks,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("what a page of Chromium has open", onChromium(), () => {
  let started;
  let open;
  let ph;

  before(async () => {
    open = await serveOpen();
    started = await browser({ browser: "chromium", pageTimeout: 20_000 });
    ph = started.ph;
  });
  after(async () => {
    await started?.close();
    await open?.close();
  });

  const WAYS = {
    "a WebSocket": ["/socket", "window.kept = new WebSocket(location.href.replace('http', 'ws') + 'socket');"],
    "an EventSource": ["/events", "window.kept = new EventSource('/events');"],
    "an XMLHttpRequest": ["/long", "var r = window.kept = new XMLHttpRequest(); r.open('GET', '/long'); r.send();"],
    "a fetch": ["/long", "window.kept = fetch('/long');"],
    "a download": [
      "/file",
      "var a = document.createElement('a'); a.href = '/file'; document.body.appendChild(a); a.click();",
    ],
    "a frame": ["/long", "var f = document.createElement('iframe'); f.src = '/long'; document.body.appendChild(f);"],
    "a worker's": [
      "/long",
      "var b = new Blob(['fetch(\"' + location.href + 'long\")']); window.kept = new Worker(URL.createObjectURL(b));",
    ],
  };
  /** What comes behind the page's end. */
  const NEXT = {
    "where no page comes": () => {},
    "where a page comes that loads": async () => {
      const page = await ph.createPage();
      await page.open(`${open.url}/`);
      return page;
    },
    "where a page comes that does nothing": () => ph.createPage(),
  };

  for (const [way, [path, source]] of Object.entries(WAYS)) {
    for (const [where, next] of Object.entries(NEXT)) {
      test(`${way} ends with it, ${where}`, async () => {
        const page = await ph.createPage();
        await page.open(`${open.url}/`);
        await page.evaluate(`function () { ${source} }`);
        if (way === "a download") {
          // Refused as soon as it begins.
          await sleep(100);
        } else {
          await until(() => open.count(path) === 1, "the connection");
        }
        await page.close();
        const other = await next();
        await until(() => open.count(path) === 0, "the end of the connection");
        await other?.close();
      });
    }
  }

  for (const [where, next] of Object.entries(NEXT)) {
    test(`its timers and workers ask for nothing more, ${where}`, async () => {
      const page = await ph.createPage();
      await page.open(`${open.url}/`);
      await page.evaluate(`function () {
        setInterval(function () { fetch('/tick', { keepalive: true }); }, 5);
        requestAnimationFrame(function again() { fetch('/tick'); requestAnimationFrame(again); });
        var source = 'setInterval(function () { fetch("' + location.href + 'tick"); }, 5)';
        window.kept = new Worker(URL.createObjectURL(new Blob([source])));
        window.shared = new SharedWorker(URL.createObjectURL(new Blob([source])));
      }`);
      await until(() => open.ticks() > 20, "its requests");
      await page.close();
      const other = await next();
      const isQuiet = async () => {
        const before = open.ticks();
        await sleep(300);
        return open.ticks() === before;
      };
      await until(isQuiet, "the end of its requests", 5_000);
      await other?.close();
    });
  }
});

describe("what the scripts of a page of Chromium still do", onChromium(), () => {
  const EVENTS = [
    "onAlert",
    "onCallback",
    "onConfirm",
    "onConsoleMessage",
    "onError",
    "onInitialized",
    "onLoadFinished",
    "onLoadStarted",
    "onNavigationRequested",
    "onPageCreated",
    "onResourceReceived",
    "onResourceRequested",
    "onUrlChanged",
  ];
  /** Done again and again by a page that is closed. */
  const DEEDS = {
    alert: "alert('left')",
    "a confirm": "confirm('left')",
    "a message of the console": "console.log('left')",
    "an error": "setTimeout(function () { throw new Error('left'); }, 0)",
    "a call": "callPhantom('left')",
    "a request": "fetch('/left')",
    "a pop-up": "window.open('/left')",
    "another fragment": "location.hash = 'left' + Math.random()",
    "another entry of its history": "history.pushState(1, '', '/left' + Math.random())",
    "a frame": "document.documentElement.appendChild(document.createElement('iframe')).src = '/left'",
  };
  const WAYS = {
    timers: (deed) => `setInterval(function () { ${deed}; }, 5);`,
  };
  let started;
  let pages;
  let ph;

  before(async () => {
    pages = await site({
      "/": "<title>one</title>",
      "/slow": (_request, response) => {
        response.setHeader("content-type", "text/html");
        setTimeout(() => response.end("<title>slow</title>"), 200);
      },
      "/left": (_request, response) => response.end(),
      "/nothing": (_request, response) => response.writeHead(204).end(),
    });
    started = await browser({ browser: "chromium", pageTimeout: 10_000 });
    ph = started.ph;
  });
  after(async () => {
    await started?.close();
    await pages?.close();
  });

  /** A page that does `deed` again and again, and is closed. */
  async function leave(way, deed) {
    const page = await ph.createPage();
    await page.open(`${pages.url}/`);
    await page.evaluate(`function () { setTimeout(function () { ${WAYS[way](deed)} }, 0); }`);
    await page.close();
  }

  /** What the next page hears while `act` lasts. */
  async function heard(act) {
    const page = await ph.createPage();
    const all = [];
    for (const name of EVENTS) {
      page.set(name, (...args) => all.push([name, JSON.stringify(args)]));
    }
    await act(page);
    await page.close();
    return all;
  }

  for (const way of Object.keys(WAYS)) {
    for (const [name, deed] of Object.entries(DEEDS)) {
      test(`${name} by ${way} is not heard of by the next page`, async () => {
        for (let time = 0; time < 2; time += 1) {
          await leave(way, deed);
          const loading = await heard(async (page) => {
            assert.equal(await page.open(`${pages.url}/slow`), "success");
            assert.equal(await page.get("title"), "slow");
          });
          assert.deepEqual(
            loading.filter(([, args]) => args.includes("left")),
            [],
          );
          const names = loading.map(([event]) => event);
          assert.equal(names.filter((event) => event === "onLoadFinished").length, 1, String(names));
          await leave(way, deed);
          assert.deepEqual(await heard(() => sleep(IDLE)), []);
        }
      });
    }
  }

  test("a page that loads nothing does not show the page before", async () => {
    for (let time = 0; time < 3; time += 1) {
      const one = await ph.createPage();
      await one.open(`${pages.url}/`);
      await one.evaluate("function () { window.left = 1; }");
      await one.close();
      const two = await ph.createPage();
      await two.open(`${pages.url}/nothing`);
      assert.deepEqual(await two.evaluate("function () { return [typeof left, location.href]; }"), [
        "undefined",
        "about:blank",
      ]);
      const alerts = [];
      await two.set("onAlert", (text) => alerts.push(text));
      await two.evaluate("function () { alert('mine'); }");
      assert.deepEqual(alerts, ["mine"]);
      await two.close();
    }
  });
});
