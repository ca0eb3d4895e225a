"use strict";

/** Base of the errors that are not a TypeError or RangeError; `code` is stable, the message is not. */
class PhantomClusterError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }

  get name() {
    return this.constructor.name;
  }
}

/** The engine as a whole: ERR_WORKER_CRASH_LOOP, ERR_ENGINE_STOPPED, ERR_LISTEN, ERR_MASTER_GONE, ERR_ADDON_MISSING, … */
class EngineError extends PhantomClusterError {}

/** The browser: ERR_PHANTOM_BINARY, ERR_PHANTOM_START, ERR_BROWSER_BINARY, ERR_NO_FREE_PORT, ERR_BROWSER_GONE. */
class PhantomError extends PhantomClusterError {}

/**
 * A command of `ph` or `page`: ERR_PAGE_CLOSED, ERR_PAGE_TIMEOUT, ERR_EVALUATE, ERR_NAVIGATION, ERR_TIMEOUT,
 * ERR_UNSUPPORTED, ERR_PAGE_COMMAND.
 */
class PageError extends PhantomClusterError {}

/** A request: ERR_ITEM_STATE, ERR_ITEM_TIMEOUT, ERR_ITEM_CANCELLED, ERR_MAX_ATTEMPTS, ERR_INVALID_RESPONSE, ERR_MESSAGE_TOO_LONG. */
class ItemError extends PhantomClusterError {}

/**
 * Where requests are kept, beside memory or outside of the process: ERR_STORE_LOCKED, ERR_STORE_CORRUPT, ERR_STORE_FULL,
 * ERR_STORE_UNAVAILABLE, ERR_STORE_MISSING, ERR_STORE_AUTH, ERR_STORE_TLS.
 */
class StoreError extends PhantomClusterError {}

/** A request that JSON cannot carry: ERR_INVALID_REQUEST. */
class RequestError extends TypeError {
  constructor(message, options) {
    super(message, options);
    this.code = "ERR_INVALID_REQUEST";
  }
}

/** An option of the wrong type: ERR_INVALID_OPTION. */
class OptionTypeError extends TypeError {
  constructor(message) {
    super(message);
    this.code = "ERR_INVALID_OPTION";
  }
}

/** An option out of its range: ERR_INVALID_OPTION. */
class OptionRangeError extends RangeError {
  constructor(message) {
    super(message);
    this.code = "ERR_INVALID_OPTION";
  }
}

const CLASS_OF_CODE = {
  ERR_PHANTOM_BINARY: PhantomError,
  ERR_PHANTOM_START: PhantomError,
  ERR_NO_FREE_PORT: PhantomError,
  ERR_MESSAGE_TOO_LONG: ItemError,
  ERR_STORE_CORRUPT: StoreError,
  ERR_STORE_FULL: StoreError,
  ERR_STORE_LOCKED: StoreError,
  ERR_STORE_UNAVAILABLE: StoreError,
};

/** A typed error of one that native code threw as "ERR_X: what is wrong". */
function fromNative(error) {
  const [, code, message] = /^(ERR_\w+): (.*)$/s.exec(error.message) ?? [];
  return code ? new (CLASS_OF_CODE[code] ?? EngineError)(code, message) : error;
}

// W3C error codes of the driver that have a meaning of their own here; the rest is ERR_PAGE_COMMAND.
const CODE_OF_DRIVER_ERROR = {
  "invalid session id": "ERR_PAGE_CLOSED",
  "no such window": "ERR_PAGE_CLOSED",
  "page crashed": "ERR_PAGE_CRASHED",
  "javascript error": "ERR_EVALUATE",
  "navigation failed": "ERR_NAVIGATION",
  "script timeout": "ERR_TIMEOUT",
  timeout: "ERR_PAGE_TIMEOUT",
  "unsupported operation": "ERR_UNSUPPORTED",
};

function explain({ data }) {
  if (typeof data?.source !== "string") {
    return "";
  }
  const { newerSyntax } = require("./es5");
  const newer = newerSyntax(data.source);
  return newer ? `; PhantomJS 2.1 runs ES5 and cannot parse ${newer}` : "";
}

/** A typed error of the driver's `{ error, message, stacktrace, data }`. */
function fromDriver(method, failure) {
  const code = CODE_OF_DRIVER_ERROR[failure.error] ?? "ERR_PAGE_COMMAND";
  const message = `${method}: ${failure.message}${explain(failure)}`;
  // Why it was not loaded, as `page.loadError` has it.
  const error = new PageError(code, message, code === "ERR_NAVIGATION" ? { cause: failure.data } : undefined);
  if (failure.stacktrace) {
    error.phantomStack = failure.stacktrace;
  }
  return error;
}

module.exports = {
  PhantomClusterError,
  EngineError,
  PhantomError,
  PageError,
  ItemError,
  StoreError,
  RequestError,
  OptionTypeError,
  OptionRangeError,
  fromNative,
  fromDriver,
};
