"use strict";

// The site that pages are loaded from, in a process of its own: node bench/scripts/site.js prints its address.
//   /        a trivial page, and so is any other
//   /slow    a trivial page after 200 ms
//   /heavy   a page with scripts and 30 resources, after 200 ms
//   /noise   a page whose picture does not compress: about 1 MB as PNG

const net = require("node:net");

/** The end of a head, and with it of a request: none has a body. */
const END = "\r\n\r\n";
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

const SLOW = new Set(["/heavy", "/slow"]);

const contents = {
  "/": ["text/html", "<title>trivial</title><p>text</p>"],
  "/heavy": ["text/html", HEAVY],
  "/noise": ["text/html", NOISE],
  "/pixel.gif": ["image/gif", PIXEL],
  "/script.js": ["text/javascript", SCRIPT],
};

/** Whole responses, made once. */
const responses = new Map(
  Object.entries(contents).map(([path, [type, content]]) => {
    const body = Buffer.from(content);
    const head = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}${END}`;
    return [path, Buffer.concat([Buffer.from(head), body])];
  }),
);

function respond(socket, request) {
  const [, path] = /^GET ([^ ?]*)/.exec(request) ?? [];
  const response = responses.get(path) ?? responses.get("/");
  if (SLOW.has(path)) {
    setTimeout(() => socket.write(response), SERVER_DELAY);
  } else {
    socket.write(response);
  }
}

// Each page comes with a connection of its own. Node's own HTTP server would take a tenth of what a page costs in all, on
// the same cores: it is not what is measured.
const server = net.createServer({ noDelay: true }, (socket) => {
  let received = "";
  socket.setEncoding("latin1");
  socket.on("error", () => socket.destroy());
  socket.on("data", (text) => {
    received += text;
    for (let end = received.indexOf(END); end >= 0; end = received.indexOf(END)) {
      respond(socket, received.slice(0, end));
      received = received.slice(end + END.length);
    }
  });
});

server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
