"use strict";

// The Chrome DevTools Protocol over a pipe: descriptors 3 and 4, JSON texts that a NUL ends. No more than the ceiling
// needs: no deadlines, and an error ends the process.

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const FLAGS = [
  "--remote-debugging-pipe",
  "--headless",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-breakpad",
  "--disable-extensions",
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
  "--disable-ipc-flooding-protection",
  "--disable-popup-blocking",
  "--disable-hang-monitor",
  "--disable-features=Translate,MediaRouter,AcceptCHFrame,HttpsUpgrades,RenderDocument",
  "--hide-scrollbars",
  "--mute-audio",
];

class Browser {
  #child;
  #profile = fs.mkdtempSync(path.join(os.tmpdir(), "phantom-cluster-bench-"));
  #input;
  #rest = "";
  #lastId = 0;
  #waiting = new Map();
  /** What hears the events of a session, by its id; that of the browser itself is "". */
  listeners = new Map();

  constructor(binary) {
    const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    const args = [...FLAGS, ...root, `--user-data-dir=${this.#profile}`];
    this.#child = spawn(binary, args, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.#input = this.#child.stdio[3];
    this.#child.stdio[4].setEncoding("utf8").on("data", (text) => this.#read(text));
  }

  #read(text) {
    const parts = (this.#rest + text).split("\0");
    this.#rest = parts.pop();
    for (const part of parts) {
      const { id, result, error, method, params, sessionId = "" } = JSON.parse(part);
      if (id === undefined) {
        this.listeners.get(sessionId)?.(method, params);
      } else {
        const { command, resolve } = this.#waiting.get(id);
        this.#waiting.delete(id);
        resolve(error ? { error: `${command}: ${error.message}` } : result);
      }
    }
  }

  /** Resolves with the result, or with `{ error }`. */
  send(method, params, sessionId) {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve) => this.#waiting.set(id, { command: method, resolve }));
  }

  async close() {
    await new Promise((resolve) => {
      this.#child.once("exit", resolve);
      this.send("Browser.close");
    });
    fs.rmSync(this.#profile, { recursive: true, force: true });
  }
}

module.exports = { Browser };
