"use strict";

// One PhantomJS without a cluster, as npm phantom has it, in both of its generations: node examples/standalone.js [URL]

const phantom = require("phantom-cluster/phantom");
const { startSite } = require("./site");

main();

async function main() {
  const site = await startSite();
  const [url] = site.urls;
  await withPromises(url);
  withCallbacks(url, () => site.close());
}

// phantom 2 to 6
async function withPromises(url) {
  const ph = await phantom.create(["--load-images=no"]);
  try {
    const page = await ph.createPage();
    await page.property("viewportSize", { width: 800, height: 600 });
    await page.on("onResourceRequested", (request) => console.log(`${request.method} ${request.url}`));
    const status = await page.open(url);
    console.log(`with promises: ${status}, ${await page.property("title")}`);
  } finally {
    // Node lives as long as its PhantomJS.
    await ph.exit();
  }
}

// phantom 0.5 to 0.8
function withCallbacks(url, done) {
  phantom.create("--load-images=no", function (ph) {
    ph.createPage(function (page) {
      page.open(url, function (status) {
        page.evaluate(
          function () {
            return document.title;
          },
          function (title) {
            console.log("with callbacks: " + status + ", " + title);
            ph.exit();
            done();
          },
        );
      });
    });
  });
}
