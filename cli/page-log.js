"use strict";

const MOST_ERRORS = 20;
const MOST_LETTERS = 500;

// A fragment (#…) does not make it another resource.
const resource = (url) => url.split("#")[0];

/** What PhantomJS tells about a page while it loads: its addresses, their responses, its script errors. */
class PageLog {
  #addresses = [];
  #responses = new Map();
  errors = [];
  consoleErrors = 0;

  async listen(page) {
    await Promise.all([
      page.on("onNavigationRequested", (url, _type, willNavigate, isMain) => this.#goes(url, willNavigate && isMain)),
      page.on("onResourceReceived", (response) => this.#responses.set(resource(response.url), response)),
      // PhantomJS reports console.error() here as well.
      page.on("onError", (message, trace) => this.#fails(message, trace)),
    ]);
  }

  /** The page's own response: that of the last address that it went to. Redirects count as addresses. */
  get #response() {
    const address = this.#addresses.findLast((url) => this.#responses.has(url));
    return this.#responses.get(address);
  }

  /** Its HTTP status; null when there was none. */
  get status() {
    return this.#response?.status ?? null;
  }

  #goes(url, isPage) {
    if (isPage) {
      this.#addresses.push(resource(url));
    }
  }

  #fails(message, [at]) {
    this.consoleErrors += 1;
    if (this.errors.length < MOST_ERRORS) {
      const place = at?.file ? ` (${at.file}:${at.line})` : "";
      this.errors.push(message.slice(0, MOST_LETTERS) + place);
    }
  }
}

module.exports = { PageLog };
