"use strict";

const { isQuiet } = require("./call");
const { goneError } = require("./end");
const { now } = require("../clock");
const { fromDriver } = require("../errors");
const { isAwaited } = require("./question");

// The reply of a command that nobody waits for comes with another's, and after so long, ms, in any case (driver/bridge.js).
const QUIET_FOR = 5_000;
// Whoever asks for such an outcome after the command's time gets it within so long, ms, if the browser has it.
const LATE_GRACE = 1_000;
// A command whose value the caller waits for on this very thread must be answered within so long, ms.
const NOW_LIMIT = 10_000;
// So long, ms, it waits at once for any event.
const TAKE_FOR = 1_000;
// Such a command runs beside the others of its page: those may wait for the caller.
const BESIDE = 2;
const NOT_JSON = "what the page gave is not JSON; its own code has replaced JSON.stringify";

const ignore = () => {};

/** The commands of one browser, each with the promise of its outcome. Those of one turn of the event loop leave together. */
class Commands {
  #native;
  #kind;
  #limit;
  #hears;
  #pending = new Map();
  #outgoing = [];
  #nextId = 1;
  #exit = null;
  #isDirty = false;
  #isProbing = false;

  /**
   * `kind`: see phantomjs.js. `limit`: ms for a command that names none. `hears`: `onCommand(text)` and `onReply(text)` of
   * what is sent and what comes, `onTimeout(error)` before a command that was not answered in time is rejected.
   */
  constructor(native, { kind, limit, onCommand = ignore, onReply = ignore, onTimeout }) {
    this.#native = native;
    this.#kind = kind;
    this.#limit = limit;
    this.#hears = { onCommand, onReply, onTimeout };
  }

  /**
   * Runs `method` of `target` (0: the browser, n: page n); commands run in the order they are sent. `call` tells whether
   * anybody waits for the outcome.
   */
  run(target, method, args, { call, limit = call?.limit ?? this.#limit } = {}) {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      if (this.#exit) {
        reject(this.#goneError(method));
        return;
      }
      // Of what they are now: the caller may change them before they leave.
      const text = JSON.stringify([id, target, method, args]);
      this.#hears.onCommand(text);
      this.#pending.set(id, { method, resolve, reject });
      const isBeside = method !== "close" && isAwaited(target);
      this.#outgoing.push({ id, text, limit, call, isBeside });
      if (this.#outgoing.length === 1) {
        this.#flushSoon();
      }
    });
  }

  /**
   * The outcome of a command, `{ value }` or `{ error }` in WebDriver's words, at once: this thread waits for it.
   * `takeEvents(limit)` waits for events of the browser and handles them. With `isBeside` the command runs beside the
   * others of its page, which may wait for the caller.
   */
  runNow(target, method, args, { isBeside, takeEvents }) {
    if (this.#exit) {
      return { error: { error: "no such window", message: this.#goneError(method).message } };
    }
    const id = this.#nextId;
    this.#nextId += 1;
    const text = JSON.stringify([id, target, method, args, ...(isBeside ? [BESIDE] : [])]);
    // Behind what was said before.
    this.flush();
    this.#hears.onCommand(text);
    let outcome = null;
    this.#pending.set(id, {
      method,
      resolve: (value) => {
        outcome = { value };
      },
      reject: ({ message }, failure = { error: "unknown error", message }) => {
        outcome = { error: failure };
      },
    });
    this.#native.send([id], [Math.min(this.#limit, NOW_LIMIT)], text);
    while (!outcome) {
      takeEvents(TAKE_FOR);
    }
    return outcome;
  }

  /** Asks the browser, behind the commands of this turn, to say when it is through with them. */
  probe() {
    this.#isProbing = true;
    if (this.#outgoing.length === 0) {
      this.#flushSoon();
    }
  }

  /** Whether the browser may take long over what it was told to do. */
  get areComputing() {
    return [...this.#pending.values()].some(({ method }) => this.#kind.computes(method));
  }

  #flushSoon() {
    // `await` asks for the outcome in a microtask, and those come after the tick.
    process.nextTick(() => queueMicrotask(() => this.flush()));
  }

  /** Sends now what would leave at the end of this turn. */
  flush() {
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    if (outgoing.length > 0) {
      this.#isDirty = true;
      this.#send(outgoing);
    }
    if (this.#isProbing && this.#isDirty) {
      this.#isDirty = false;
      this.#native.probe();
    }
    this.#isProbing = false;
  }

  #send(outgoing) {
    const ids = [];
    const limits = [];
    const texts = [];
    for (const { id, text, limit, call, isBeside } of outgoing) {
      const quiet = !isBeside && isQuiet(call);
      if (quiet) {
        const due = now() + limit;
        call.whenTaken(() => this.#hasten(id, due));
      }
      ids.push(id);
      limits.push(quiet ? limit + QUIET_FOR : limit);
      texts.push(isBeside || quiet ? `${text.slice(0, -1)},${isBeside ? BESIDE : 1}]` : text);
    }
    // When the browser is gone its end is on its way here, and rejects them.
    this.#native.send(ids, limits, texts.join(","));
  }

  /** Makes a quiet command's reply come: any other brings it along. From now on its limit holds, which ends at `due`. */
  async #hasten(id, due) {
    if (!this.#pending.has(id)) {
      return;
    }
    const left = due - now();
    this.#native.relimit(id, left > 0 ? left : LATE_GRACE);
    // When the browser has it, it comes before this one's.
    await this.run(0, this.#kind.status, []).catch(() => undefined);
    if (left <= 0) {
      this.#native.relimit(id, 0);
    }
  }

  /** A page that has a JSON of its own may have written anything. */
  resolve(id, text) {
    this.#hears.onReply(text);
    const waiting = this.#take(id);
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      waiting?.reject(fromDriver(waiting.method, { error: "javascript error", message: NOT_JSON }));
      return;
    }
    waiting?.resolve(value);
  }

  reject(id, text) {
    const waiting = this.#take(id);
    if (!waiting) {
      return;
    }
    const failure = JSON.parse(text);
    const error = fromDriver(waiting.method, failure);
    if (error.code === "ERR_PAGE_TIMEOUT" && waiting.method !== this.#kind.status) {
      this.#hears.onTimeout(error);
    }
    waiting.reject(error, failure);
  }

  #take(id) {
    const waiting = this.#pending.get(id);
    this.#pending.delete(id);
    return waiting;
  }

  /** The browser is gone: nothing is answered any more. */
  end(exit) {
    this.#exit = exit;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { method, reject } of waiting) {
      reject(this.#goneError(method));
    }
  }

  #goneError(method) {
    return goneError(this.#kind.name, method, this.#exit);
  }
}

module.exports = { Commands };
