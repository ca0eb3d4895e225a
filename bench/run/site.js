"use strict";

const { once } = require("node:events");
const path = require("node:path");
const { start, killAll, runScript } = require("./processes");

const scripts = path.join(__dirname, "..", "scripts");

/** The site, and how many requests per second it serves to a plain client. */
async function startSite(scale) {
  const child = start(process.execPath, [path.join(scripts, "site.js")]);
  const url = String((await once(child.stdout, "data"))[0]).trim();
  return {
    url,
    capacity: async () => {
      const length = Math.max(300, 2000 * scale);
      const { output } = await runScript(process.execPath, [path.join(scripts, "site-load.js"), url, length], 30_000);
      return JSON.parse(output).perSecond;
    },
    close: () => killAll(child),
  };
}

module.exports = { startSite };
