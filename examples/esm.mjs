// An ECMAScript module, with promises for the responses: node examples/esm.mjs [URL…]

import { createQueued } from "phantom-cluster";
import { startSite } from "./site.js";

const engine = createQueued({ workers: 2 });

if (engine.role === "client") {
  // This side runs in the workers.
  engine.on("request", async (page, item) => {
    const status = await page.open(item.request.url);
    item.finish({ status, title: await page.get("title") });
  });
  engine.start();
} else {
  engine.start();
  const site = await startSite();
  const responses = await Promise.all(site.urls.map((url) => engine.run({ url })));
  responses.forEach(({ status, title }, index) => {
    console.log(`${site.urls[index]}: ${status}, ${title}`);
  });
  await engine.close();
  site.close();
}
