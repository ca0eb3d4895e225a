"use strict";

const { settle } = require("./bridge-method");

// What JSON cannot carry to PhantomJS: functions that are to run there, and objects that live there. They go as marked
// objects; driver/revive.js brings them to life.

const MARK = "phantom-cluster:live";

function marked(kind, value) {
  return { [MARK]: [kind, value] };
}

/** A function to run inside PhantomJS. */
function liveFunction(fn) {
  return marked("function", String(fn));
}

/** A function that PhantomJS calls later, as a header or footer of a paper page: what `ph.callback(fn)` gives. */
function liveCallback(fn) {
  return marked("callback", String(fn));
}

/** The source of a function that goes to PhantomJS by itself, marked or not. */
function liveSource(fn) {
  return String(fn?.[MARK]?.[1] ?? fn);
}

// An object nobody can name any more is of no use in PhantomJS either.
const abandoned = new FinalizationRegistry(({ command, id }) => command("dropOutObject", [id]).catch(() => undefined));

/** An object inside PhantomJS, for functions that run there to leave results in (npm `phantom` 2 to 6). */
class OutObject {
  #command;

  constructor(command, id) {
    this.#command = command;
    this.target = `OutObject$${id}`;
    Object.defineProperty(this, "toJSON", { value: () => marked("object", id) });
    abandoned.register(this, { command, id });
  }

  property(name) {
    return settle(this, this.#command("outProperty", [this, name]));
  }
}

module.exports = { liveFunction, liveCallback, liveSource, OutObject };
