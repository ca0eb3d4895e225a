"use strict";

const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const { NAMES } = require("../browsers");
const { withFolder } = require("../temporary");
const { note, ok, problem } = require("./result");

const TIMEOUT = 30_000;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const HOW = {
  format: "png",
  workers: 1,
  parallel: 1,
  timeout: TIMEOUT,
  retries: 0,
  viewport: { width: 320, height: 200 },
  wait: null,
  verbose: false,
};
// Without fonts its text has no width.
const HTML = `<!doctype html><meta charset="utf-8"><body><span>phantom-cluster</span>
<script>document.title = document.querySelector("span").offsetWidth</script></body>`;

/** Serves the page on a free port of this machine alone. */
async function startSite() {
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(HTML);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return server;
}

async function renderTo(target, browser) {
  // Needs the addon.
  const { newPage, run } = require("../run");
  const site = await startSite();
  try {
    const page = newPage(`http://127.0.0.1:${site.address().port}/`);
    const never = new AbortController().signal;
    await run([{ page, target }], { ...HOW, browser }, { drain: never, onPage: () => {} });
    return page;
  } finally {
    site.close();
    site.closeAllConnections();
  }
}

function judge(browser, { state, reason, title, ms, file }) {
  if (state !== "ok") {
    return problem(`A page was not rendered: ${reason}`, "a proxy in the environment may be in the way of 127.0.0.1");
  }
  const data = fs.readFileSync(file);
  if (!data.subarray(0, PNG.length).equals(PNG)) {
    return problem("A page was rendered, but its picture is no PNG");
  }
  return Number(title) > 0
    ? ok(`A page was rendered by a worker with ${NAMES[browser]} in ${ms} ms, ${data.length} bytes of PNG`)
    : problem("A page was rendered, but its text has no width", "install fonts such as DejaVu");
}

/** Renders a page as `render` does, with that browser; `needs` are the results of the checks of what it takes. */
async function checkPage(browser, needs) {
  if (needs.some(({ state }) => state === "problem")) {
    return note("No page was rendered, as it needs what is missing above");
  }
  try {
    return await withFolder(async (folder) => judge(browser, await renderTo(path.join(folder, "page.png"), browser)));
  } catch (error) {
    return problem(`A page was not rendered: ${error.message}`);
  }
}

module.exports = { checkPage };
