"use strict";

// What the two browsers are to a run: their names, their processes, what of theirs may be left behind.

const fs = require("node:fs");

/** The command line of the process that is ours to start, by the browser's name in the options of an engine. */
const BROWSERS = {
  phantomjs: { name: "PhantomJS", isMain: (command) => /driver\/main\.js/.test(command) },
  chromium: {
    name: "Chromium",
    isMain: (command) => /--remote-debugging-pipe/.test(command) && !/--type=/.test(command),
  },
};
const TYPE = / --type=(\S+)/;
const GUARDIAN = /^\/bin\/sh -c all=/;

/** What a process of a run is, by its command line: "PhantomJS", "Chromium", "renderer", "zygote", "guardian", "worker"… */
function kindOf(command) {
  const main = Object.values(BROWSERS).find(({ isMain }) => isMain(command));
  return main?.name ?? TYPE.exec(command)?.[1] ?? (GUARDIAN.test(command) ? "guardian" : "worker");
}

/** Where Chromium has its sockets and its memory when it is not told of another place, and their names. */
const SOCKET_PLACES = ["/tmp", "/dev/shm"];
const SOCKET = /^\.?org\.chromium\./;

/** Directories of sockets, and shared memory, of any Chromium outside of a run's own folder. */
function socketsOutside() {
  return SOCKET_PLACES.flatMap((place) => {
    try {
      return fs.readdirSync(place).flatMap((name) => (SOCKET.test(name) ? [`${place}/${name}`] : []));
    } catch {
      return [];
    }
  });
}

module.exports = { BROWSERS, kindOf, socketsOutside };
