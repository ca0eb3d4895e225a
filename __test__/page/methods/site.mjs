// What the cases load: a site that notes what it is asked for, and a proxy.

import { serve, site } from "../../helpers.mjs";

const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** What the site was asked for since the case began. */
export const requests = [];
export const requested = (url) => requests.filter((request) => request.url === url);
export function forgetRequests() {
  requests.length = 0;
}

const FILE_INPUTS = "<input type=file id=one><input type=file id=many multiple>";

export const PAGES = {
  "/": "<title>start</title><p id=p>text</p>",
  "/two": "<title>two</title>",
  "/large": "<title>large</title><body style='margin:0;background:#fff'><div style='width:1000px;height:2000px'></div>",
  "/link":
    "<title>link</title><a id=a href='/two' style='position:absolute;left:0;top:0;width:99px;height:50px'>two</a>",
  "/form":
    "<input id=i><button style='position:absolute;left:0;top:100px;width:100px;height:50px' " +
    "onclick=\"document.title = 'clicked'\">b</button>",
  "/frames": "<title>outer</title><iframe name=one src='/inner'></iframe>",
  "/inner": "<title>inner</title><p>inside</p><input id=i><iframe name=deep src='/two'></iframe>",
  "/files": FILE_INPUTS,
  "/opener": "<title>opener</title><script>function go() { return window.open('/two', 'kid'); }</script>",
  "/script": "<title>before</title><script>document.title = 'after';</script>",
  "/speaks": "<script>console.log('one', 2);</script>",
  "/throws": "<script>\nfunction inner() { throw new TypeError('boo'); }\ninner();</script>",
  "/alerts": "<script>alert('hi é');</script>",
  "/confirms": "<script>answer = confirm('sure?');</script>",
  "/prompts": "<script>answer = prompt('name?', 'none');</script>",
  "/calls": "<script>answer = callPhantom({ a: 1 }, 2);</script>",
  "/picture": "<title>picture</title><img src='/logo.png'>",
  "/same-picture": "<title>same picture</title><img src='/logo.png'>",
  "/stuck": "<title>stuck</title><img src='/never'>",
  "/never": () => {},
  "/boxes":
    "<title>boxes</title><body style='margin:0;background:#fff'><div style='height:1500px'></div>" +
    "<div id=box style='width:120px;height:70px;background:#f00'></div><div style='height:5000px'></div>",
  "/grows":
    "<title>grows</title><script>setTimeout(function () { document.body.innerHTML = \"<p id=late style='visibility:" +
    "hidden'>é</p>\"; setTimeout(function () { late.style.visibility = 'visible'; }, 1000); }, 300);</script><body>",
  "/loads-late":
    "<title>early</title><script>setTimeout(function () { var x = new XMLHttpRequest(); x.open('GET', '/slow'); " +
    "x.onload = function () { document.title = 'loaded late'; }; x.send(); }, 200);</script>",
  "/slow": (_request, response) => setTimeout(() => response.end("slow"), 200),
  "/lib.js": (_request, response) => response.end("window.fromLib = 42;"),
  "/logo.png": (_request, response) => {
    response.setHeader("content-type", "image/png");
    response.setHeader("cache-control", "max-age=3600");
    response.end(PICTURE);
  },
  "/missing": (_request, response) => response.writeHead(404).end("none"),
  "/echo": (request, response) => {
    let body = "";
    request.setEncoding("latin1").on("data", (data) => {
      body += data;
    });
    request.on("end", () => {
      response.setHeader("content-type", "text/plain; charset=utf-8");
      response.end(JSON.stringify({ method: request.method, body, ...request.headers }));
    });
  },
  "/private": (request, response) => {
    const isIn = request.headers.authorization === `Basic ${Buffer.from("me:secret").toString("base64")}`;
    response.writeHead(isIn ? 200 : 401, isIn ? {} : { "www-authenticate": 'Basic realm="private"' });
    response.end(`<title>${isIn ? "in" : "out"}</title>`);
  },
  "/reflects": (request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<title>calm</title>${decodeURIComponent(request.url.split("?")[1])}`);
  },
};

/** Serves a page, or calls what serves it, and notes the request. */
function noting(page) {
  return (request, response) => {
    requests.push({ method: request.method, url: request.url, headers: request.headers });
    if (typeof page === "function") {
      page(request, response);
    } else {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(page);
    }
  };
}

/** An HTTP proxy that answers by itself; `url` and `port` say where, `asked` what it was asked for. */
export async function proxy() {
  const asked = [];
  const server = await serve((request, response) => {
    asked.push(request.url);
    response.setHeader("content-type", "text/html");
    response.end("<title>by the proxy</title>");
  });
  return { ...server, asked };
}

/** Starts a site of these pages. */
export function notingSite(pages) {
  return site(Object.fromEntries(Object.entries(pages).map(([name, page]) => [name, noting(page)])));
}
