"use strict";

// How many requests per second the site serves, to a plain client: node bench/scripts/site-load.js ADDRESS MS

const http = require("node:http");

const CONNECTIONS = 16;

const [address, length] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const begun = performance.now();
let done = 0;

function next() {
  http.get(`${address}/?${done}`, { agent }, (response) => {
    response.resume();
    response.on("end", () => {
      done += 1;
      if (performance.now() - begun < Number(length)) {
        next();
      } else if (!agent.isOver) {
        agent.isOver = true;
        console.log(JSON.stringify({ perSecond: (done / (performance.now() - begun)) * 1000 }));
        process.exit(0);
      }
    });
  });
}

for (let i = 0; i < CONNECTIONS; i += 1) {
  next();
}
