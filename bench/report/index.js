"use strict";
const fs = require("node:fs");
const path = require("node:path");
module.exports = {
  load: (d) => JSON.parse(fs.readFileSync(path.join(d, "latest.json"))),
  write(r, out) {
    fs.mkdirSync(out, { recursive: true });
    fs.writeFileSync(path.join(out, "latest.json"), JSON.stringify(r, null, 2));
    return "ok " + r.seconds;
  },
};
