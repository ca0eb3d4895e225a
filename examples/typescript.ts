// Typed requests and responses. Compile it with tsc, then: node typescript.js [URL…]
//
// The function for evaluate() goes to PhantomJS as tsc writes it, and PhantomJS knows ES5 alone: no arrow functions,
// template strings or `?.` in there, unless tsc's `target` is ES5.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createQueued } from "phantom-cluster";

interface Job {
  url: string;
}

interface Seen {
  title: string;
  links: number;
}

const engine = createQueued<Job, Seen>({ workers: 2 });

// Only after this the compiler knows which side's methods and events there are.
if (engine.role === "client") {
  engine.on("request", async (page, item) => {
    await page.open(item.request.url);
    const seen = await page.evaluate(function () {
      return { title: document.title, links: document.links.length };
    });
    item.finish(seen);
  });
  engine.start();
} else {
  engine.start();
  const given = process.argv.slice(2);
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<title>A typed page</title><a href='/'>again</a>");
  });
  server.listen(0, "127.0.0.1", async () => {
    const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    for (const url of given.length > 0 ? given : [own]) {
      const { title, links } = await engine.run({ url }, { timeout: 20_000 });
      console.log(`${url}: ${title}, ${links} link(s)`);
    }
    await engine.close();
    server.close();
  });
}
