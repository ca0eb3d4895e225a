"use strict";

// What the examples load: the addresses on the command line or, without any, a small site of their own.

const http = require("node:http");

const TITLES = { "/": "Home", "/news": "News", "/about": "About us" };

function serve(request, response) {
  const title = TITLES[request.url];
  response.writeHead(title ? 200 : 404, { "content-type": "text/html; charset=utf-8" });
  response.end(`<title>${title ?? "Not found"}</title><h1>${title ?? "Not found"}</h1>`);
}

/** `{ urls, close() }`. For the primary process: workers get their addresses from it. */
async function startSite() {
  const given = process.argv.slice(2);
  if (given.length > 0) {
    return { urls: given, close: () => {} };
  }
  const server = http.createServer(serve);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    urls: Object.keys(TITLES).map((path) => `http://127.0.0.1:${server.address().port}${path}`),
    close: () => {
      server.close();
      // PhantomJS keeps connections open for its next request.
      server.closeAllConnections();
    },
  };
}

module.exports = { startSite };
