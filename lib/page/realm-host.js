"use strict";

const path = require("node:path");
const { QUIET } = require("../browser/call");
const { PageError, fromDriver } = require("../errors");
const { guard } = require("./bridge-method");
const { Realm } = require("./realm");

/** Events whose answer a page, or a request, waits for. */
const AWAITED = ["onCallback", "onConfirm", "onFilePicker", "onPrompt", "onResourceRequested"];

/** Of a timer, ms. */
const LONGEST = 2 ** 31 - 1;

const ignore = () => undefined;
const isPromise = (value) => typeof value?.then === "function";
/** A file is relative to this process. */
const absolute = (file) => (typeof file === "string" ? path.resolve(file) : file);

function fileAnswer(answer) {
  return Array.isArray(answer) ? answer.map(absolute) : absolute(answer);
}

/** The realm of one session, and what it can do with the session's browser. */
class RealmHost {
  #session;
  #realm = null;
  /** What waits for the realm: ended by the page's end, or the browser's. */
  #waiting = new Set();
  /** Whether a listener runs: what it asks of a page need not wait for the page's other commands, as one may have led here. */
  #isInEvent = false;
  /** Pages that wait for an answer, with how many. */
  #asking = new Map();

  constructor(session) {
    this.#session = session;
  }

  /** The realm, made when somebody needs it. */
  get realm() {
    this.#realm ??= new Realm({
      pid: this.#session.browser.pid,
      call: (number, method, args) => this.#call(number, method, args),
      later: (number, method, args, done) => this.#later(number, method, args, done),
      close: (number) => this.#session.pageOf(number).drop(),
      handle: (number, name, isSet) => this.#handle(number, name, isSet),
      exit: (code) => void this.#session.browser.exit(code).catch(ignore),
      print: (stream, text) => this.#session.browser.print(stream, text),
    });
    return this.#realm;
  }

  /** The realm; null when nobody has needed it yet. */
  get loaded() {
    return this.#realm;
  }

  #call(number, method, args) {
    const isBeside = this.#isInEvent || this.#asking.has(number);
    return this.#session.browser.commandNow(number, method, args, isBeside);
  }

  /** Runs what calls functions of the realm: listeners, or by a command. */
  #during(isInEvent, run) {
    const before = this.#isInEvent;
    this.#isInEvent = isInEvent;
    try {
      return run();
    } finally {
      this.#isInEvent = before;
    }
  }

  /** See `Realm.command()`. */
  command(number, method, args) {
    return this.#during(false, () => this.realm.command(number, method, args));
  }

  /** See `Realm.invokeAsync()`. */
  invokeAsync(number, args) {
    return this.#during(false, () => this.realm.invokeAsync(number, args));
  }

  /** `done` gets null when the command fails, of which stderr tells. */
  async #later(number, method, args, done) {
    try {
      done(await this.#session.run(number, method, args));
    } catch (error) {
      this.#session.browser.print("stderr", `phantom: ${error.message}\n`);
      done(null);
    }
  }

  /** A function was assigned to `page.onX`: it takes the place of all listeners. */
  #handle(number, name, isSet) {
    this.#session.pageOf(number).events.remove(name);
    const [method, args] = isSet ? ["on", [name, true, [], true]] : ["off", [name]];
    this.#session.browser.command(number, method, args, { call: QUIET }).catch(ignore);
  }

  /**
   * "ask" of page `target`: the listeners in Node hear of the event first, then the functions of the realm. With an id
   * the browser waits for an answer: what the last function gave, or else the last listener in Node.
   */
  async ask(target, number, [id, name, args]) {
    if (id === 0) {
      this.#hear(target, name, args, { number, isOpen: false });
      return;
    }
    this.#asking.set(number, (this.#asking.get(number) ?? 0) + 1);
    const question = { number, isOpen: true };
    const hear = () => this.#answerOf(target, name, args, question);
    const value = name === "paper" ? this.realm.paper(...args) : await hear();
    const left = this.#asking.get(number) - 1;
    if (left > 0) {
      this.#asking.set(number, left);
    } else {
      this.#asking.delete(number);
    }
    this.#answer(number, id, name === "onFilePicker" ? fileAnswer(value) : value, target);
    question.isOpen = false;
  }

  /** What the listeners in Node give, as a list, and what the functions of the realm give. */
  #hear(target, name, args, question) {
    const fire = () => this.#realm?.fire(question.number, name, args);
    return target.hear(name, args, () => this.#during(true, fire), question);
  }

  async #answerOf(target, name, args, question) {
    const [inNode, inside] = this.#hear(target, name, args, question);
    if (!AWAITED.includes(name)) {
      return undefined;
    }
    const answer = await inside;
    return answer === undefined
      ? settled(
          target,
          inNode.findLast((given) => given !== undefined),
        )
      : answer;
  }

  #answer(number, id, value = null, target = undefined) {
    const send = (text) => this.#session.browser.command(number, "answer", [id, text], { call: QUIET }).catch(ignore);
    try {
      JSON.stringify(value);
      send(value);
    } catch (error) {
      send(null);
      guard(target?.page, () => {
        throw error;
      });
    }
  }

  /** The outcome of a promise, within `pageTimeout` and as long as the page is there. */
  wait(number, method, promise) {
    const { browser } = this.#session;
    return new Promise((resolve, reject) => {
      const waiter = { number, fail: (error) => end(reject, error) };
      const timer = setTimeout(
        () => {
          const message = `${method}: the function did not end within pageTimeout, ${browser.pageTimeout} ms`;
          end(reject, new PageError("ERR_PAGE_TIMEOUT", message));
        },
        Math.min(browser.pageTimeout, LONGEST),
      ).unref();
      const end = (settle, value) => {
        clearTimeout(timer);
        this.#waiting.delete(waiter);
        settle(value);
      };
      waiter.method = method;
      this.#waiting.add(waiter);
      promise.then((value) => end(resolve, value), waiter.fail);
    });
  }

  /** The page is closed. */
  forget(number) {
    this.#realm?.forget(number);
    const message = `page p${number} was closed before the command ended`;
    for (const { method, fail } of [...this.#waiting].filter((each) => each.number === number)) {
      fail(fromDriver(method, { error: "no such window", message }));
    }
  }

  /** The browser is gone. */
  end() {
    this.#realm?.end();
    for (const { number, method, fail } of [...this.#waiting]) {
      // It says how the browser ended.
      this.#session.browser.command(number, method, [], { call: QUIET }).catch(fail);
    }
  }
}

/** What a listener in Node has answered, once it is known; what it rejects with is a failure of its owner. */
async function settled(target, answer) {
  if (!isPromise(answer)) {
    return answer;
  }
  try {
    return await answer;
  } catch (error) {
    guard(target.page, () => {
      throw error;
    });
    return undefined;
  }
}

module.exports = { RealmHost, absolute };
