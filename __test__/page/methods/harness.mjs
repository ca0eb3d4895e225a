// Runs a row: what a case needs, and the styles of a call.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { BROWSERS, browser, site } from "../../helpers.mjs";
import { ifClosed } from "./checks.mjs";
import { forgetRequests, notingSite, PAGES, proxy } from "./site.mjs";

/** How a method is called: `(subject, name, args, callbackAt)` gives its value. */
export const STYLES = {
  /** Fails when the callback gets anything but the value alone. */
  callback: async (subject, name, args, callbackAt = args.length) => {
    const values = await new Promise((resolve, reject) => {
      const promise = subject[name](...args.toSpliced(callbackAt, 0, (...values) => resolve(values)));
      // It resolves after the callback, and after an error without one.
      promise.then(() => reject(new Error(`${name} did not call back`)), reject);
    });
    assert.equal(values.length, 1, "a callback gets the value alone");
    return values[0];
  },
  promise: (subject, name, args) => {
    const promise = subject[name](...args);
    assert.ok(promise instanceof Promise);
    return promise;
  },
  value: (subject, name, args) => (typeof subject[name] === "function" ? subject[name](...args) : subject[name]),
};

/** That the call is refused, and says what to use instead. With a callback it calls back, with what tells of an error. */
export async function isRefused(style, subject, name, args, callbackAt, remedy) {
  if (style === "callback") {
    await STYLES.callback(subject, name, args, callbackAt);
    return;
  }
  // What gives its value at once throws.
  await assert.rejects(
    async () => await STYLES[style](subject, name, args),
    (error) => {
      assert.equal(error.code, "ERR_UNSUPPORTED", `${error}`);
      assert.ok(error.message.includes(remedy.replaceAll("`", "")), `${error.message} has: ${remedy}`);
      return true;
    },
  );
}

/** A browser and what its pages load, for one case after the other. */
export class Harness {
  #name;
  #options;
  #served;
  #shared;
  #pages;
  #other;
  #proxy;

  /** `name` is a browser's; `served` are its pages (site.mjs). */
  constructor(name, served = PAGES) {
    this.#name = name;
    this.#options = BROWSERS[name];
    this.#served = served;
  }

  async start() {
    this.#proxy = await proxy();
    this.#pages = await notingSite(this.#served);
    this.#other = await site();
    this.#shared = await browser(this.#options);
  }

  async close() {
    await this.#shared.close();
    await this.#pages.close();
    await this.#other.close();
    await this.#proxy.close();
  }

  /** Runs `body` with what a case needs, and takes it all away again. */
  async inContext(row, body) {
    const isOwn = row.own || row.options !== undefined;
    const started = isOwn ? await browser({ ...this.#options, ...row.options }) : this.#shared;
    const context = await this.#contextOf(started.ph);
    const end = async () => {
      fs.rmSync(context.folder, { recursive: true });
      if (isOwn) {
        await started.close();
      } else {
        await context.page.close().catch(ifClosed);
        await started.ph.clearCookies();
      }
    };
    try {
      if (row.at) {
        assert.equal(await context.page.open(`${context.url}${row.at}`), "success");
      }
      await row.prepare?.(context);
      await body(context);
    } catch (error) {
      // What went wrong first is what is told.
      await end().catch(() => {});
      throw error;
    }
    await end();
  }

  async #contextOf(ph) {
    forgetRequests();
    this.#proxy.asked.length = 0;
    return {
      browser: this.#name,
      ph,
      pid: ph.process.pid,
      page: await ph.createPage(),
      proxy: this.#proxy,
      out: ph.createOutObject(),
      url: this.#pages.url,
      other: this.#other.url,
      folder: fs.mkdtempSync(path.join(os.tmpdir(), "pc-methods-")),
      heard: [],
    };
  }
}
