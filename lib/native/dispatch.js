"use strict";

/**
 * Runs `handle` for each event of a batch. A listener that throws must not cost the events behind it: its error goes
 * on as an uncaught exception, as it would from an event of its own.
 */
function dispatch(events, handle) {
  for (const event of events) {
    try {
      handle(event);
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }
}

module.exports = { dispatch };
