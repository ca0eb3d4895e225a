// What npm `phantom` and PhantomJS's page have not: loads that reject, waiting, PDF as bytes, bodies of responses.

import type { PageError } from "./errors.js";
import type { Callback, Method } from "./method.js";
import type { LoadError, PaperEdge, PaperSize } from "./page-values.js";
import type { ResourceResponse } from "./resources.js";

/** Options of {@link ModernPage.goto}. */
export interface GotoOptions {
  /**
   * What is waited for: `"load"`, the document with all that it loads; `"domcontentloaded"`, the document alone;
   * `"networkidle"`, the load, and then 500 ms without a request under way.
   *
   * @default "load"
   */
  readonly waitUntil?: "load" | "domcontentloaded" | "networkidle";

  /**
   * How long it may take, in ms; then the load is stopped.
   *
   * @default option `pageTimeout`
   */
  readonly timeout?: number;
}

/** What was answered at the address of {@link ModernPage.goto}. */
export interface GotoResponse {
  /** Its number, as in {@link ResourceResponse.id}; null where only the fragment of the address changed. */
  readonly id: number | null;

  /** The address, where redirects led. */
  readonly url: string;

  /** The HTTP status; null for what is not HTTP. */
  readonly status: number | null;

  /** The text of the HTTP status; null for what is not HTTP. */
  readonly statusText: string | null;

  /** The headers, their names in small letters. Several of one name are one, with commas; `set-cookie` with line breaks. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How long {@link ModernPage.waitFor} waits. */
export interface WaitOptions {
  /**
   * In ms.
   *
   * @default option `pageTimeout`
   */
  readonly timeout?: number;
}

/** What {@link ModernPage.waitFor} waits for, of an element. */
export interface WaitForOptions extends WaitOptions {
  /**
   * That it is seen: it has a size, and is not `visibility: hidden`.
   *
   * @default false
   */
  readonly visible?: boolean;

  /**
   * That it is not seen, or not there.
   *
   * @default false
   */
  readonly hidden?: boolean;
}

/** Options of {@link ModernPage.pdf}. Of the paper those that are given; without any it is the page's `paperSize`. */
export interface PdfOptions extends PaperSize {
  /** A file to write it to as well. */
  readonly path?: string;

  /** Another name for `orientation: "landscape"`. */
  readonly landscape?: boolean;

  /** The scale, 1 is 100 %. Not on PhantomJS: {@link Page.setZoomFactor}. */
  readonly scale?: number;

  /**
   * Whether backgrounds are printed. PhantomJS prints them always.
   *
   * @default true
   */
  readonly printBackground?: boolean;

  /** The pages to print, as `"1-3, 5"`. Not on PhantomJS. */
  readonly pageRanges?: string;

  /** HTML at the head of each page, as Chromium has it. Elsewhere {@link PaperSize.header}, a {@link PaperEdge}. */
  readonly headerTemplate?: string;

  /** HTML at the foot of each page, as Chromium has it. Elsewhere {@link PaperSize.footer}, a {@link PaperEdge}. */
  readonly footerTemplate?: string;
}

/** The methods of a page that no version of npm `phantom` has. */
export interface ModernPage {
  /**
   * Opens an address, waits for the load, and gives what was answered; a 404 is an answer. Unlike `open` it rejects when
   * nothing was loaded.
   *
   * @throws {@link PageError} `ERR_NAVIGATION`: it was not loaded; `cause` is a {@link LoadError}
   * @throws {@link PageError} `ERR_TIMEOUT`: it took longer than `timeout`
   */
  goto: Method<[url: string] | [url: string, options: GotoOptions], GotoResponse>;

  /**
   * A PDF of the page, as bytes; with option `path` it is written to that file too.
   *
   * @throws {@link PageError} `ERR_UNSUPPORTED`: the browser has no such option
   */
  pdf: Method<[] | [options: PdfOptions], Buffer>;

  /**
   * The body of a response, by its number in {@link ResourceResponse.id} or {@link GotoResponse.id}. There while the
   * page shows the document that it was loaded for. PhantomJS keeps no bodies.
   *
   * @throws {@link PageError} `ERR_PAGE_COMMAND`: it is not there, or not any more
   * @throws {@link PageError} `ERR_UNSUPPORTED`: the browser keeps none
   */
  responseBody: Method<[id: number], Buffer>;

  /**
   * Waits until an element is there, or until a function gives something other than false, 0, "" or nothing.
   *
   * The present frame is looked at, and the next document when the page goes there. The callback gets false when nothing
   * came in time.
   *
   * @throws {@link PageError} `ERR_TIMEOUT`: that took longer than `timeout`
   */
  waitFor(selector: string, options: WaitForOptions, callback: Callback<boolean>): Promise<boolean>;
  /** Waits until an element is there. The callback gets false when it was not in time. */
  waitFor(selector: string, callback: Callback<boolean>): Promise<boolean>;
  /**
   * Waits until an element is there.
   *
   * @throws {@link PageError} `ERR_TIMEOUT`: that took longer than `timeout`
   */
  waitFor(selector: string, options?: WaitForOptions): Promise<true>;
  /** Waits until a function in the page gives something; the callback gets it, or false. */
  waitFor<Result>(fn: () => Result, callback: Callback<Awaited<Result> | false>): Promise<Awaited<Result> | false>;
  /** Waits until a function in the page, given `args` as JSON values, gives something; the callback gets it, or false. */
  waitFor<Result, Args extends unknown[]>(
    fn: (...args: Args) => Result,
    options: WaitOptions,
    ...more: [...args: Args, callback: Callback<Awaited<Result> | false>]
  ): Promise<Awaited<Result> | false>;
  /**
   * Waits until a function in the page gives something, and gives that.
   *
   * @throws {@link PageError} `ERR_TIMEOUT`: that took longer than `timeout`
   * @throws {@link PageError} `ERR_EVALUATE`: it threw
   */
  waitFor<Result>(fn: () => Result): Promise<Awaited<Result>>;
  /**
   * Waits until a function in the page, given `args` as JSON values, gives something, and gives that.
   *
   * @throws {@link PageError} `ERR_TIMEOUT`: that took longer than `timeout`
   * @throws {@link PageError} `ERR_EVALUATE`: it threw
   */
  waitFor<Result, Args extends unknown[]>(
    fn: (...args: Args) => Result,
    options: WaitOptions,
    ...args: Args
  ): Promise<Awaited<Result>>;
}

// What is not exported above stays private to this file.
export {};
