"use strict";

// How many requests per second the site serves: node bench/scripts/site-load.js ADDRESS MS. On plain sockets, for Node's
// own HTTP client would be slower than the site.

const net = require("node:net");

const CONNECTIONS = 16;
const END = "</p>";

const [address, length] = process.argv.slice(2);
const { hostname, port } = new URL(address);
const begun = performance.now();
let done = 0;

function connect() {
  const socket = net.connect(Number(port), hostname).setEncoding("latin1");
  let answer = "";
  const ask = () => socket.write(`GET /?${done} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  socket.on("connect", ask);
  socket.on("data", (data) => {
    answer += data;
    if (answer.endsWith(END)) {
      answer = "";
      done += 1;
      ask();
    }
  });
}

for (let i = 0; i < CONNECTIONS; i += 1) {
  connect();
}
setTimeout(() => {
  console.log(JSON.stringify({ perSecond: (done / (performance.now() - begun)) * 1000 }));
  process.exit(0);
}, Number(length));
