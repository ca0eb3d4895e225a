// Events of a page: name to list of arguments.

import type { Page } from "./page.js";
import type { LoadStatus } from "./page-values.js";
import type { NetworkRequest, ResourceError, ResourceRequest, ResourceResponse, ResourceTimeout } from "./resources.js";
import type { Untyped } from "./untyped.js";

/** Events of a page, with the arguments that listeners in Node get. */
export interface PageEvents {
  /** The page called `alert()`. */
  onAlert: [message: string];

  /**
   * The page called `window.callPhantom()`, with these values, as JSON carries them. A function inside PhantomJS
   * answers with what the page's call returns; without one it returns null.
   */
  onCallback: [...values: Untyped[]];

  /** The page closes: by `close()`, before that answers, by its own script, or with the page that opened it. */
  onClosing: [page: Page];

  /** The page called `confirm()`. A function inside PhantomJS answers with a boolean; without one the answer is no. */
  onConfirm: [message: string];

  /** The page called `console.log()` or the like. PhantomJS 2.1.1 gives the text alone, without line or file. */
  onConsoleMessage: [message: string];

  /** A script of the page threw, and nothing caught it. */
  onError: [message: string, trace: StackFrame[]];

  /**
   * An `<input type="file">` that takes one file was clicked, which has this one; empty when it has none. A function
   * inside PhantomJS answers with the path of another. See {@link Page.setFileOnPicker}.
   */
  onFilePicker: [file: string];

  /** The document is there, and none of its scripts ran yet. */
  onInitialized: [];

  /** A load is over. */
  onLoadFinished: [status: LoadStatus];

  /** A load has begun. */
  onLoadStarted: [];

  /** A script of the page runs too long. PhantomJS 2.1.1 never emits it. */
  onLongRunningScript: [];

  /**
   * The page, or a frame of it, is to show another address: which one, why, whether it will, and whether it is the
   * page's own document. It will not where the property `navigationLocked` is true.
   */
  onNavigationRequested: [url: string, type: NavigationType, willNavigate: boolean, isMainFrame: boolean];

  /**
   * The page opened a window: a page of its own, which closes with this one where property `ownsPages` is true. What a
   * listener sets on it before it returns, or before its promise settles, hears of the window's events from the first on.
   */
  onPageCreated: [page: Page];

  /** The page called `prompt()`. A function inside PhantomJS answers with text; null, or none, is a cancel. */
  onPrompt: [message: string, preset: string];

  /** A part of the page is drawn anew: where, in px. */
  onRepaintRequested: [left: number, top: number, width: number, height: number];

  /** A resource could not be loaded, or came with an HTTP status of 400 or above. */
  onResourceError: [error: ResourceError];

  /** A response began, and again when it ended. */
  onResourceReceived: [response: ResourceResponse];

  /** A request is about to be sent. A function inside PhantomJS can change or abort it. */
  onResourceRequested: [request: ResourceRequest];

  /** A resource took longer than the setting `resourceTimeout`. */
  onResourceTimeout: [request: ResourceTimeout];

  /** The page has another address. */
  onUrlChanged: [url: string];
}

/**
 * Events of a page, with the arguments that functions inside PhantomJS get: those of {@link PageEvents}, and what
 * cannot leave PhantomJS.
 */
export interface PageEventsInside
  extends Omit<
    PageEvents,
    "onClosing" | "onPageCreated" | "onResourceReceived" | "onResourceRequested" | "onResourceTimeout"
  > {
  /** The page closes: PhantomJS's own page. */
  onClosing: [page: Untyped];

  /** The page opened a window: PhantomJS's own page. */
  onPageCreated: [page: Untyped];

  /** A response began, and again when it ended. */
  onResourceReceived: [response: ResourceResponse<Date>];

  /** A request is about to be sent, and can be changed or aborted. */
  onResourceRequested: [request: ResourceRequest<Date>, control: NetworkRequest];

  /** A resource took longer than the setting `resourceTimeout`. */
  onResourceTimeout: [request: ResourceTimeout<Date>];
}

/** What functions inside PhantomJS answer. Where several answer, the last one counts. */
export interface PageEventAnswers {
  /** What `callPhantom()` returns. */
  onCallback: Untyped;

  /** Whether yes. */
  onConfirm: boolean;

  /** The path of the chosen file. */
  onFilePicker: string;

  /** The text; null is a cancel. */
  onPrompt: string | null;
}

/** Why a page is to show another address. */
export type NavigationType =
  | "Undefined"
  | "LinkClicked"
  | "FormSubmitted"
  | "BackOrForward"
  | "Reload"
  | "FormResubmitted"
  | "Other";

/** A place in a script of a page. */
export interface StackFrame {
  /** The script's address. */
  readonly file: string;

  /** The line, from 1. */
  readonly line: number;

  /** The function's name; empty where it has none. */
  readonly function: string;
}
