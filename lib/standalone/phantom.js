"use strict";

const { describeEnd } = require("../browser/end");
const { guard } = require("../page/bridge-method");
const { Phantom, endOf } = require("../page/phantom");
const { warn } = require("../warn");

/** Tells the user of the browser's end. */
let tellEnd;

/** PhantomJS without an engine: there is nobody but its user to hear of its end. */
class StandalonePhantom extends Phantom {
  #browser;
  #onExit;
  #isEnding = false;

  static {
    tellEnd = (ph, exit) => ph.#tellEnd(exit);
  }

  /** `onExit`: the option of that name. */
  constructor(session, onExit) {
    super(session);
    this.#browser = session.browser;
    this.#onExit = onExit;
  }

  /** The PhantomJS process: `pid` and `kill()`. */
  get process() {
    const { pid } = this.#browser;
    return { pid, kill: () => this.kill() };
  }

  exit(...args) {
    this.#isEnding = true;
    return super.exit(...args);
  }

  kill(...args) {
    this.#isEnding = true;
    return super.kill(...args);
  }

  /** `exit`: `{ how, why, output }` of the browser. */
  #tellEnd(exit) {
    const listeners = [this.onExit, this.#onExit].filter((listener) => typeof listener === "function");
    const { code, signal } = endOf(exit.how);
    for (const listener of listeners) {
      guard(this, () => Reflect.apply(listener, this, [code, signal]));
    }
    if (listeners.length === 0 && !this.#isEnding) {
      const said = exit.output ? `, saying: ${exit.output}` : "";
      warn(
        "PHANTOM_CLUSTER_PHANTOM_ENDED",
        `${this.#browser.kind.name} ended (${describeEnd(exit)})${said}; option onExit hears of it in place of this warning`,
      );
    }
  }
}

module.exports = { StandalonePhantom, tellEnd };
