"use strict";

const { currentLease, defineMethods, settle } = require("./bridge-method");
const { Page } = require("./page");

/** `addCookie(cookie)`, or `addCookie(name, value, domain)` as npm `phantom` had it up to 0.7.1. */
function cookie([first, value, domain]) {
  return [typeof first === "object" ? first : { name: first, value, domain }];
}

/** Every method of `ph` that is a command of its own. */
const METHODS = {
  addCookie: { encode: cookie },
  clearCookies: {},
  deleteCookie: {},
  exit: {},
  get: {},
  getCookies: {},
  injectJs: {},
  set: {},
  setProxy: {},
};

/** PhantomJS, as npm `phantom` gives it to its users. */
class Phantom {
  #browser;
  #isolate;
  #nextPage = 1;

  constructor(browser, { isolate }) {
    this.#browser = browser;
    this.#isolate = isolate;
  }

  /** `pid` of the PhantomJS process. */
  get process() {
    return { pid: this.#browser.pid };
  }

  createPage(callback) {
    const { page, created } = this._openPage(currentLease.getStore());
    const opened = created.then(() => page);
    return settle(this, opened, callback);
  }

  /** A page that can be used at once: its commands wait behind its creation. */
  _openPage(lease) {
    const id = this.#nextPage;
    this.#nextPage += 1;
    const created = this.#browser.command(0, "createPage", [id, { isolate: this.#isolate }]);
    return { page: new Page(this.#browser, id, lease), created };
  }

  _command(method, args) {
    return this.#browser.command(0, method, args);
  }
}

defineMethods(Phantom, METHODS);

module.exports = { Phantom };
