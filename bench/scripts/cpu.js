"use strict";

// The processor time of this process and all that come from it, from /proc: Linux alone.

const fs = require("node:fs");
const { descendants } = require("./memory");

/** Linux has counted in hundredths of a second for all programs since 2.6. */
const MS_PER_TICK = 10;
/** utime, stime, and those of its children that have ended: fields 14 to 17, behind the name in parentheses. */
const [FIRST, LAST] = [11, 15];

function ticks(pid) {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields.slice(FIRST, LAST).reduce((sum, field) => sum + Number(field), 0);
  } catch {
    return 0;
  }
}

/** ms */
function cpu() {
  return [process.pid, ...descendants().map(({ pid }) => pid)].reduce((sum, pid) => sum + ticks(pid), 0) * MS_PER_TICK;
}

module.exports = { cpu };
