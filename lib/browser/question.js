"use strict";

const { AsyncLocalStorage } = require("node:async_hooks");

/**
 * What a page has asked, while listeners of the user's run for it: `{ number, isOpen }`. The page may wait for them, and
 * other commands of it for the page: theirs wait for none, until the answer is given.
 *
 * @type {AsyncLocalStorage<{ number: number, isOpen: boolean } | undefined>}
 */
const currentQuestion = new AsyncLocalStorage();

/** Whether a command of page `number` comes from a listener that the page waits for. */
function isAwaited(number) {
  const question = currentQuestion.getStore();
  return question?.isOpen === true && question.number === number;
}

module.exports = { currentQuestion, isAwaited };
