// The examples as a user runs them, with a real PhantomJS: what they print, what they serve, how they end.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { isLinux, processesOf, site, until } from "../helpers.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const examples = path.join(root, "examples");
const DEADLINE = 60_000;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** What the site was asked for since the test began. */
const asked = [];
const noting = (serve) => (request, response) => {
  asked.push(request.url);
  serve?.(request, response);
};

let pages;
before(async () => {
  pages = await site({
    "/one": "<title>one</title><h1>The first</h1>",
    "/two": "<title>two</title>",
    "/never": noting(),
    "/endless": "<script>for (;;) {}</script>",
    "/slow": noting((_request, response) => setTimeout(() => response.end("slow"), 1_000)),
  });
});
after(() => pages.close());

function temporaryFolder() {
  return fs.mkdtempSync(path.join(os.tmpdir(), "pc-example-"));
}

/**
 * Starts an example. `ended()` waits for its end, and sees that it left no process and no temporary file: it resolves
 * with its exit code, its lines, and all its text.
 */
function start(file, args = [], env = {}) {
  const marker = randomUUID();
  const folder = temporaryFolder();
  const child = spawn(process.execPath, [path.resolve(examples, file), ...args], {
    env: { ...process.env, ...env, PHANTOM_CLUSTER_TEST: marker, TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: DEADLINE,
    killSignal: "SIGKILL",
  });
  const output = { stdout: "", text: "" };
  child.stdout.setEncoding("utf8").on("data", (data) => {
    output.stdout += data;
    output.text += data;
  });
  child.stderr.setEncoding("utf8").on("data", (data) => {
    output.text += data;
  });
  const closed = once(child, "close");
  const ended = async () => {
    const [code, signal] = await closed;
    const text = `${file} ended with ${signal ?? code}\n${output.text}`;
    if (isLinux) {
      await until(() => processesOf(marker).length === 0, `${text}\nthe end of all its processes`);
    }
    assert.deepEqual(fs.readdirSync(folder), [], `${text}\nleft temporary files`);
    fs.rmSync(folder, { recursive: true });
    return { code, lines: output.stdout.split("\n").filter(Boolean), text };
  };
  return { child, output, ended };
}

const portless = (lines) => lines.map((line) => line.replace(/127\.0\.0\.1:\d+/g, "site"));

/** Runs an example until it ends well. */
async function run(file, args) {
  const { code, lines, text } = await start(file, args).ended();
  assert.equal(code, 0, text);
  return { lines: portless(lines), text };
}

const twoUrls = () => [`${pages.url}/one`, `${pages.url}/two`];

// Each prints a line for each address: those of its own site, or those that it was given.
for (const [file, line] of [
  ["queued.js", (url, title) => `${url}: ${title}`],
  ["published.js", (url, title) => `${url}: ${title}`],
  ["bare-bones.js", (url, title) => `${url}: ${title}`],
  ["esm.mjs", (url, title) => `${url}: success, ${title}`],
]) {
  const found = ({ lines }) =>
    lines.map((text) => text.replace(/^worker \d+: /, "")).filter((text) => /^http/.test(text));

  test(`${file}, with a site of its own`, async () => {
    const result = await run(file);
    const expected = { "/": "Home", "/news": "News", "/about": "About us" };
    assert.deepEqual(
      found(result).sort(),
      Object.entries(expected)
        .map(([url, title]) => line(`http://site${url}`, title))
        .sort(),
      result.text,
    );
  });

  test(`${file}, with addresses`, async () => {
    const result = await run(file, twoUrls());
    assert.deepEqual(
      found(result).sort(),
      [line("http://site/one", "one"), line("http://site/two", "two")],
      result.text,
    );
  });
}

test("queued.js says which address fails, and exits with 1", async () => {
  const { code, lines, text } = await start("queued.js", ["http://127.0.0.1:1/", `${pages.url}/one`]).ended();
  assert.equal(code, 1, text);
  assert.deepEqual(portless(lines).sort(), ["http://site/: cannot be loaded", "http://site/one: one"], text);
});

test("published.js tells of the engine's events", async () => {
  const { lines, text } = await run("published.js");
  for (const line of ["# Worker started: 1", "# Worker started: 2", "# Phantom instance started", "# Stopped"]) {
    assert.ok(lines.includes(line), text);
  }
});

test("lasting.js goes on where it was ended", async () => {
  const folder = temporaryFolder();
  try {
    const file = path.join(folder, "queue.db");
    const first = start("lasting.js", [file, `${pages.url}/one`, `${pages.url}/never`, `${pages.url}/two`]);
    await until(
      () => asked.includes("/never") && first.output.stdout.includes(": two"),
      "two answers, and one that waits",
    );
    first.child.kill("SIGINT");
    const { code, lines, text } = await first.ended();
    assert.equal(code, 0, text);
    assert.deepEqual(portless(lines).sort(), ["http://site/one: one", "http://site/two: two"], text);
    const second = start("lasting.js", [file, `${pages.url}/one`]);
    await until(() => second.output.stdout.includes(": one"), "the answer of a new request");
    second.child.kill("SIGINT");
    const again = await second.ended();
    assert.deepEqual(
      portless(again.lines),
      ["http://site/never: left from last time", "http://site/one: one"],
      again.text,
    );
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test("standalone.js, both generations", async () => {
  const { lines } = await run("standalone.js", [`${pages.url}/one`]);
  assert.deepEqual(lines, ["GET http://site/one", "with promises: success, one", "with callbacks: success, one"]);
  assert.deepEqual((await run("standalone.js")).lines.slice(1), [
    "with promises: success, Home",
    "with callbacks: success, Home",
  ]);
});

test("waiting.js: loads that reject, waiting, a picture of one element, a PDF", async () => {
  const { lines } = await run("waiting.js");
  assert.deepEqual(lines, [
    "200 http://127.0.0.1/",
    "here now",
    "a picture of it: PNG",
    "the page: PDF",
    "ERR_NAVIGATION http://none.invalid/",
  ]);
});

test("typescript.ts is accepted by tsc, and runs as it comes from it", async () => {
  const project = temporaryFolder();
  try {
    const file = path.join(examples, "typescript.ts");
    const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile);
    const given = {
      ...config,
      files: [file],
      include: [],
      compilerOptions: { ...config.compilerOptions, noEmit: false },
    };
    const { options, errors } = ts.parseJsonConfigFileContent(given, ts.sys, root);
    assert.deepEqual(errors, []);
    const program = ts.createProgram([file], { ...options, outDir: project, rootDir: examples });
    const found = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
    assert.deepEqual(found, []);
    program.emit();
    // As in a project that has the package installed.
    fs.mkdirSync(path.join(project, "node_modules"));
    fs.symlinkSync(root, path.join(project, "node_modules", "phantom-cluster"), "junction");
    const script = path.join(project, "typescript.js");
    const own = await run(script);
    assert.deepEqual(own.lines, ["http://site/: A typed page, 1 link(s)"], own.text);
    const others = await run(script, twoUrls());
    assert.deepEqual(others.lines, ["http://site/one: one, 0 link(s)", "http://site/two: two, 0 link(s)"], others.text);
  } finally {
    fs.rmSync(project, { recursive: true });
  }
});

// The service -----------------------------------------------------------------------------------------------------------

/** Starts the service; `get(query)` asks it. */
async function service(env) {
  const started = start("rendering-service.js", [], { PORT: "0", WORKERS: "1", ...env });
  const { output, child } = started;
  await until(() => output.stdout.includes("\n") || child.exitCode !== null, "its address", DEADLINE);
  const [base] = output.stdout.split("\n");
  assert.match(base, /^http:\/\/127\.0\.0\.1:\d+$/, output.text);
  const ask = async (target, options) => {
    const response = await fetch(base + target, options);
    const body = Buffer.from(await response.arrayBuffer());
    return { status: response.status, type: response.headers.get("content-type"), body };
  };
  const get = (query) => ask(`/render?${new URLSearchParams(query)}`);
  const close = async (signal = "SIGTERM") => {
    child.kill(signal);
    const { code, text } = await started.ended();
    assert.equal(code, 0, text);
  };
  return { ...started, ask, get, close };
}

test("the service renders PNG, PDF and HTML", async () => {
  const { get, close } = await service();
  const url = `${pages.url}/one`;
  for (const query of [{ url }, { url, format: "png" }]) {
    const png = await get(query);
    assert.deepEqual([png.status, png.type], [200, "image/png"]);
    assert.deepEqual(png.body.subarray(0, PNG.length), PNG);
    assert.equal(png.body.readUInt32BE(16), 1280);
  }
  const pdf = await get({ url, format: "pdf" });
  assert.deepEqual([pdf.status, pdf.type], [200, "application/pdf"]);
  assert.equal(pdf.body.subarray(0, 5).toString(), "%PDF-");
  const html = await get({ url, format: "html" });
  assert.deepEqual([html.status, html.type], [200, "text/html; charset=utf-8"]);
  assert.match(html.body.toString(), /<h1>The first<\/h1>/);
  await close();
});

test("the service refuses what it cannot do, and says when a page fails", async () => {
  const { ask, get, close } = await service();
  for (const query of [
    {},
    { url: "" },
    { url: "nonsense" },
    { url: "file:///etc/hostname" },
    { url: "javascript:1" },
    { url: `${pages.url}/one`, format: "gif" },
    { url: `${pages.url}/one`, format: "constructor" },
  ]) {
    const { status, type, body } = await get(query);
    assert.deepEqual([status, type], [400, "text/plain; charset=utf-8"], JSON.stringify(query));
    assert.ok(body.length > 1);
  }
  assert.equal((await ask("/")).status, 404);
  assert.equal((await ask("/render", { method: "POST" })).status, 404);
  assert.equal((await get({ url: "http://127.0.0.1:1/" })).status, 502);
  assert.equal((await get({ url: `${pages.url}/one` })).status, 200);
  await close("SIGINT");
});

test("the service gives up in time, also on a script that never ends, and goes on", async () => {
  const { get, close } = await service({ TIMEOUT: "1000" });
  const begin = performance.now();
  assert.equal((await get({ url: `${pages.url}/never` })).status, 504);
  assert.ok(performance.now() - begin >= 990);
  assert.equal((await get({ url: `${pages.url}/endless` })).status, 504);
  // Its worker is replaced meanwhile, which may take longer than the time of a request.
  await until(
    async () => (await get({ url: `${pages.url}/one` })).status === 200,
    "a page after the endless one",
    DEADLINE,
  );
  await close();
});

test("the service takes no more than it can keep waiting", async () => {
  const { get, close } = await service({ TIMEOUT: "1500", MAX_WAITING: "1" });
  const url = `${pages.url}/never`;
  asked.length = 0;
  const held = get({ url });
  await until(() => asked.includes("/never"), "the request of the page");
  // One of these waits, whichever comes first.
  const others = await Promise.all([get({ url }), get({ url })]);
  assert.deepEqual(others.map(({ status }) => status).sort(), [429, 504]);
  assert.equal((await held).status, 504);
  await close();
});

test("the service drops a request whose client is gone", async () => {
  const { ask, get, close } = await service();
  asked.length = 0;
  const leaving = new AbortController();
  const query = new URLSearchParams({ url: `${pages.url}/never` });
  const left = ask(`/render?${query}`, { signal: leaving.signal });
  await until(() => asked.includes("/never"), "the request of the page");
  leaving.abort();
  await assert.rejects(left, { name: "AbortError" });
  const begin = performance.now();
  assert.equal((await get({ url: `${pages.url}/one` })).status, 200);
  assert.ok(performance.now() - begin < 20_000, "the worker is free before the time of the request is over");
  await close();
});

test("the service answers what it has accepted when it is told to end, and takes no more", async () => {
  const { get, close, output } = await service({ WORKERS: "2" });
  asked.length = 0;
  const answers = [get({ url: `${pages.url}/slow`, format: "html" }), get({ url: `${pages.url}/slow` })];
  await until(() => asked.length === 2, "the requests of the pages");
  const closed = close();
  await until(() => get({}).then(ifAnswered, ifRefused), "the end of listening");
  for (const { status } of await Promise.all(answers)) {
    assert.equal(status, 200, output.text);
  }
  await closed;
});

const ifAnswered = () => false;
// The latter is what Bun says.
const ifRefused = (error) => ["ECONNREFUSED", "ConnectionRefused"].includes((error.cause ?? error).code);
