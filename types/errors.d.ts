// The errors and their codes.

/**
 * Codes of {@link EngineError}. `ERR_WORKER_CRASH_LOOP`: workers crash too often and are replaced no more.
 * `ERR_ENGINE_STOPPED`: the engine stopped before the request was answered. `ERR_LISTEN`: the socket for the workers
 * cannot be made. `ERR_MASTER_GONE`: a worker cannot reach the server.
 * `ERR_ADDON_MISSING`: there is no addon for this platform, or it does not load; thrown where the package is required.
 * `ERR_RUNTIME`: there is no room for the addon's threads; thrown there too. `ERR_NOT_MAIN_THREAD`: a server in a worker
 * thread, whose workers would make such threads again. `ERR_NESTED_ENGINE`: a server in a process that a worker has
 * started, whose workers would do so again. `ERR_NO_SCRIPT`: workers run the script of their primary, and it runs none.
 */
export type EngineErrorCode =
  | "ERR_WORKER_CRASH_LOOP"
  | "ERR_ENGINE_STOPPED"
  | "ERR_ENGINE_CLOSING"
  | "ERR_LISTEN"
  | "ERR_MASTER_GONE"
  | "ERR_ADDON_MISSING"
  | "ERR_RUNTIME"
  | "ERR_NOT_MAIN_THREAD"
  | "ERR_NESTED_ENGINE"
  | "ERR_NO_SCRIPT";

/**
 * Codes of {@link PhantomError}. `ERR_PHANTOM_BINARY`: there is no PhantomJS to run. `ERR_PHANTOM_START`: it does not
 * start. `ERR_BROWSER_BINARY`: there is no Chromium to run. `ERR_NO_FREE_PORT`: no port from `phantomBasePort` on is
 * free. `ERR_BROWSER_GONE`: it ended.
 */
export type PhantomErrorCode =
  | "ERR_PHANTOM_BINARY"
  | "ERR_PHANTOM_START"
  | "ERR_BROWSER_BINARY"
  | "ERR_NO_FREE_PORT"
  | "ERR_BROWSER_GONE";

/**
 * Codes of {@link PageError}. `ERR_PAGE_CLOSED`: the page is closed. `ERR_PAGE_CRASHED`: Chromium's process of the page
 * has ended, or does not answer any more; other pages go on. `ERR_PAGE_TIMEOUT`: no answer within
 * `pageTimeout`. `ERR_EVALUATE`: a function failed in the page. `ERR_NAVIGATION`: `goto` loaded nothing; `cause` says
 * why. `ERR_TIMEOUT`: what `goto` or `waitFor` waits for did not come within their `timeout`. `ERR_UNSUPPORTED`: the
 * browser has no such thing; the message says what to use instead. `ERR_PAGE_COMMAND`: the browser refused.
 */
export type PageErrorCode =
  | "ERR_PAGE_CLOSED"
  | "ERR_PAGE_CRASHED"
  | "ERR_PAGE_TIMEOUT"
  | "ERR_EVALUATE"
  | "ERR_NAVIGATION"
  | "ERR_TIMEOUT"
  | "ERR_UNSUPPORTED"
  | "ERR_PAGE_COMMAND";

/**
 * Codes of {@link ItemError}. `ERR_ITEM_STATE`: the item's state does not allow the call. `ERR_ITEM_TIMEOUT`: it was
 * not answered in time and is not enqueued again. `ERR_ITEM_CANCELLED`: it was cancelled. `ERR_ITEM_CRASHED`: as many
 * workers as `maxCrashes` allows ended under it. `ERR_MAX_ATTEMPTS`: its attempts are used up; `cause` is how the last
 * one ended. `ERR_INVALID_RESPONSE`: JSON cannot carry the response. `ERR_MESSAGE_TOO_LONG`: the request or
 * the response is above `maxMessageSize`.
 */
export type ItemErrorCode =
  | "ERR_ITEM_STATE"
  | "ERR_ITEM_TIMEOUT"
  | "ERR_ITEM_CANCELLED"
  | "ERR_ITEM_CRASHED"
  | "ERR_MAX_ATTEMPTS"
  | "ERR_INVALID_RESPONSE"
  | "ERR_MESSAGE_TOO_LONG";

/**
 * Codes of {@link StoreError}. `ERR_STORE_LOCKED`: another engine has the file open. `ERR_STORE_CORRUPT`: the file is
 * damaged, or another program's; it was left as it is. `ERR_STORE_MISSING`: npm packages that option `store` needs are not
 * installed. `ERR_STORE_UNAVAILABLE`: the store cannot be reached, the file cannot be used or was made by a newer version,
 * or more requests wait for the store than option `maxPending` allows. `ERR_STORE_FULL`: it has no room left.
 * `ERR_STORE_AUTH`: it does not take the user or the password. `ERR_STORE_TLS`: it cannot be reached by TLS.
 */
export type StoreErrorCode =
  | "ERR_STORE_LOCKED"
  | "ERR_STORE_CORRUPT"
  | "ERR_STORE_MISSING"
  | "ERR_STORE_UNAVAILABLE"
  | "ERR_STORE_FULL"
  | "ERR_STORE_AUTH"
  | "ERR_STORE_TLS";

/** Codes of {@link PhantomClusterError}. */
export type PhantomClusterErrorCode =
  | EngineErrorCode
  | PhantomErrorCode
  | PageErrorCode
  | ItemErrorCode
  | StoreErrorCode;

/** Base of the errors that are no `TypeError` or `RangeError`. */
export class PhantomClusterError extends Error {
  /** Makes an error; `options.cause` is what led to it. */
  constructor(code: PhantomClusterErrorCode, message: string, options?: { readonly cause?: unknown });

  /** What went wrong. Unlike the message it stays the same from version to version. */
  readonly code: PhantomClusterErrorCode;

  /** The name of the class. */
  readonly name: string;
}

/** An error of the engine as a whole. */
export class EngineError extends PhantomClusterError {
  /** Makes an error; `options.cause` is what led to it. */
  constructor(code: EngineErrorCode, message: string, options?: { readonly cause?: unknown });

  /** What went wrong: see {@link EngineErrorCode}. */
  readonly code: EngineErrorCode;

  /** Of an item's `ERR_ENGINE_STOPPED`: whether its request is in the store, and waits there for the next start. */
  readonly stored?: boolean;
}

/** An error of PhantomJS as a whole. */
export class PhantomError extends PhantomClusterError {
  /** Makes an error; `options.cause` is what led to it. */
  constructor(code: PhantomErrorCode, message: string, options?: { readonly cause?: unknown });

  /** What went wrong: see {@link PhantomErrorCode}. */
  readonly code: PhantomErrorCode;
}

/** An error of a method of `ph` or of a page. */
export class PageError extends PhantomClusterError {
  /** Makes an error; `options.cause` is what led to it. */
  constructor(code: PageErrorCode, message: string, options?: { readonly cause?: unknown });

  /** What went wrong: see {@link PageErrorCode}. */
  readonly code: PageErrorCode;

  /** The stack inside PhantomJS, where it gave one. */
  readonly phantomStack?: string;
}

/** An error of one request. One that comes from a handler in a worker has the code that it had there, if any. */
export class ItemError extends PhantomClusterError {
  /** Makes an error; `options.cause` is what led to it. */
  constructor(code: ItemErrorCode, message: string, options?: { readonly cause?: unknown });

  /** What went wrong: see {@link ItemErrorCode}; from a page's method in a handler, {@link PageErrorCode}. */
  readonly code: ItemErrorCode | PageErrorCode;
}

/** An error of where option `store` keeps requests. */
export class StoreError extends PhantomClusterError {
  /** Makes an error; `options.cause` is what led to it. */
  constructor(code: StoreErrorCode, message: string, options?: { readonly cause?: unknown });

  /** What went wrong: see {@link StoreErrorCode}. */
  readonly code: StoreErrorCode;
}

/** A request that JSON cannot carry. */
export class RequestError extends TypeError {
  /** Makes an error; `options.cause` is what led to it. */
  constructor(message: string, options?: { readonly cause?: unknown });

  /** Always the same. */
  readonly code: "ERR_INVALID_REQUEST";
}

/** An option of the wrong type. */
export class OptionTypeError extends TypeError {
  /** Makes an error whose message names option, value and what is allowed. */
  constructor(message: string);

  /** Always the same; that of {@link OptionRangeError} too. */
  readonly code: "ERR_INVALID_OPTION";
}

/** An option out of its range. */
export class OptionRangeError extends RangeError {
  /** Makes an error whose message names option, value and what is allowed. */
  constructor(message: string);

  /** Always the same; that of {@link OptionTypeError} too. */
  readonly code: "ERR_INVALID_OPTION";
}
