"use strict";

const { AsyncLocalStorage } = require("node:async_hooks");
const { currentQuestion } = require("../browser/question");
const { guard } = require("./bridge-method");
const { PageError } = require("../errors");
const { didYouMean } = require("../nearest");
const { warnOnce } = require("../warn");

/** Every event of a page, as PhantomJS names it; driver/events.js has the same. */
const EVENTS = [
  "onAlert",
  "onCallback",
  "onClosing",
  "onConfirm",
  "onConsoleMessage",
  "onError",
  "onFilePicker",
  "onInitialized",
  "onLoadFinished",
  "onLoadStarted",
  "onLongRunningScript",
  "onNavigationRequested",
  "onPageCreated",
  "onPrompt",
  "onRepaintRequested",
  "onResourceError",
  "onResourceReceived",
  "onResourceRequested",
  "onResourceTimeout",
  "onUrlChanged",
];

// For these PhantomJS needs the return value at once (confirm(), prompt(), …): it cannot wait for Node.
const ANSWERED = ["onCallback", "onConfirm", "onFilePicker", "onLongRunningScript", "onPrompt"];

/** Whether it looks like the name of an event, known or not. */
function isEventLike(name) {
  return typeof name === "string" && /^on[A-Z]/.test(name);
}

/** @throws {PageError} when PhantomJS has no such event */
function checkEvent(name) {
  if (!EVENTS.includes(name)) {
    throw new PageError("ERR_PAGE_COMMAND", `a page has no event "${String(name)}"${didYouMean(String(name), EVENTS)}`);
  }
}

function warnOfAnswer(name) {
  warnOnce(
    "PHANTOM_CLUSTER_ANSWER_IGNORED",
    name,
    `what a listener in Node returns for "${name}" is ignored, as PhantomJS cannot wait for it; ` +
      `a function that runs inside PhantomJS can answer: page.on("${name}", true, function)`,
  );
}

/** The listeners in Node of one page. */
class PageEvents {
  #listeners = new Map();

  /** `more`: arguments that the listener gets behind the event's own. */
  add(name, listener, more) {
    // Called later, from elsewhere: keep the owner that is current now.
    const call = AsyncLocalStorage.bind((page, args, question) =>
      question
        ? currentQuestion.run(question, () => Reflect.apply(listener, page, args))
        : Reflect.apply(listener, page, args),
    );
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), { call, more }]);
  }

  remove(name) {
    this.#listeners.delete(name);
  }

  has(name) {
    return this.#listeners.has(name);
  }

  /** Gives what the listeners return. `question`, where the page waits for that: see question.js. */
  emit(name, page, args, question) {
    return (this.#listeners.get(name) ?? []).map(({ call, more }) =>
      guard(page, () => call(page, [...args, ...more], question)),
    );
  }

  /** The same of a browser that cannot wait for what they return. */
  emitOnly(name, page, args) {
    const answers = this.emit(name, page, args);
    if (ANSWERED.includes(name) && answers.some((answer) => answer !== undefined)) {
      warnOfAnswer(name);
    }
    return answers;
  }
}

module.exports = { ANSWERED, EVENTS, PageEvents, checkEvent, isEventLike };
