"use strict";

// The site that pages are loaded from, in a process of its own: node bench/scripts/site.js prints its address.
//   /        a trivial page
//   /heavy   a page with scripts and 30 resources, after 200 ms
//   /noise   a page whose picture does not compress: about 1 MB as PNG

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
const NOISE = `<title>noise</title><body style="margin:0"><canvas width="600" height="600"></canvas><script>
var context = document.querySelector("canvas").getContext("2d");
var image = context.createImageData(600, 600);
for (var i = 0, n = 1; i < image.data.length; i += 1) {
  n = (n * 16807) % 2147483647; image.data[i] = i % 4 === 3 ? 255 : (n >> 8) & 255;
}
context.putImageData(image, 0, 0);
</script></body>`;

const contents = {
  "/": ["text/html", "<title>trivial</title><p>text</p>"],
  "/heavy": ["text/html", HEAVY],
  "/noise": ["text/html", NOISE],
  "/pixel.gif": ["image/gif", PIXEL],
  "/script.js": ["text/javascript", SCRIPT],
};

const server = http.createServer((request, response) => {
  const [path] = request.url.split("?");
  const [type, content] = contents[path] ?? contents["/"];
  response.setHeader("content-type", type);
  if (path === "/heavy") {
    setTimeout(() => response.end(content), SERVER_DELAY);
  } else {
    response.end(content);
  }
});

server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
