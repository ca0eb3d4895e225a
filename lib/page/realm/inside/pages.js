"use strict";

// The pages, as functions inside PhantomJS have them: `this` of a listener. Whatever a function puts on one stays there for
// the page's life. Runs inside the realm.

const host = require("host");
const { PAGE_METHODS, PAGE_PROPERTIES } = require("../names");
const { call, later } = require("./browser");
const { Refusal } = require("./errors");
const { Handlers } = require("./events");
const { workingDirectory } = require("./files");

let numberOf;
let handlersOf;

const isFunction = (value) => typeof value === "function";

/** What WebPage of PhantomJS has (https://phantomjs.org/api/webpage/). */
class WebPage {
  #number;
  #handlers = new Handlers();

  constructor(number) {
    this.#number = number;
  }

  static {
    numberOf = (page) => page.#number;
    handlersOf = (page) => page.#handlers;
  }

  // What takes time goes on behind the function.

  open(url, ...rest) {
    const done = rest.findLast(isFunction);
    const args = [url, ...rest.filter((value) => !isFunction(value))];
    later(this.#number, "open", args, done && ((status) => bound(this, done)(status ?? "fail")));
  }

  includeJs(url, done) {
    later(this.#number, "includeJs", [url], done && bound(this, done));
  }

  setContent(html, url = "") {
    later(this.#number, "setContent", [html, url]);
  }

  close() {
    host.close(this.#number);
  }

  release() {
    this.close();
  }
}

const bound = (page, fn) => (value) => Reflect.apply(fn, page, [value]);

// How a method's arguments go to the browser, where not as they are.
const source = (fn) => String(fn);
const ENCODE = {
  evaluate: ([fn, ...args]) => [source(fn), true, ...args],
  evaluateAsync: ([fn, delay = 0, ...args]) => [source(fn), delay, ...args],
  evaluateJavaScript: ([fn]) => [source(fn), true],
  injectJs: ([file]) => [workingDirectory.pathOfScript(file)],
  render: ([file, ...rest]) => [workingDirectory.absolute(file), ...rest],
  uploadFile: ([selector, files]) => [
    selector,
    Array.isArray(files) ? files.map(workingDirectory.absolute) : workingDirectory.absolute(files),
  ],
};

const asPage = (number) => (number === null ? null : pageOf(number));
const DECODE = { getPage: asPage, pages: (numbers) => numbers.map(asPage) };

function define(name, descriptor) {
  Object.defineProperty(WebPage.prototype, name, { configurable: true, enumerable: false, ...descriptor });
}

for (const name of PAGE_METHODS) {
  const value = function (...args) {
    const given = call(numberOf(this), name, ENCODE[name]?.(args) ?? args);
    return DECODE[name] ? DECODE[name](given) : given;
  };
  define(name, { value, writable: true });
}

for (const name of PAGE_PROPERTIES) {
  define(name, {
    get() {
      const given = call(numberOf(this), "get", [name]);
      return DECODE[name] ? DECODE[name](given) : given;
    },
    set(value) {
      call(numberOf(this), "set", [name, value]);
    },
  });
}

// `page.settings` is live: `page.settings.userAgent = "…"`. All else PhantomJS gives as copies.
define("settings", {
  get() {
    const number = numberOf(this);
    return new Proxy(call(number, "get", ["settings"]), {
      set: (settings, name, value) => {
        settings[name] = call(number, "set", [`settings.${name}`, value]);
        return true;
      },
    });
  },
  set(value) {
    call(numberOf(this), "set", ["settings", value]);
  },
});

// `page.onAlert = function`, in the place of all listeners.
for (const name of JSON.parse(host.events)) {
  define(name, {
    get() {
      return handlersOf(this).last(name);
    },
    set(fn) {
      handlersOf(this).off(name);
      if (isFunction(fn)) {
        handlersOf(this).on(name, fn, [], true);
      }
      host.handle(numberOf(this), name, isFunction(fn));
    },
  });
}

const pages = new Map();

function pageOf(number) {
  const page = pages.get(number) ?? new WebPage(number);
  pages.set(number, page);
  return page;
}

function forget(number) {
  pages.delete(number);
}

/** A page by itself, which `require("webpage").create()` gave: only Node makes pages here. */
function create() {
  throw new Refusal("unsupported operation", "a function inside PhantomJS makes no pages here: use ph.createPage()");
}

module.exports = { create, forget, handlersOf, pageOf };
