"use strict";

/** Takes a browser's output and writes it line by line. */
function byLine(write) {
  return (text) => {
    for (const line of text.replace(/\n$/, "").split("\n")) {
      write(line);
    }
  };
}

/** The same with PhantomJS's name in front, as the original logged it. */
function logLines(name, write) {
  return byLine((line) => write(`phantom ${name}: ${line}`));
}

module.exports = { byLine, logLines };
