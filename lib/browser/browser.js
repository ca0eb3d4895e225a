"use strict";

const { NativeBrowser, BrowserEventKind: Kind } = require("../native/addon");
const { kindOf } = require("./kinds");
const { dispatch } = require("../native/dispatch");
const { fromNative } = require("../errors");

const START_TIMEOUT = 30_000;
const EXIT_GRACE = 1_000;

// One listener for all of them: from the eleventh on, Node would warn of a leak.
const running = new Set();
process.on("exit", () => {
  for (const browser of running) {
    browser.kill();
  }
});

/** One browser: its process, its commands, its end. */
class Browser {
  #native;
  #kind;
  #commands = null;
  #pageTimeout;
  #silenceLimit;
  #handlers;
  #exit = null;
  #exitCode = 0;
  #exitGrace = 0;
  #onGone;
  #onPageEvent = () => {};
  #why;

  /** `handlers`: `onStdout(text)`, `onStderr(text)`, `onExit({ how, why, output })`, `onCommand(text)`, `onReply(text)`. */
  constructor({ browser, pageTimeout, messageTimeout = 0 }, handlers) {
    this.#kind = kindOf({ browser });
    this.#pageTimeout = pageTimeout;
    // A script that takes longer has nobody waiting for it any more.
    this.#silenceLimit = Math.max(pageTimeout, messageTimeout);
    this.#handlers = handlers;
    this.#native = new NativeBrowser((events) => dispatch(events, (event) => this.#handle(event)));
    this.pid = null;
    /** Called with its error before a command that was not answered in time is rejected. */
    this.onTimeout = () => {};
    /** Resolves when a browser that was started is gone and `onExit` was called. */
    this.gone = new Promise((resolve) => {
      this.#onGone = resolve;
    });
  }

  /** Starts the browser; rejects with a PhantomError that says why it did not start. */
  async launch({ startTimeout = START_TIMEOUT, ...options }) {
    running.add(this);
    const { binary, phantomArguments } = options;
    this.#exitGrace = this.#kind.keepsState(phantomArguments) ? EXIT_GRACE : 0;
    const silenceLimit = this.#silenceLimit;
    const launch = this.#kind.launch(this.#native, { ...options, startTimeout, silenceLimit });
    // Where both fail, as they do when no more files can be opened, the launch says what to do.
    const [launched, prepared] = await Promise.allSettled([launch, this.#prepareCommands()]);
    const failure = [launched, prepared].find(({ status }) => status === "rejected");
    if (failure) {
      running.delete(this);
      this.#native.kill();
      throw this.#kind.explainLaunch(fromNative(failure.reason), binary);
    }
    this.pid = launched.value;
  }

  /** Called while the browser starts, so that loading them costs no time. */
  async #prepareCommands() {
    const { Commands } = require("./commands");
    const { onCommand, onReply } = this.#handlers;
    this.#commands = new Commands(this.#native, {
      kind: this.#kind,
      limit: this.#pageTimeout,
      onCommand,
      onReply,
      onTimeout: (error) => this.onTimeout(error),
    });
  }

  /** See `Commands.run()`. */
  command(target, method, args, options) {
    return this.#commands.run(target, method, args, options);
  }

  /** See `Commands.runNow()`. What happens meanwhile is heard of, in order. */
  commandNow(target, method, args, isBeside) {
    const takeEvents = (limit) => dispatch(this.#native.take(limit), (event) => this.#handle(event));
    return this.#commands.runNow(target, method, args, { isBeside, takeEvents });
  }

  /** Asks the browser, behind the commands of this turn, to say when it is through with them. */
  probe() {
    this.#commands.probe();
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
    return this.#commands.areComputing;
  }

  /** Rejects when the browser does not answer within `limit` ms. */
  status(limit) {
    return this.#commands.run(0, this.#kind.status, [], { limit });
  }

  /** `listener(page, name, args)` hears of what happens in the pages. */
  set onPageEvent(listener) {
    this.#onPageEvent = listener;
  }

  /** The table of its facts: see kinds.js. */
  get kind() {
    return this.#kind;
  }

  get isGone() {
    return this.#exit !== null;
  }

  /** Lets the browser exit with `code`; resolves when it is gone, and its user has heard of it. */
  async exit(code) {
    this.#exitCode = code & 0xff;
    // The answer is the end of the process.
    this.command(0, "exit", [code]).catch(() => undefined);
    this.#commands.flush();
    await this.#native.close(EXIT_GRACE);
    await this.gone;
  }

  /** Writes what a function of the user's prints to "stdout" or "stderr", among what the browser prints itself. */
  print(stream, text) {
    this.#handlers[stream === "stdout" ? "onStdout" : "onStderr"](text);
  }

  /** Ends the browser at once; `why`, when it is not its user who wants it, is told along with its end. */
  kill(why) {
    this.#why = why;
    this.#native.kill();
  }

  /** Ends the browser, after `grace` ms at the latest; resolves when it is gone. */
  async close(grace = this.#exitGrace) {
    this.#commands?.flush();
    await this.#native.close(grace);
  }

  #handle([kind, id, text, output]) {
    switch (kind) {
      case Kind.Value:
        return this.#commands.resolve(id, text);
      case Kind.Error:
        return this.#commands.reject(id, text);
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

  #end(exit) {
    exit.how = this.#kind.endOf(exit.how, this.#exitCode);
    this.#exit = exit;
    running.delete(this);
    this.#commands?.end(exit);
    // Behind the listeners, even behind one that throws.
    this.#onGone();
    this.#handlers.onExit(exit);
  }
}

module.exports = { Browser };
