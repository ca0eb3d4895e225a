"use strict";

// Serves the site that the demo crawls. Some of it is broken on purpose.

const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const { picture, views } = require("./picture");

const SITE = path.join(__dirname, "site");
const TYPES = { ".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".png": "image/png" };

/** What a page's answer must be where it is not 200: the site's own faults are no failure of the demo. */
const BROKEN = { "/radio": "500", "/fifth-light": "404", "/wreck": "failed" };
const DELAYS = { "/archive": 1500, "/api/weather.json": 250 };

const WEATHER = {
  station: "North Stack, 38 m above the sea",
  hours: [
    { at: "06:00", sky: "clear", degrees: 4, wind: 3, from: "the west" },
    { at: "09:00", sky: "clear", degrees: 7, wind: 4, from: "the west" },
    { at: "12:00", sky: "fair", degrees: 10, wind: 7, from: "the south" },
    { at: "15:00", sky: "fair", degrees: 11, wind: 9, from: "the south" },
    { at: "18:00", sky: "rain", degrees: 8, wind: 14, from: "the south" },
    { at: "21:00", sky: "rain", degrees: 6, wind: 17, from: "the west" },
  ],
};

const read = (file) => fs.readFileSync(path.join(SITE, file), "utf8");
const layout = read("layout.html");

/** A whole page around the text of `file`, which names its title in its first line. */
function page(file, status) {
  const text = read(file);
  const [, title] = /^<!-- title: (.*) -->/.exec(text);
  // PhantomJS tells `open` only whether a page came, not with which HTTP status: a 404 with a body is a "success" to
  // it. So that the demo shows what really happened, each page carries its status in <html data-status>.
  const values = { title, status, body: text };
  return Buffer.from(layout.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]));
}

/** Everything the site has: path → { status, type, body }. */
function contents() {
  const all = new Map();
  const add = (url, body, type = "text/html", status = 200) => all.set(url, { status, type, body });
  for (const file of fs.readdirSync(path.join(SITE, "pages"), { recursive: true }).filter((f) => f.endsWith(".html"))) {
    const url = `/${file.replaceAll(path.sep, "/").replace(/\.html$/, "")}`;
    const status = Number(BROKEN[url] ?? 200);
    add(url === "/home" ? "/" : url, page(path.join("pages", file), status), "text/html", status);
  }
  for (const file of fs.readdirSync(path.join(SITE, "static"))) {
    add(`/${file}`, Buffer.from(read(path.join("static", file))), TYPES[path.extname(file)]);
  }
  for (const name of views) {
    add(`/picture/${name}.png`, picture(name), TYPES[".png"]);
  }
  add("/map/sheet", Buffer.from(read("sheet.html")));
  add("/api/weather.json", Buffer.from(JSON.stringify(WEATHER)), TYPES[".json"]);
  return all;
}

/** The path without its query, decoded; one that cannot be decoded is no path of ours. */
function pathOf(request) {
  try {
    return decodeURIComponent(request.url.split("?")[0]);
  } catch {
    return "";
  }
}

async function answer(all, lost, request, response) {
  const url = pathOf(request);
  await sleep(DELAYS[url] ?? 0);
  if (BROKEN[url] === "failed") {
    request.socket.destroy();
    return;
  }
  const { status, type, body } = all.get(url) ?? lost;
  const charset = type.startsWith("image/") ? "" : "; charset=utf-8";
  response.writeHead(status, { "content-type": type + charset, "content-length": body.length });
  response.end(body);
}

/** Starts the site on a free port of this machine alone: `{ url, close() }`. */
async function startSite() {
  const all = contents();
  const lost = { status: 404, type: "text/html", body: page("404.html", 404) };
  const server = http.createServer((request, response) => answer(all, lost, request, response));
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.close();
      // PhantomJS may have kept connections open for its next request.
      server.closeAllConnections();
    },
  };
}

module.exports = { startSite, BROKEN };
