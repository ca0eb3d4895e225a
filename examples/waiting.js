"use strict";

// Loads that reject, waiting for what a page adds, a picture of one element, and a PDF: node examples/waiting.js [URL]
// On Chromium: PHANTOM_CLUSTER_BROWSER=chromium node examples/waiting.js

const phantom = require("phantom-cluster/phantom");
const { startSite } = require("./site");

main();

async function main() {
  const site = await startSite();
  const ph = await phantom.create();
  try {
    const page = await ph.createPage();
    const { status, url } = await page.goto(site.urls[0], { waitUntil: "domcontentloaded", timeout: 20_000 });
    console.log(`${status} ${url.replace(/:\d+/, "")}`);

    // What a script of the page would do by itself.
    await page.evaluateAsync(function () {
      document.body.innerHTML += "<p id=later>here now</p>";
    }, 100);
    await page.waitFor("#later", { visible: true });
    const text = await page.waitFor(
      function (id) {
        const element = document.getElementById(id);
        return element ? element.textContent : null;
      },
      { timeout: 20_000 },
      "later",
    );
    console.log(text);

    const picture = Buffer.from(await page.renderBase64("PNG", { selector: "#later" }), "base64");
    console.log(`a picture of it: ${picture.toString("latin1", 1, 4)}`);
    const pdf = await page.pdf({ format: "A4", landscape: true });
    console.log(`the page: ${pdf.toString("latin1", 1, 4)}`);

    await page.goto("http://none.invalid/");
  } catch (error) {
    console.log(error.code, error.cause?.url);
  } finally {
    await ph.exit();
    site.close();
  }
}
