"use strict";

const { QUIET } = require("../browser/call");
const { Watchdog } = require("../browser/watchdog");
const { warnOnce } = require("../warn");
const { PageTarget } = require("./page-target");
const { assignmentText } = require("./properties");

/** Warns of `page.clipRect = …`, which has no effect in PhantomJS. */
function warnOfAssignment(name) {
  warnOnce("PHANTOM_CLUSTER_PROPERTY_ASSIGNED", name, assignmentText(name));
}

/** Loaded where it is needed: PhantomJS has a place for such functions itself. */
function realmCommands(session) {
  const { RealmCommands } = require("./realm-commands");
  return new RealmCommands(session);
}

/** The traits of a worker's PhantomJS: when it ends, the worker ends. */
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
    this.watchdog = new Watchdog(browser);
    /** `ph` itself works for nobody in particular. */
    this.owner = undefined;
    this.#isolate = isolate;
    /** Runs what ran inside PhantomJS, for a browser that cannot; null for PhantomJS. */
    this.realm = browser.kind.realm ? realmCommands(this) : null;
    browser.onPageEvent = (number, name, args) => this.#pages.get(number)?.receive(name, args);
  }

  /** Runs a command of PhantomJS itself. */
  command(method, args, call) {
    return this.run(0, method, args, call);
  }

  /** Runs a command of page `number`; 0 is PhantomJS itself. */
  run(number, method, args, call) {
    return this.realm?.run(number, method, args, call) ?? this.browser.command(number, method, args, { call });
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

  /** The page with this number in PhantomJS. It is added where it is new, as pop-ups are. */
  pageOf(number, owner) {
    const target = this.#pages.get(number) ?? new PageTarget(this, number, owner);
    this.#pages.set(number, target);
    return target;
  }

  /** Whether there is such a page still. */
  has(number) {
    return this.#pages.has(number);
  }

  forget(number) {
    this.#pages.delete(number);
    this.realm?.forget(number);
  }

  /** PhantomJS is gone. */
  end() {
    this.#pages.clear();
    this.realm?.end();
  }
}

module.exports = { Session, warnOfAssignment };
