"use strict";

// Opens, evaluates and closes pages on one PhantomJS, and prints what grows: node bench/cycles.js [CYCLES]

const { once } = require("node:events");
const fs = require("node:fs");
const http = require("node:http");
const { PhantomClusterClient } = require("../index");
const { targetOf } = require("../lib/page/handle");

const cycles = Number(process.argv[2] ?? 10_000);
const STEPS = 10;

/** Resident memory of a process, MiB; from /proc, so null elsewhere than on Linux. */
function residentMiB(pid) {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024);
  } catch {
    return null;
  }
}

async function cycle(ph, url) {
  const page = await ph.createPage();
  await page.set("onConsoleMessage", () => {});
  const status = await page.open(url);
  const title = await page.evaluate("function () { console.log('x'); return document.title; }");
  await page.close();
  if (status !== "success" || title !== "cycle") {
    throw new Error(`${status}, ${title}`);
  }
}

async function main() {
  const server = http.createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<title>cycle</title><p>some text</p>");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = new PhantomClusterClient({ onStdout: () => {} });
  client.start();
  await once(client, "phantomStarted");
  const { ph } = client;
  const rows = [];
  for (let done = 0; done <= cycles; done += 1) {
    if (done % (cycles / STEPS) === 0) {
      global.gc?.();
      const { heapUsed } = process.memoryUsage();
      const { sessions, objects } = await targetOf(ph).command("status", []);
      const sizes = { "node RSS": residentMiB(process.pid), heap: Math.round(heapUsed / 2 ** 20) };
      rows.push({ cycles: done, sessions, objects, ...sizes, "phantomjs RSS": residentMiB(ph.process.pid) });
    }
    await cycle(ph, `http://127.0.0.1:${server.address().port}/`);
  }
  console.table(rows);
  client.stop();
  server.close();
}

main();
