"use strict";

const { whenSettled } = require("../answer");
const { QUIET } = require("../browser/call");
const { PageEvents } = require("./events");
const { Page } = require("./page");

/** One page of a session, as the engine knows it; `page` is what its user has of it. */
class PageTarget {
  #session;
  #number;
  #closing = null;

  /** `owner`: whom the page works for; undefined where nobody is known. */
  constructor(session, number, owner) {
    this.#session = session;
    this.#number = number;
    this.owner = owner;
    /** The listeners in Node. */
    this.events = new PageEvents();
    /** Why the last load failed. */
    this.loadError = null;
    this.page = new Page(this);
  }

  get isOfWorker() {
    return this.#session.isOfWorker;
  }

  /** Whether its browser gives files as bytes, or writes them only. */
  get givesBytes() {
    return this.#session.browser.kind.givesBytes;
  }

  /** How long its commands may take, ms. */
  get pageTimeout() {
    return this.#session.browser.pageTimeout;
  }

  onAssignment(name) {
    this.#session.onAssignment(name);
  }

  command(method, args, call) {
    if (method !== "close") {
      return this.#session.run(this.#number, method, args, call);
    }
    // A page is closed once, whether by its user, the engine, or both.
    this.#closing ??= this.#close(call);
    return this.#closing;
  }

  /** Closes the page, whatever comes of that: its failure means that the page, or PhantomJS, is gone already. */
  drop() {
    this.command("close", [], QUIET).catch(() => undefined);
  }

  async #close(call) {
    try {
      return await this.#session.run(this.#number, "close", [], call);
    } catch (error) {
      // Closed by its own script, or gone with PhantomJS: it is closed.
      if (error.code !== "ERR_PAGE_CLOSED" && error.code !== "ERR_BROWSER_GONE") {
        throw error;
      }
      return null;
    } finally {
      this.#session.forget(this.#number);
    }
  }

  /** A page that this one has opened, by PhantomJS's number of it. */
  popup(number) {
    return this.#session.pageOf(number, this.owner);
  }

  /**
   * An event of PhantomJS's, or what only Node is to know: "gone", the page was closed by its own script or with its
   * opener; "loadError", why a load failed; "unparsed", the source of a function that PhantomJS cannot parse; "printed",
   * what PhantomJS would have printed by itself.
   */
  receive(name, args) {
    switch (name) {
      case "gone":
        this.#closing ??= Promise.resolve(null);
        this.#session.forget(this.#number);
        return;
      case "loadError":
        [this.loadError] = args;
        return;
      case "unparsed":
        require("../es5").warnOfNewerSyntax(args[0]);
        return;
      case "printed":
        this.#session.browser.print("stdout", args[0]);
        return;
      case "onPageCreated":
        this.popup(args[0]).introduce(this.events, this.page);
        return;
      case "ask":
        this.#session.realm.ask(this, this.#number, args);
        return;
      default:
        this.events.emitOnly(name, this.page, name === "onClosing" ? [this.page] : args);
    }
  }

  /**
   * Lets the listeners in Node hear of an event, and `inside` behind them, the functions that would be inside PhantomJS.
   * Gives what the listeners return, as a list, and what `inside` gives. `question`: see ../browser/question.js.
   */
  hear(name, args, inside, question) {
    if (name === "onPageCreated") {
      return this.popup(args[0]).introduce(this.events, this.page, inside);
    }
    const answers = this.events.emit(name, this.page, name === "onClosing" ? [this.page] : args, question);
    return [answers, inside()];
  }

  /** Tells the listeners for `onError` in Node, as PhantomJS would; false when there are none. */
  tellError({ message, phantomStack = "" }) {
    const trace = phantomStack.split("\n").map((line) => /^(.*?)@?([^@\s]*):(\d+)(?::\d+)?$/.exec(line));
    const frames = trace.filter(Boolean).map(([, name, file, line]) => ({ file, line: Number(line), function: name }));
    const isHeard = this.events.has("onError");
    this.events.emit("onError", this.page, [message.replace(/^\w+: /, ""), frames]);
    return isHeard;
  }

  /** Lets the opener's listeners have this new page. PhantomJS keeps its events until they have set theirs. */
  introduce(listeners, opener, inside = () => undefined) {
    const given = listeners.emit("onPageCreated", opener, [this.page]);
    const outcome = [given, inside()];
    const answers = given.filter((answer) => answer instanceof Promise);
    let open = answers.length;
    this.#releaseEvents(open === 0);
    for (const answer of answers) {
      whenSettled(answer, () => {
        open -= 1;
        if (open === 0) {
          this.#releaseEvents(true);
        }
      });
    }
    return outcome;
  }

  #releaseEvents(isDone) {
    // It fails where the page has been closed: then there are none.
    this.command("releaseEvents", [isDone], QUIET).catch(() => undefined);
  }
}

module.exports = { PageTarget };
