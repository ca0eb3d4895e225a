"use strict";

const http = require("node:http");

const HANG = "/hang";
const LOOP = "/loop";
const DEEP = "/deep";

/** So many elements within each other overflow the stack of PhantomJS 2.1.1 when it lays them out. */
const DEPTH = 60_000;
const SCRIPTS = {
  [LOOP]: "while (true) {}",
  [DEEP]:
    "var node = document.body;" +
    `for (var depth = 0; depth < ${DEPTH}; depth += 1) node = node.appendChild(document.createElement("div"));` +
    'node.textContent = "deep";',
};

/** Serves a page for every path on loopback: HANG never answers, LOOP has a script that never ends, DEEP ends PhantomJS. */
async function startSite() {
  const server = http.createServer(({ url }, response) => {
    if (url === HANG) {
      return;
    }
    response.setHeader("content-type", "text/html; charset=utf-8");
    const script = SCRIPTS[url] ? `<script>${SCRIPTS[url]}</script>` : "";
    response.end(`<title>page ${url}</title><body>hello from ${url}${script}</body>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

module.exports = { DEEP, HANG, LOOP, startSite };
