"use strict";

const os = require("node:os");
const { EVENTS } = require("./events");
const { runOnFiles } = require("./realm/files");
const { FOLDER, load } = require("./realm/load");

/** `require("system")`, as JSON: see https://phantomjs.org/api/system/. */
function systemOf(pid) {
  return JSON.stringify({
    args: process.argv.slice(1),
    env: process.env,
    os: { architecture: /64/.test(process.arch) ? "64bit" : "32bit", name: os.platform(), version: os.release() },
    pid,
  });
}

/** What PhantomJS does to addresses: `phantom.fullyDecodeUrl` and `phantom.resolveRelativeUrl`. */
function address(operation, url, base) {
  if (operation === "resolve") {
    return URL.canParse(url, base) ? new URL(url, base).href : "";
  }
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

function base64(direction, text) {
  return direction === "encode"
    ? Buffer.from(text, "latin1").toString("base64")
    : Buffer.from(text, "base64").toString("latin1");
}

/** The timers of one realm. They keep no process alive, as those inside PhantomJS did not. */
class Timers {
  #timers = new Map();
  #next = 1;

  start(ms, repeats, run) {
    const id = this.#next;
    this.#next += 1;
    const fire = () => {
      if (!repeats) {
        this.#timers.delete(id);
      }
      run();
    };
    this.#timers.set(id, (repeats ? setInterval : setTimeout)(fire, ms).unref());
    return id;
  }

  stop(id) {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  stopAll() {
    for (const id of this.#timers.keys()) {
      this.stop(id);
    }
  }
}

/**
 * Where the functions run that ran inside PhantomJS, for a browser that cannot: a context of their own in this process,
 * cut off from Node's names as they were. One for each browser. All that goes in and comes out is text, so neither side
 * ever holds an object of the other.
 *
 * `browser` is what they can do with the browser, `{ pid, call, later, close, handle, exit, print }`: `call(number, method,
 * args)` gives a command's `{ value }` or `{ error }` at once, `later(number, method, args, done)` gives it to `done`,
 * `close(number)` closes a page, `handle(number, event, isSet)` hears of a handler that was assigned to a page,
 * `exit(code)` ends the browser, `print(stream, text)` writes to "stdout" or "stderr".
 */
class Realm {
  #program;
  #timers = new Timers();
  #isEnded = false;

  constructor(browser) {
    this.#program = load({
      folder: FOLDER,
      events: JSON.stringify(EVENTS),
      address,
      base64,
      file: runOnFiles,
      system: () => systemOf(browser.pid),
      writer: () => String(require("../../driver/writer")),
      print: (stream, text) => browser.print(stream, text),
      exit: (code) => browser.exit(code),
      call: (number, method, text) => JSON.stringify(browser.call(number, method, JSON.parse(text))),
      later: (number, method, text, done) =>
        browser.later(
          number,
          method,
          JSON.parse(text),
          (value) => this.#isEnded || done?.(JSON.stringify(value ?? null)),
        ),
      close: (number) => browser.close(number),
      handle: (number, name, isSet) => browser.handle(number, name, isSet),
      startTimer: (ms, repeats, run) => (this.#isEnded ? 0 : this.#timers.start(ms, repeats, run)),
      stopTimer: (id) => this.#timers.stop(id),
    });
  }

  /** Runs a command of page `number`, or of `phantom` (0): `{ value }` or `{ error }`, or a promise of it. */
  command(number, method, args) {
    return parsed(this.#program.command(number, method, JSON.stringify(args)));
  }

  /** Calls a page's method whose last argument is a callback; a promise of what that gets. */
  invokeAsync(number, args) {
    return new Promise((resolve) => {
      this.#program.invokeAsync(number, JSON.stringify(args), (text) => resolve(JSON.parse(text)));
    });
  }

  /** Adds a listener, a marked function; `replace` puts it in the place of all others. `{}` or `{ error }`. */
  on(number, name, fn, args, replace) {
    return parsed(this.#program.on(number, name, JSON.stringify([fn, args]), Boolean(replace)));
  }

  /** Puts a fixed answer in the place of all listeners. */
  answerWith(number, name, value) {
    this.#program.answerWith(number, name, JSON.stringify(value ?? null));
  }

  off(number, name) {
    this.#program.off(number, name);
  }

  /** What the listeners answer to an event; undefined where none does, a promise where one gives a promise. */
  fire(number, name, args) {
    return parsed(this.#program.fire(number, name, JSON.stringify(args)));
  }

  /** The HTML of a header or footer, of a function's source. */
  paper(source, page, pages) {
    return this.#program.paper(source, page, pages);
  }

  /** Whether the user has given the page, or `phantom` (0), a method of that name. */
  owns(number, name) {
    return this.#program.owns(number, name);
  }

  /** The page is closed. */
  forget(number) {
    this.#program.forget(number);
  }

  /** The browser is gone. */
  end() {
    this.#isEnded = true;
    this.#timers.stopAll();
  }
}

/** What a text stands for, or a promise of one; undefined without one. */
function parsed(text) {
  if (text === undefined) {
    return undefined;
  }
  return typeof text === "string" ? JSON.parse(text) : Promise.resolve(text).then(parsed);
}

module.exports = { Realm };
