"use strict";

const path = require("node:path");
const { NativeBrowser, BrowserEventKind: Kind } = require("../native/addon");
const { explainLaunch } = require("./binary");
const { isQuiet } = require("./call");
const { now } = require("../clock");
const { dispatch } = require("../native/dispatch");
const { PhantomError, fromDriver, fromNative } = require("../errors");

const DRIVER = path.join(__dirname, "..", "..", "driver", "main.js");
const START_TIMEOUT = 30_000;
const EXIT_GRACE = 1_000;
// The reply of a command that nobody waits for comes with another's, and after so long, ms, in any case (driver/bridge.js).
const QUIET_FOR = 5_000;
// Whoever asks for such an outcome after the command's time gets it within so long, ms, if PhantomJS has it.
const LATE_GRACE = 1_000;
// Commands that run for as long as what they start does: scripts of the page, or drawing it.
const COMPUTES = /^(evaluate|invoke|includeJs|injectJs|render|sendEvent|setContent)/;
const NOT_JSON = "what the page gave is not JSON; its own code has replaced JSON.stringify";
// Switches that make PhantomJS write something when it exits. Without one it is ended at once: its exit takes 200 ms.
const KEEPS_STATE = /^--(cookies-file|config|disk-cache|local-storage-path|offline-storage-path)\b/;

// One listener for all of them: from the eleventh on, Node would warn of a leak.
const running = new Set();
process.on("exit", () => {
  for (const browser of running) {
    browser.kill();
  }
});

/** Takes PhantomJS's output and writes it line by line. */
function byLine(write) {
  return (text) => {
    for (const line of text.replace(/\n$/, "").split("\n")) {
      write(line);
    }
  };
}

/** PhantomJS's output line by line, as the original logged it. */
function logLines(name, write) {
  return byLine((line) => write(`phantom ${name}: ${line}`));
}

/** "code 1", or "signal 9: it did not answer for 2000 ms" where it was ended for that. */
function describeEnd({ how, why }) {
  return why ? `${how}: ${why}` : how;
}

/** One PhantomJS: commands with a promise each, its output, its end. */
class Browser {
  #native;
  #pending = new Map();
  /** Commands of this turn of the event loop: they leave together. */
  #outgoing = [];
  #nextId = 1;
  #pageTimeout;
  #silenceLimit;
  #handlers;
  #exit = null;
  #exitGrace = 0;
  #onGone;
  #onPageEvent = () => {};
  #why;
  #isDirty = false;
  #isProbing = false;

  /** `handlers`: `onStdout(text)`, `onStderr(text)`, `onExit({ how, why, output })`. */
  constructor({ pageTimeout, messageTimeout = 0 }, handlers) {
    this.#pageTimeout = pageTimeout;
    // A script that takes longer has nobody waiting for it any more.
    this.#silenceLimit = Math.max(pageTimeout, messageTimeout);
    this.#handlers = handlers;
    this.#native = new NativeBrowser((events) => dispatch(events, (event) => this.#handle(event)));
    this.pid = null;
    /** Called with its error before a command that was not answered in time is rejected. */
    this.onTimeout = () => {};
    /** Resolves when a PhantomJS that was started is gone and `onExit` was called. */
    this.gone = new Promise((resolve) => {
      this.#onGone = resolve;
    });
  }

  /** Starts PhantomJS; rejects with a PhantomError that says why it did not start. */
  async launch({ binary, phantomArguments, basePort, fileTypes, startTimeout = START_TIMEOUT }) {
    running.add(this);
    this.#exitGrace = phantomArguments.some((argument) => KEEPS_STATE.test(argument)) ? EXIT_GRACE : 0;
    try {
      this.pid = await this.#native.launch({
        binary,
        arguments: phantomArguments,
        driver: DRIVER,
        fileTypes,
        basePort,
        startTimeout,
        silenceLimit: this.#silenceLimit,
      });
    } catch (error) {
      running.delete(this);
      throw explainLaunch(fromNative(error), binary);
    }
  }

  /**
   * Runs `method` of `target` (0: phantom, n: page n); commands run in the order they are sent. `call` tells whether
   * anybody waits for the outcome.
   */
  command(target, method, args, { limit = this.#pageTimeout, call } = {}) {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      if (this.#exit) {
        reject(this.#goneError(method));
        return;
      }
      // Of what they are now: the caller may change them before they leave.
      const text = JSON.stringify([id, target, method, args]);
      this.#handlers.onCommand?.(text);
      this.#pending.set(id, { method, resolve, reject });
      this.#outgoing.push({ id, text, limit, call });
      if (this.#outgoing.length === 1) {
        this.#flushSoon();
      }
    });
  }

  #flushSoon() {
    // `await` asks for the outcome in a microtask, and those come after the tick.
    process.nextTick(() => queueMicrotask(() => this.#flush()));
  }

  #flush() {
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

  /** Asks PhantomJS, behind the commands of this turn, to say when it is through with them. */
  probe() {
    this.#isProbing = true;
    if (this.#outgoing.length === 0) {
      this.#flushSoon();
    }
  }

  /** For how long, ms, it has not said so; 0 when it has. */
  get unanswered() {
    return this.#native.unanswered;
  }

  get pageTimeout() {
    return this.#pageTimeout;
  }

  /** Whether it may take long over what it was told to do. */
  get isComputing() {
    return [...this.#pending.values()].some(({ method }) => COMPUTES.test(method));
  }

  #send(outgoing) {
    const ids = [];
    const limits = [];
    const texts = [];
    for (const { id, text, limit, call } of outgoing) {
      const quiet = isQuiet(call);
      if (quiet) {
        const due = now() + limit;
        call.whenTaken(() => this.#hasten(id, due));
      }
      ids.push(id);
      limits.push(quiet ? limit + QUIET_FOR : limit);
      texts.push(quiet ? `${text.slice(0, -1)},1]` : text);
    }
    // When PhantomJS is gone its end is on its way here, and rejects them.
    this.#native.send(ids, limits, texts.join(","));
  }

  /** Makes a quiet command's reply come: any other brings it along. From now on its limit holds, which ends at `due`. */
  async #hasten(id, due) {
    if (!this.#pending.has(id)) {
      return;
    }
    const left = due - now();
    this.#native.relimit(id, left > 0 ? left : LATE_GRACE);
    // When PhantomJS has it, it comes before this one's.
    await this.command(0, "status", []).catch(() => undefined);
    if (left <= 0) {
      this.#native.relimit(id, 0);
    }
  }

  /** `listener(page, name, args)` hears of what happens in the pages. */
  set onPageEvent(listener) {
    this.#onPageEvent = listener;
  }

  get isGone() {
    return this.#exit !== null;
  }

  /** Lets PhantomJS exit with `code`; resolves when it is gone, and its user has heard of it. */
  async exit(code) {
    // The answer is the end of the process.
    this.command(0, "exit", [code]).catch(() => undefined);
    this.#flush();
    await this.#native.close(EXIT_GRACE);
    await this.gone;
  }

  /** Ends PhantomJS at once; `why`, when it is not its user who wants it, is told along with its end. */
  kill(why) {
    this.#why = why;
    this.#native.kill();
  }

  /** Ends PhantomJS, after `grace` ms at the latest; resolves when it is gone. */
  async close(grace = this.#exitGrace) {
    this.#flush();
    await this.#native.close(grace);
  }

  #handle([kind, id, text, output]) {
    switch (kind) {
      case Kind.Value:
        this.#handlers.onReply?.(text);
        return this.#resolve(this.#take(id), text);
      case Kind.Error: {
        const waiting = this.#take(id);
        return waiting && this.#reject(waiting, fromDriver(waiting.method, JSON.parse(text)));
      }
      case Kind.Event:
        return this.#onPageEvent(...JSON.parse(text));
      case Kind.Stdout:
        return this.#handlers.onStdout(text);
      case Kind.Stderr:
        return this.#handlers.onStderr(text);
      case Kind.Exited:
        return this.#end({ how: text, why: this.#why, output });
    }
  }

  /** A page that has a JSON of its own may have written anything. */
  #resolve(waiting, text) {
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      return waiting?.reject(fromDriver(waiting.method, { error: "javascript error", message: NOT_JSON }));
    }
    return waiting?.resolve(value);
  }

  #reject({ method, reject }, error) {
    if (error.code === "ERR_PAGE_TIMEOUT" && method !== "status") {
      this.onTimeout(error);
    }
    reject(error);
  }

  #take(id) {
    const waiting = this.#pending.get(id);
    this.#pending.delete(id);
    return waiting;
  }

  #end(exit) {
    this.#exit = exit;
    running.delete(this);
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { method, reject } of waiting) {
      reject(this.#goneError(method));
    }
    // Behind the listeners, even behind one that throws.
    this.#onGone();
    this.#handlers.onExit(exit);
  }

  #goneError(method) {
    const how = this.#exit ? ` (${describeEnd(this.#exit)})` : "";
    return new PhantomError("ERR_BROWSER_GONE", `${method}: PhantomJS is gone${how}`);
  }
}

module.exports = { Browser, byLine, describeEnd, logLines };
