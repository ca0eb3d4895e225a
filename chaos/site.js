"use strict";

const http = require("node:http");

const HANG = "/hang";
const LOOP = "/loop";

/** Serves a page for every path on loopback: HANG never answers, LOOP has a script that never ends. */
async function startSite() {
  const server = http.createServer(({ url }, response) => {
    if (url === HANG) {
      return;
    }
    response.setHeader("content-type", "text/html; charset=utf-8");
    const script = url === LOOP ? "<script>while (true) {}</script>" : "";
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

module.exports = { HANG, LOOP, startSite };
