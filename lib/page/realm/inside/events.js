"use strict";

// The functions that hear of a page's events, as driver/events.js has them inside PhantomJS. Runs inside the realm.

const host = require("host");
const { messageOf, traceOf } = require("./errors");

/** Tells of what a function has thrown, as PhantomJS does: `phantom.onError`, or else stderr. */
function report(thrown) {
  const message = messageOf(thrown);
  const trace = traceOf(thrown);
  const handler = globalThis.phantom?.onError;
  if (typeof handler === "function") {
    try {
      handler.call(globalThis.phantom, message, trace);
      return;
    } catch (error) {
      host.print("stderr", `phantom: phantom.onError has thrown: ${messageOf(error)}\n`);
    }
  }
  const [at] = trace;
  host.print("stderr", `phantom: ${message}${at ? ` (${at.file}:${at.line})` : ""}\n`);
}

function checkHeader(name, value) {
  for (const [what, text] of [
    ["the name of a header", name],
    [`header ${name}`, value],
  ]) {
    if (/[\r\n\0]/.test(text)) {
      throw new Error(`${what} holds a line break: ${JSON.stringify(String(text))}`);
    }
  }
}

/** The request that a function may change before it is sent. */
class NetworkRequest {
  #outcome = {};
  #isSent = false;

  #change(changes) {
    if (this.#isSent) {
      throw new Error("the request has been sent already: it can be changed while onResourceRequested runs");
    }
    Object.assign(this.#outcome, changes);
  }

  abort() {
    this.#change({ abort: true });
  }

  changeUrl(url) {
    this.#change({ url: String(url) });
  }

  /** Null takes the header away. */
  setHeader(name, value) {
    checkHeader(name, value);
    const text = value === null || value === undefined ? null : String(value);
    this.#change({ headers: { ...this.#outcome.headers, [String(name)]: text } });
  }

  /** What became of it, for the browser. */
  static end(request) {
    request.#isSent = true;
    const outcome = request.#outcome;
    return outcome.abort ? { abort: true } : Object.keys(outcome).length > 0 ? outcome : null;
  }
}

const isPromise = (value) => typeof value?.then === "function";

/** The functions of one page. */
class Handlers {
  #functions = new Map();

  on(name, fn, args, replace) {
    const before = replace ? [] : (this.#functions.get(name) ?? []);
    this.#functions.set(name, [...before, { fn, args }]);
  }

  off(name) {
    this.#functions.delete(name);
  }

  has(name) {
    return this.#functions.has(name);
  }

  /** The function that was set last; undefined without one. */
  last(name) {
    return this.#functions.get(name)?.at(-1).fn;
  }

  /**
   * What the last function gives that gives something; undefined where none does. A promise of it where a function gives
   * a promise. What one throws keeps none of the others from running.
   */
  fire(page, name, given) {
    const request = name === "onResourceRequested" ? new NetworkRequest() : null;
    const args = request ? [given[0], request] : given;
    const answers = [];
    for (const { fn, args: more } of this.#functions.get(name) ?? []) {
      try {
        answers.push(Reflect.apply(fn, page, [...args, ...more]));
      } catch (error) {
        report(error);
      }
    }
    const choose = (values) =>
      request ? NetworkRequest.end(request) : values.findLast((value) => value !== undefined);
    return answers.some(isPromise) ? settled(answers).then(choose) : choose(answers);
  }
}

async function settled(answers) {
  const outcomes = await Promise.allSettled(answers);
  return outcomes.map(({ reason, value }) => {
    if (reason !== undefined) {
      report(reason);
    }
    return value;
  });
}

module.exports = { Handlers, isPromise, report };
