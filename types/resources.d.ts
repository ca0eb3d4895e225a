// Requests of a page, their responses and their errors.

/** A header of a request or a response. */
export interface ResourceHeader {
  /** Its name. */
  readonly name: string;

  /** Its value. */
  readonly value: string;
}

/**
 * A request of a page.
 *
 * @typeParam Time - a `Date` inside PhantomJS; in Node its text
 */
export interface ResourceRequest<Time = string> {
  /** Its number, from 1 on; that of its response and of its errors too. */
  readonly id: number;

  /** The HTTP method, in capitals. */
  readonly method: string;

  /** The address. */
  readonly url: string;

  /** When. */
  readonly time: Time;

  /** The headers. */
  readonly headers: readonly ResourceHeader[];

  /** The body, read as UTF-8; only where there is one. */
  readonly postData?: string;
}

/**
 * A response. It comes twice: when it began, and when it is whole. A redirect comes once, at its end.
 *
 * @typeParam Time - a `Date` inside PhantomJS; in Node its text
 */
export interface ResourceResponse<Time = string> {
  /** The number of its request. */
  readonly id: number;

  /** The address; empty when the request was aborted. */
  readonly url: string;

  /** When. */
  readonly time: Time;

  /** Whether it began or ended. */
  readonly stage: "start" | "end";

  /** The HTTP status; null when no response came, and for what is not HTTP. */
  readonly status: number | null;

  /** The text of the HTTP status; null when no response came, and for what is not HTTP. */
  readonly statusText: string | null;

  /** The headers. */
  readonly headers: readonly ResourceHeader[];

  /** What it says of its kind; null when it says nothing. */
  readonly contentType: string | null;

  /** Where it redirects to; null when it does not. */
  readonly redirectURL: string | null;

  /** How many bytes of the body are there; only when it began. */
  readonly bodySize?: number;

  /** Always empty, and only when it began: PhantomJS 2.1.1 keeps no bodies. */
  readonly body?: string;
}

/** Why a resource could not be loaded. */
export interface ResourceError {
  /** The number of its request. */
  readonly id: number;

  /** The address; empty when the request was aborted. */
  readonly url: string;

  /** Qt's code (https://doc.qt.io/qt-5/qnetworkreply.html#NetworkError-enum). An aborted request has 301. */
  readonly errorCode: number;

  /** What went wrong. */
  readonly errorString: string;

  /** The HTTP status; null when no response came. */
  readonly status: number | null;

  /** The text of the HTTP status; null when no response came. */
  readonly statusText: string | null;
}

/**
 * A request that took too long.
 *
 * @typeParam Time - a `Date` inside PhantomJS; in Node its text
 */
export interface ResourceTimeout<Time = string> extends ResourceRequest<Time> {
  /** Always the same. */
  readonly errorCode: 408;

  /** What went wrong. */
  readonly errorString: string;
}

/** What a function inside PhantomJS can do with a request that is about to be sent. */
export interface NetworkRequest {
  /** Does not send it. It ends with a {@link ResourceError} of empty address and code 301. */
  abort(): void;

  /** Sends it to another address. */
  changeUrl(url: string): void;

  /** Sets a header of it. */
  setHeader(name: string, value: string): void;
}
