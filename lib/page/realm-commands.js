"use strict";

const { PageError, fromDriver } = require("../errors");
const { liveSource } = require("./live");
const { PAGE_METHODS, PAGE_PROPERTIES, PHANTOM_METHODS, PHANTOM_PROPERTIES } = require("./realm/names");
const { RealmHost, absolute } = require("./realm-host");

/** Commands of `phantom`, and of a page, that the realm runs by itself. */
const OWN = {
  phantom: ["createOutObject", "defineMethod", "dropOutObject", "injectJs", "outProperty", "windowProperty"],
  page: ["defineMethod"],
};

/** The first part of a dotted name. */
const topOf = (name) => String(name).split(".")[0];

/** What `open` takes as method, data and headers, as one value for `openUrl`. */
function requestOf([first, data, headers]) {
  return typeof first === "string" ? { operation: first, data, headers } : (first ?? "get");
}

/** Methods of PhantomJS's page by name, whose command is another, or takes other arguments. */
const NATIVE = {
  close: () => ["close", []],
  evaluate: ([fn, ...args]) => ["evaluate", [liveSource(fn), true, ...args]],
  evaluateAsync: ([fn, delay, ...args]) => ["evaluateAsync", [liveSource(fn), delay ?? 0, ...args]],
  evaluateJavaScript: ([fn]) => ["evaluateJavaScript", [liveSource(fn), true]],
  includeJs: ([url]) => ["includeJs", [url]],
  // It does not wait for the load.
  open: ([url, ...rest]) => ["openUrl", [url, requestOf(rest)]],
  release: () => ["close", []],
  render: ([file, ...rest]) => ["render", [absolute(file), ...rest]],
  setContent: ([html, url]) => ["setContent", [html, url ?? ""]],
  uploadFile: ([selector, files]) => ["uploadFile", [selector, [].concat(files).map(absolute)]],
};

/** The same of those that call back, for `invokeAsyncMethod`. */
const NATIVE_LATER = {
  includeJs: ([url]) => ["includeJs", [url, String(url)]],
  open: (args) => ["open", args],
};

/** The command for a method of PhantomJS's own; undefined when there is no such method. */
function nativeCommand(number, [name, ...args]) {
  if (number === 0) {
    return PHANTOM_METHODS.includes(name) ? [name, args] : undefined;
  }
  if (Object.hasOwn(NATIVE, name)) {
    return NATIVE[name](args);
  }
  return PAGE_METHODS.includes(name) ? [name, args] : undefined;
}

/** A method that calls nothing back would never end. */
function noCallback(name) {
  const message = `invokeAsyncMethod: ${name} takes no callback; use invokeMethod("${name}", …)`;
  return Promise.reject(new PageError("ERR_PAGE_COMMAND", message));
}

/** The value of what the realm gave: `{ value }` or `{ error }`. */
function outcomeValue(method, { error, value = null }) {
  if (error) {
    throw fromDriver(method, error);
  }
  return value;
}

/**
 * The commands of a session that functions inside PhantomJS need, for a browser that has no place for those: see realm.js.
 * The realm is made when it is needed first.
 */
class RealmCommands {
  #session;
  #host;

  constructor(session) {
    this.#session = session;
    this.#host = new RealmHost(session);
  }

  /** Runs a command of page `number` (0: `phantom`) that is not the browser's; null for one that is. */
  run(number, method, args, call) {
    if (this.#session.browser.isGone || (number !== 0 && !this.#session.has(number))) {
      // The browser says why not.
      return null;
    }
    switch (method) {
      case "get":
      case "set":
        return this.#isNative(number, args[0]) ? null : this.#command(number, method, args);
      case "invokeMethod":
        return this.#invoke(number, args, call);
      case "invokeAsyncMethod":
        return this.#invokeAsync(number, args, call);
      case "on":
        return this.#on(number, args, call);
      case "off":
        this.#host.loaded?.off(number, args[0]);
        return null;
      case "setFileOnPicker":
        return this.#setFileOnPicker(number, args, call);
      default:
        return OWN[number === 0 ? "phantom" : "page"].includes(method) ? this.#command(number, method, args) : null;
    }
  }

  /** "ask": the browser waits for what becomes of an event. */
  ask(target, number, args) {
    return this.#host.ask(target, number, args);
  }

  /** The page is closed. */
  forget(number) {
    this.#host.forget(number);
  }

  /** The browser is gone. */
  end() {
    this.#host.end();
  }

  #isNative(number, name) {
    return (number === 0 ? PHANTOM_PROPERTIES : PAGE_PROPERTIES).includes(topOf(name));
  }

  /** Async, so that what throws rejects. */
  async #command(number, method, args) {
    const outcome = this.#host.command(number, method, args);
    return outcomeValue(method, outcome instanceof Promise ? await this.#host.wait(number, method, outcome) : outcome);
  }

  #browser(number, [method, args], call) {
    return method === "close"
      ? this.#session.pageOf(number).command("close", [], call)
      : this.#session.browser.command(number, method, args, { call });
  }

  #invoke(number, args, call) {
    const isOwn = number !== 0 && this.#host.loaded?.owns(number, args[0]);
    const native = isOwn ? undefined : nativeCommand(number, args);
    if (!native) {
      return this.#command(number, "invokeMethod", args);
    }
    const value = this.#browser(number, native, call);
    // As numbers they go to PhantomJS's own functions alone; and what the others give is for those that wait.
    return ["getPage", "setContent", "includeJs"].includes(args[0]) ? value.then(() => null) : value;
  }

  #invokeAsync(number, args, call) {
    const [name] = args;
    const isOwn = this.#host.loaded?.owns(number, name);
    if (!isOwn && Object.hasOwn(NATIVE_LATER, name)) {
      return this.#browser(number, NATIVE_LATER[name](args.slice(1)), call);
    }
    return !isOwn && nativeCommand(number, args) ? noCallback(name) : this.#invokeOwn(number, args);
  }

  async #invokeOwn(number, args) {
    const method = "invokeAsyncMethod";
    return outcomeValue(method, await this.#host.wait(number, method, this.#host.invokeAsync(number, args)));
  }

  #on(number, [name, fn, args, replace], call) {
    if (fn !== null) {
      return this.#listen(number, [name, fn, args, replace], call);
    }
    if (replace) {
      this.#host.loaded?.off(number, name);
    }
    return null;
  }

  async #listen(number, [name, fn, args, replace], call) {
    outcomeValue("on", this.#host.realm.on(number, name, fn, args, replace));
    return this.#session.browser.command(number, "on", [name, true, [], Boolean(replace)], { call });
  }

  async #setFileOnPicker(number, [file], call) {
    const name = "onFilePicker";
    this.#session.pageOf(number).events.remove(name);
    this.#host.realm.answerWith(number, name, file);
    return this.#session.browser.command(number, "on", [name, true, [], true], { call });
  }
}

module.exports = { RealmCommands };
