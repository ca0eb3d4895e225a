// What every document has before its own scripts run: a constant that is no property of its window, so that nobody finds
// it who does not know its name. It keeps what it needs of the language as it was, and goes by no name that a page may
// replace later.
//
// `tell(text)` is the browser's ear (CDP `Runtime.addBinding`).

(tell) => {
  "use strict";

  const { alert, confirm, console, prompt, Promise: OwnPromise, Proxy: OwnProxy, reportError } = globalThis;
  const { stringify, parse } = JSON;
  const { defineProperty, getPrototypeOf, prototype: ofObjects } = Object;
  const ofLists = Array.prototype;
  const { then } = OwnPromise.prototype;
  // What `run` and `later` give in the place of text: one of these, and four times the number of what is left here.
  const LEFT = 1;
  const THROWN = 2;
  const PROMISED = 3;
  const left = { __proto__: null };
  let lastLeft = 0;
  // What somebody listens to: event to 1, or to 2 where the page waits for the answer.
  let watched = { __proto__: null };
  let isEquipped = false;
  let write;

  function leave(kind, value, text) {
    lastLeft += 1;
    left[lastLeft] = { __proto__: null, value, text };
    return lastLeft * 4 + kind;
  }

  // No function is in `value`, and no object that has more than its own properties.
  function isPlain(top) {
    const todo = { __proto__: null, 0: top };
    let count = 1;
    for (const _key in {}) {
      return false;
    }
    while (count > 0) {
      count -= 1;
      const value = todo[count];
      const prototype = getPrototypeOf(value);
      if (prototype === ofLists) {
        for (let place = 0; place < value.length; place += 1) {
          const item = value[place];
          if (typeof item === "function") {
            return false;
          }
          if (typeof item === "object" && item !== null) {
            todo[count] = item;
            count += 1;
          }
        }
      } else if (prototype === ofObjects) {
        for (const key in value) {
          const item = value[key];
          if (typeof item === "function") {
            return false;
          }
          if (typeof item === "object" && item !== null) {
            todo[count] = item;
            count += 1;
          }
        }
      } else {
        return false;
      }
    }
    return true;
  }

  const isNested = (value) => typeof value === "function" || (typeof value === "object" && value !== null);

  // JSON's own text where it leaves nothing out; else `odd(value, text)`.
  function textOf(value, odd) {
    let text;
    try {
      if (!isNested(value)) {
        return stringify(value) ?? "null";
      }
      if (ofLists.toJSON === undefined) {
        text = stringify(value);
        if (typeof value === "object" && isPlain(value)) {
          return text;
        }
      }
    } catch {
      // It holds itself, or a getter throws.
    }
    return isNested(value) ? odd(value, text) : "null";
  }

  const leaveOdd = (value, text) => leave(LEFT, value, text);

  function fail(error, isReported) {
    if (!isReported) {
      return leave(THROWN, error);
    }
    reportError(error);
    return "null";
  }

  // A promise, or what is as good as one. What a page has given to all objects is nobody's own.
  function isPromise(value) {
    try {
      const own = isNested(value) ? value.then : undefined;
      return typeof own === "function" && own !== ofObjects.then;
    } catch {
      return false;
    }
  }

  // The result of `fn` as text, or a number of what is left of it. With `isReported` what it throws is the page's error.
  function run(fn, isReported) {
    let value;
    try {
      value = fn();
    } catch (error) {
      return fail(error, isReported);
    }
    return isPromise(value) ? leave(PROMISED, value) : textOf(value, leaveOdd);
  }

  async function settle(promise, isReported) {
    try {
      return textOf(await promise, leaveOdd);
    } catch (error) {
      return fail(error, isReported);
    }
  }

  // The same of a promise that was left.
  function later(number, isReported) {
    if (left[number] === undefined) {
      return undefined;
    }
    const promise = settle(left[number].value, isReported);
    delete left[number];
    // The browser waits for it by these.
    defineProperty(promise, "then", { __proto__: null, value: then });
    defineProperty(promise, "constructor", { __proto__: null, value: OwnPromise });
    return promise;
  }

  // What `fn` makes of what was left; undefined in a document that has not left it.
  function take(number, fn) {
    const { value, text } = left[number] ?? left;
    const isThere = left[number] !== undefined;
    delete left[number];
    return isThere ? fn(value, text, stringify) : undefined;
  }

  function textOfAll(values) {
    let texts = "";
    for (let place = 0; place < values.length; place += 1) {
      texts += (place > 0 ? "," : "") + textOf(values[place], write);
    }
    return `[${texts}]`;
  }

  // Tells of an event, and with 2 waits for the answer; `subject` is what the event is about, for the browser to look at.
  // biome-ignore lint/correctness/noUnusedFunctionParameters: it is read in the held script's frame
  function say(name, args, subject) {
    const kind = watched[name];
    const answer = "null";
    tell(`[${kind},"${name}",${textOfAll(args)}]`);
    if (kind === 2) {
      // biome-ignore lint/suspicious/noDebugger: the browser puts the answer into `answer`, and lets the script go on
      debugger;
    }
    return parse(answer);
  }

  function callPhantom(...args) {
    return watched.onCallback ? say("onCallback", args) : null;
  }
  globalThis.callPhantom = callPhantom;

  // Watches these events alone from now on. `equip` and `writer` are for the first time.
  function watch(events, equip, writer) {
    watched = events;
    write = writer;
    if (!isEquipped) {
      isEquipped = true;
      equip({ __proto__: null, alert, confirm, console, prompt, OwnProxy, say, isWatched: (name) => watched[name] });
    }
  }

  // PhantomJS takes some answers for failures: with which status the document came, and of how many bytes it is.
  const [navigation] = self === top ? performance.getEntriesByType("navigation") : [];
  if (navigation?.responseStatus >= 400) {
    addEventListener(
      "load",
      ({ isTrusted }) => isTrusted && tell(`[0,"",[${navigation.responseStatus},${navigation.decodedBodySize}]]`),
      true,
    );
  }

  return { __proto__: null, run, later, take, watch, say };
};
