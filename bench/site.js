"use strict";

// The site that pages are loaded from, in a process of its own: node bench/site.js prints its address.
//   /        a trivial page
//   /heavy   a page with scripts and 30 resources, after 200 ms

const http = require("node:http");

const SERVER_DELAY = 200;
const RESOURCES = 30;
const PIXEL = Buffer.from("R0lGODlhAQABAAAAACwAAAAAAQABAAA=", "base64");

const resources = Array.from({ length: RESOURCES - 2 }, (_, i) => `<img src="/pixel.gif?${i}">`).join("");
const HEAVY = `<title>heavy</title><script src="/script.js?1"></script><script src="/script.js?2"></script>
<body>${resources}<script>for (var i = 0; i < 300; i += 1) {
  var line = document.createElement("p"); line.textContent = "line " + work(i); document.body.appendChild(line);
}</script></body>`;
const SCRIPT =
  "function work(n) { var sum = 0; for (var i = 0; i < 1000; i += 1) { sum += i % (n + 1); } return sum; }";

const server = http.createServer((request, response) => {
  const [path] = request.url.split("?");
  if (path === "/pixel.gif") {
    response.setHeader("content-type", "image/gif");
    response.end(PIXEL);
  } else if (path === "/script.js") {
    response.setHeader("content-type", "text/javascript");
    response.end(SCRIPT);
  } else if (path === "/heavy") {
    response.setHeader("content-type", "text/html");
    setTimeout(() => response.end(HEAVY), SERVER_DELAY);
  } else {
    response.setHeader("content-type", "text/html");
    response.end("<title>trivial</title><p>text</p>");
  }
});

server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
