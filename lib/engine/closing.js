"use strict";

const { NativeAlarm } = require("../native/addon");
const { answer } = require("../answer");
const { log } = require("../native/log");
const { readOption } = require("../options");
const { warn } = require("../warn");

/** What `close()` does: the workers finish what they hold, then the engine stops. */
class Closing {
  #server;
  #number;
  #drain;
  #drained = null;
  #stopped = null;

  /** `drain()` resolves when nothing is under way. */
  constructor(server, number, drain) {
    this.#server = server;
    this.#number = number;
    this.#drain = drain;
  }

  /** Resolves when the engine has stopped; `isStopped`: it has already. */
  begin(options, isStopped) {
    return answer(
      (resolve, reject) => this.#run(options, isStopped).then(resolve, reject),
      (error) => warn("PHANTOM_CLUSTER_ERROR_IGNORED", `nobody takes this error: ${error.message}`, error),
    );
  }

  async #run({ timeout } = {}, isStopped) {
    if (isStopped) {
      return;
    }
    // One promise for all calls: from the eleventh listener on, Node would warn of a leak.
    this.#stopped ??= new Promise((resolve) => this.#server.once("stopped", resolve));
    const limit = readOption("messageTimeout", timeout, Number.POSITIVE_INFINITY, "timeout");
    log.info?.("engine closes", { engine: this.#number, timeout });
    const alarm = Number.isFinite(limit) ? new NativeAlarm(limit, () => this.#server.stop()) : null;
    this.#drained ??= this.#drain();
    this.#drained.then(() => this.#server.stop());
    await this.#stopped;
    alarm?.cancel();
  }
}

module.exports = { Closing };
