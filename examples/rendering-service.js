"use strict";

// An HTTP service that renders pages:
//
//   PORT=8080 node examples/rendering-service.js
//   curl "http://127.0.0.1:8080/render?url=http://example.com/&format=pdf" > page.pdf
//
// GET /render?url=…&format=png|pdf|html. Errors: 400 bad url or format, 429 too many waiting, 502 the page cannot be
// loaded, 503 shutting down, 504 it takes too long. It loads whatever address it is asked for, those of your own network
// included: before others may use it, restrict the hosts, here or by a proxy.

const cluster = require("node:cluster");
const { randomUUID } = require("node:crypto");
const fs = require("node:fs/promises");
const http = require("node:http");
const os = require("node:os");
const path = require("node:path");
const { createQueued } = require("phantom-cluster");

const { PORT = "8080", WORKERS, TIMEOUT = "30000", MAX_WAITING = "20" } = process.env;

const TYPES = { png: "image/png", pdf: "application/pdf", html: "text/html; charset=utf-8" };
const STATUS = {
  ERR_INVALID_URL: 400,
  ERR_LOAD: 502,
  ERR_ENGINE_CLOSING: 503,
  ERR_ENGINE_STOPPED: 503,
  ERR_ITEM_TIMEOUT: 504,
};

const engine = createQueued({
  // Text from the environment will do; undefined is the default.
  workers: WORKERS,
  messageTimeout: TIMEOUT,
  // Whoever asked has got a 504: nobody waits for a second attempt.
  requeue: false,
  phantomArguments: ["--local-url-access=false"],
  // What scripts of the pages write.
  onStdout: () => {},
});

if (cluster.isPrimary) {
  serve();
} else {
  engine.on("request", render);
  // Ctrl-C goes to all processes of the terminal: the primary says when the workers end.
  process.on("SIGINT", () => {});
}
engine.start();

// The primary -----------------------------------------------------------------------------------------------------------

function serve() {
  const server = http.createServer((request, response) => {
    // Nobody waits any more: the page is closed, and the worker free.
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    answer(request, gone.signal).then(
      ({ type, body }) => response.writeHead(200, { "content-type": type }).end(body),
      (error) => {
        const status = error.status ?? STATUS[error.code] ?? 500;
        response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${error.message}\n`);
      },
    );
  });
  server.listen(PORT, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));

  async function shutDown() {
    server.close();
    // Answers what was accepted, but takes no longer than this.
    await engine.close({ timeout: 10_000 });
    server.closeAllConnections();
  }
  process.once("SIGTERM", shutDown);
  process.once("SIGINT", shutDown);
}

async function answer({ method, url }, signal) {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  if (method !== "GET" || pathname !== "/render") {
    throw refusal(404, "there is only GET /render");
  }
  const format = searchParams.get("format") ?? "png";
  if (!Object.hasOwn(TYPES, format)) {
    throw refusal(400, `format must be one of ${Object.keys(TYPES).join(", ")}`);
  }
  const { href, protocol } = new URL(searchParams.get("url") ?? "");
  if (protocol !== "http:" && protocol !== "https:") {
    throw refusal(400, "url must be an http or https address");
  }
  if (engine.queue.length >= Number(MAX_WAITING)) {
    throw refusal(429, "too many requests are waiting");
  }
  const { text, base64 } = await engine.run({ url: href, format }, { signal });
  return { type: TYPES[format], body: text ?? Buffer.from(base64, "base64") };
}

function refusal(status, message) {
  return Object.assign(new Error(message), { status });
}

// A worker --------------------------------------------------------------------------------------------------------------

async function render(page, item) {
  const { url, format } = item.request;
  await page.setViewportSize(1280, 800);
  if ((await page.open(url)) !== "success") {
    // The code arrives in the primary with the error.
    throw Object.assign(new Error(`${url} cannot be loaded`), { code: "ERR_LOAD" });
  }
  if (format === "html") {
    item.finish({ text: await page.get("content") });
  } else if (format === "png") {
    item.finish({ base64: await page.renderBase64("PNG") });
  } else {
    item.finish({ base64: await pdfOf(page) });
  }
}

/** PhantomJS makes a PDF only in a file. */
async function pdfOf(page) {
  const file = path.join(os.tmpdir(), `${randomUUID()}.pdf`);
  try {
    await page.setPaperSize({ format: "A4", margin: "1cm" });
    await page.render(file);
    return await fs.readFile(file, "base64");
  } finally {
    await fs.rm(file, { force: true });
  }
}
