"use strict";

const { QUIET } = require("../browser/call");
const { Vigil } = require("../browser/vigil");
const { warnOnce } = require("../warn");
const { PageTarget } = require("./page-target");
const { assignmentText } = require("./properties");

/** Of `page.clipRect = …`, which PhantomJS does not hear of. */
function warnOfAssignment(name) {
  warnOnce("PHANTOM_CLUSTER_PROPERTY_ASSIGNED", name, assignmentText(name));
}

/** A PhantomJS that is the worker's own, and that it ends with. */
const OF_WORKER = { isOfWorker: true, onAssignment: warnOfAssignment };

/** One PhantomJS in use: the target of `ph`, and all pages there are. */
class Session {
  #isolate;
  #pages = new Map();
  #nextPage = 1;

  constructor(browser, { isolate }, { isOfWorker, onAssignment } = OF_WORKER) {
    this.browser = browser;
    this.isOfWorker = isOfWorker;
    this.onAssignment = onAssignment;
    this.vigil = new Vigil(browser);
    /** PhantomJS itself is used for many. */
    this.owner = undefined;
    this.#isolate = isolate;
    browser.onPageEvent = (number, name, args) => this.#pages.get(number)?.receive(name, args);
  }

  /** Runs a command of PhantomJS itself. */
  command(method, args, call) {
    return this.run(0, method, args, call);
  }

  /** Runs a command of page `number`; 0 is PhantomJS itself. */
  run(number, method, args, call) {
    return this.browser.command(number, method, args, { call });
  }

  /** Makes a page that can be used at once: its commands wait behind its creation. */
  openPage(owner) {
    const number = this.#nextPage;
    this.#nextPage += 1;
    const created = this.browser.command(0, "createPage", [number, { isolate: this.#isolate }], { call: QUIET });
    const target = this.pageOf(number, owner);
    owner?.adopt(target);
    return { target, created };
  }

  /** The page that PhantomJS knows by this number, made known here if it is not yet. */
  pageOf(number, owner) {
    const target = this.#pages.get(number) ?? new PageTarget(this, number, owner);
    this.#pages.set(number, target);
    return target;
  }

  forget(number) {
    this.#pages.delete(number);
  }

  /** PhantomJS is gone. */
  end() {
    this.#pages.clear();
  }
}

module.exports = { Session, warnOfAssignment };
