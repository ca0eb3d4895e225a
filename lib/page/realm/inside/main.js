"use strict";

// What Node asks of the realm: texts in, texts out. Runs inside the realm.

const { Refusal, toFailure } = require("./errors");
const { isPromise, report } = require("./events");
const { phantom } = require("./phantom");
const { forget, handlersOf, pageOf } = require("./pages");
const { keptFunction, objects, revive, textOf } = require("./values");
require("./globals");

const subjectOf = (number) => (number === 0 ? phantom : pageOf(number));

/** The object that holds the last part of a dotted name. */
function holderOf(object, parts, name) {
  const holder = parts.reduce((inner, part) => inner?.[part], object);
  if (holder === null || (typeof holder !== "object" && typeof holder !== "function")) {
    throw new Refusal("invalid argument", `no property ${name}`);
  }
  return holder;
}

function getProperty(subject, name) {
  const parts = name.split(".");
  const last = parts.pop();
  return holderOf(subject, parts, name)[last];
}

function methodOf(subject, name) {
  if (typeof subject[name] !== "function") {
    throw new Refusal("invalid argument", `no method ${name}`);
  }
  return subject[name];
}

/** The commands, as driver/commands.js has them. */
const COMMANDS = {
  createOutObject(_subject, [id]) {
    objects.set(id, {});
  },
  defineMethod(subject, [name, fn]) {
    subject[name] = fn;
  },
  dropOutObject(_subject, [id]) {
    objects.delete(id);
  },
  get: (subject, [name]) => getProperty(subject, String(name)),
  injectJs: (subject, [file]) => subject.injectJs(file),
  invokeMethod: (subject, [name, ...args]) => Reflect.apply(methodOf(subject, name), subject, args),
  outProperty: (_subject, [object, name]) => object[name],
  set(subject, [name, value]) {
    const parts = String(name).split(".");
    const last = parts.pop();
    holderOf(subject, parts, name)[last] = value;
    return getProperty(subject, String(name));
  },
  windowProperty(_subject, [name, ...value]) {
    if (value.length > 0) {
      [globalThis[name]] = value;
    }
    return globalThis[name];
  },
};

const asValue = (value) => `{"value":${textOf(value)}}`;
const asFailure = (error) => JSON.stringify({ error: toFailure(error) });

/** The text of what `run` gives: `{ value }` or `{ error }`; a promise of it where it gives a promise. */
function outcomeOf(run) {
  try {
    const value = run();
    return isPromise(value) ? Promise.resolve(value).then(asValue).catch(asFailure) : asValue(value);
  } catch (error) {
    return asFailure(error);
  }
}

/** Runs a command of page `number`, or of `phantom` (0). */
function command(number, method, argsText) {
  return outcomeOf(() => COMMANDS[method](subjectOf(number), revive(JSON.parse(argsText))));
}

/** Calls a method whose last argument is a callback; `done` gets the text of what that gets first. */
function invokeAsync(number, argsText, done) {
  try {
    const [name, ...args] = revive(JSON.parse(argsText));
    const page = pageOf(number);
    Reflect.apply(methodOf(page, name), page, [...args, (value) => done(asValue(value))]);
  } catch (error) {
    done(asFailure(error));
  }
}

/** Adds a listener: see `Events.on` of driver/events.js. */
function on(number, name, argsText, replace) {
  return outcomeOf(() => {
    const [fn, args] = revive(JSON.parse(argsText));
    if (typeof fn !== "function") {
      throw new Refusal("javascript error", `TypeError: the listener for ${name} is no function`);
    }
    handlersOf(pageOf(number)).on(name, fn, args ?? [], replace);
  });
}

/** A fixed answer in the place of all listeners. */
function answerWith(number, name, text) {
  handlersOf(pageOf(number)).on(name, () => JSON.parse(text), [], true);
}

function off(number, name) {
  handlersOf(pageOf(number)).off(name);
}

/** Events whose `time` is a date inside PhantomJS, and text in Node. */
const TIMED = ["onResourceReceived", "onResourceRequested", "onResourceTimeout"];

/** What JSON could not carry. */
function argsOf(page, name, args) {
  if (name === "onPageCreated") {
    return args.map(pageOf);
  }
  if (TIMED.includes(name) && typeof args[0]?.time === "string") {
    return [{ ...args[0], time: new Date(args[0].time) }];
  }
  return name === "onClosing" ? [page] : args;
}

/** An event. The text of the answer; undefined without one, and a promise where a function gave a promise. */
function fire(number, name, argsText) {
  const page = pageOf(number);
  const handlers = handlersOf(page);
  if (!handlers.has(name)) {
    return undefined;
  }
  const toText = (value) => (value === undefined ? undefined : textOf(value));
  const answer = handlers.fire(page, name, argsOf(page, name, JSON.parse(argsText)));
  return isPromise(answer) ? answer.then(toText) : toText(answer);
}

/** The HTML of a header or footer: what `ph.callback(fn)` gives for this page. */
function paper(source, page, pages) {
  try {
    return String(keptFunction(source)(page, pages) ?? "");
  } catch (error) {
    report(error);
    return "";
  }
}

/** Whether the user has given the subject a method of that name. */
function owns(number, name) {
  const subject = subjectOf(number);
  return typeof subject[name] === "function" && (number === 0 || Object.hasOwn(subject, name));
}

module.exports = { answerWith, command, fire, forget, invokeAsync, off, on, owns, paper };
