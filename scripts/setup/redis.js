"use strict";

// redis-server, of which a part of the tests makes use. It is installed by root on Debian, and named elsewhere; in
// continuous integration (CI is set) it must be there.

const { SetupError, onPath, say } = require("./run");

const NAME = "redis-server";

/** `install(packages)` gives why they cannot be installed, or null. */
function check(install) {
  if (onPath(NAME)) {
    return;
  }
  if (onPath("apt-get") && process.getuid() === 0) {
    say(`installing ${NAME} with apt-get`);
    const reason = install([NAME]);
    if (onPath(NAME)) {
      return;
    }
    say(`${NAME} cannot be installed: ${reason}`);
  }
  if (process.env.CI) {
    throw new SetupError(`the tests of store.redis need ${NAME}: install it`);
  }
  say(`what needs Redis is left out, as there is no ${NAME}: install it, on Debian by "apt-get install ${NAME}"`);
}

module.exports = { check };
