// The demo as a user runs it: its table, its pictures, its end.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isLinux, onChromium, processesOf, until } from "../helpers.mjs";

const demo = fileURLToPath(new URL("../../examples/demo/demo.js", import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-demo-"));
const DEADLINE = 120_000;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

after(() => fs.rmSync(folder, { recursive: true }));

/** Runs the demo until it ends by itself. */
async function run(args, env = {}) {
  const marker = randomUUID();
  const child = spawn(process.execPath, [demo, ...args], {
    env: { ...process.env, ...env, PHANTOM_CLUSTER_TEST: marker },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: DEADLINE,
    killSignal: "SIGKILL",
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (data) => {
      text += data;
    });
  }
  const [code, signal] = await once(child, "close");
  assert.equal(signal, null, text);
  if (isLinux) {
    await until(() => processesOf(marker).length === 0, `${text}\nthe end of all its processes`);
  }
  return { code, text };
}

/** What the crawl must find: the files of the site, and two links that lead nowhere. */
function allPaths() {
  const files = fs.readdirSync(path.join(path.dirname(demo), "site", "pages"), { recursive: true });
  const pages = files.filter((file) => file.endsWith(".html")).map((file) => `/${file.slice(0, -".html".length)}`);
  const paths = pages.map((page) => (page === "/home" ? "/" : page.replaceAll(path.sep, "/")));
  assert.ok(paths.length >= 12);
  return [...paths, "/fifth-light", "/wreck"].sort();
}

/** The lines of the printed table, by path: its cells stand under the dashes. */
function tableOf(text) {
  const lines = text.split("\n");
  const rule = lines.findIndex((line) => /^-+( {2}-+)+$/.test(line));
  assert.ok(rule > 0, text);
  const columns = [...lines[rule].matchAll(/-+/g)];
  const cells = (line) => columns.map(({ index, 0: { length } }) => line.slice(index, index + length).trim());
  const names = cells(lines[rule - 1]);
  const rows = lines.slice(rule + 1, lines.indexOf("", rule));
  return new Map(
    rows.map((line) => [cells(line)[0], Object.fromEntries(cells(line).map((cell, i) => [names[i], cell]))]),
  );
}

const NAMES = { phantomjs: "PhantomJS", chromium: "Chromium" };
/** What each browser says of a script that calls what is not there. */
const SCRIPT_ERROR = { phantomjs: /Can't find variable/, chromium: /is not defined/ };

/** What one browser must have found, as the demo printed it: the part of its output that begins with its name. */
function checkCrawl(whole, browser) {
  const [, text] = new RegExp(`^${NAMES[browser]}:\n(.*?^Workers:.*?\n\n)`, "ms").exec(whole) ?? [];
  assert.ok(text, whole);
  const pages = tableOf(text);
  assert.deepEqual([...pages.keys()].sort(), allPaths(), text);

  const good = [...pages.values()].filter((page) => page.HTTP === "200");
  assert.equal(good.length, pages.size - 3, text);
  for (const page of good) {
    assert.equal(page.status, "success");
    assert.notEqual(page.title, "");
    assert.match(page.ms, /^\d+$/);
    assert.match(page.tries, /^[1-3]$/);
    assert.match(page.worker, /^\d+$/);
  }

  // A page with an error's status is a page; one that never came is not.
  assert.deepEqual([pages.get("/radio").status, pages.get("/radio").HTTP], ["success", "500"]);
  assert.deepEqual([pages.get("/fifth-light").status, pages.get("/fifth-light").HTTP], ["success", "404"]);
  assert.deepEqual([pages.get("/wreck").status, pages.get("/wreck").HTTP], ["fail", "failed"]);
  const [, error] = /^Script error on \/horn: .*ReferenceError: (.*)$/m.exec(text) ?? [];
  assert.match(error, SCRIPT_ERROR[browser]);
  assert.ok(Number(pages.get("/archive").ms) >= 1500, text);

  const [, started, ended] = /Workers: (\d+) started, (\d+) ended/.exec(text);
  assert.ok(Number(started) > 2, `recycled: ${text}`);
  assert.equal(ended, started);
  assert.ok(new Set([...pages.values()].map((page) => page.worker)).size > 2, text);
  return pages.size;
}

/** The sheet and its pictures: `count` for each browser. */
function checkSheet(out, browsers, count) {
  const sheet = fs.readFileSync(path.join(out, "index.html"), "utf8");
  for (const browser of browsers) {
    const pictures = fs.readdirSync(out).filter((name) => name.endsWith(`.${browser}.png`));
    assert.equal(pictures.length, count);
    for (const name of pictures) {
      const data = fs.readFileSync(path.join(out, name));
      assert.deepEqual(data.subarray(0, PNG.length), PNG, name);
      assert.ok(data.length > 1000, `${name} has ${data.length} bytes`);
      assert.ok(sheet.includes(`<img src="${name}"`), name);
    }
  }
  const others = Object.keys(NAMES).filter((name) => !browsers.includes(name));
  assert.ok(others.every((name) => !sheet.includes(`.${name}.png`)));
  assert.equal(sheet.match(/<div class="page/g).length, count);
}

test("the demo crawls its site, shows what it found, and ends", async () => {
  const out = path.join(folder, "alone");
  const { code, text } = await run(["--alone", "--out", out]);
  assert.equal(code, 0, text);
  checkSheet(out, ["phantomjs"], checkCrawl(text, "phantomjs"));
});

test("with --browser chromium it crawls on Chromium, and shows PhantomJS beside it", onChromium(), async () => {
  const out = path.join(folder, "both");
  const { code, text } = await run(["--browser", "chromium", "--out", out]);
  assert.equal(code, 0, text);
  assert.match(text, /^Chromium:$/m);
  assert.ok(text.indexOf("Chromium:\n") < text.indexOf("PhantomJS:\n"), text);
  const count = checkCrawl(text, "chromium");
  assert.equal(checkCrawl(text, "phantomjs"), count);
  checkSheet(out, ["chromium", "phantomjs"], count);
  assert.match(text, new RegExp(`Chromium and PhantomJS saw the same of ${count} of ${count} pages`), text);
});

test("where the other browser is missing it is said how to get it, and the sheet shows one", async () => {
  const out = path.join(folder, "one");
  const { code, text } = await run(["--out", out], { CHROME_PATH: "/nowhere/chrome", PUPPETEER_EXECUTABLE_PATH: "" });
  assert.equal(code, 0, text);
  assert.match(
    text,
    /^Not beside Chromium: CHROME_PATH names \/nowhere\/chrome, which does not exist; install one with/m,
  );
  checkSheet(out, ["phantomjs"], checkCrawl(text, "phantomjs"));
});

test("a browser that there is none of is a mistake in the call", async () => {
  const { code, text } = await run(["--browser", "chrome", "--out", folder]);
  assert.equal(code, 1, text);
  assert.match(text, /^demo: --browser must be phantomjs or chromium, not "chrome"; did you mean "chromium"\?$/m);
});

test("without Chromium --browser chromium says how to get it", async () => {
  const env = { CHROME_PATH: "/nowhere/chrome", PUPPETEER_EXECUTABLE_PATH: "" };
  const { code, text } = await run(["--browser", "chromium", "--out", folder], env);
  assert.equal(code, 1, text);
  assert.match(text, /^demo: CHROME_PATH names \/nowhere\/chrome, which does not exist; install one with/m);
  assert.doesNotMatch(text, /\n\s+at /);
});

test("without PhantomJS the demo says how to get it", async () => {
  const { code, text } = await run(["--out", folder], { PHANTOMJS_EXECUTABLE: "/nowhere/phantomjs" });
  assert.equal(code, 1, text);
  assert.match(text, /^demo: PHANTOMJS_EXECUTABLE names \/nowhere\/phantomjs, which does not exist; install one with/m);
  assert.doesNotMatch(text, /\n\s+at /);
});

test("a PhantomJS that does not run ends the demo with an error", async () => {
  const { code, text } = await run(["--out", folder], { PHANTOMJS_EXECUTABLE: process.execPath });
  assert.equal(code, 1, text);
  assert.match(text, /^demo: more than \d+ workers crashed/m);
});
