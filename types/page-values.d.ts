// What the methods of a page take and give.

import type { Page } from "./page.js";
import type { PhantomFunction } from "./phantom.js";
import type { ResourceError } from "./resources.js";

/** How a load ended. */
export type LoadStatus = "success" | "fail";

/** Mouse events of {@link Page.sendEvent}. */
export type MouseEventType = "click" | "doubleclick" | "mousedown" | "mouseup" | "mousemove" | "mousedoubleclick";

/** Keyboard events of {@link Page.sendEvent}. */
export type KeyEventType = "keypress" | "keydown" | "keyup";

/** Mouse buttons of {@link Page.sendEvent}. */
export type MouseButton = "left" | "middle" | "right";

/** Why a load failed: {@link Page.loadError}. */
export interface LoadError {
  /** PhantomJS's number of the error, as in {@link ResourceError.errorCode}; null where it gave none. */
  readonly code: number | null;

  /** The reason in words. Of a response that is no page it is known with a listener for `onResourceReceived`. */
  readonly text: string;

  /** The HTTP status; null when no response came, or when nobody listens to `onResourceReceived` and it is no error. */
  readonly status: number | null;

  /** The page's address, where redirects led; null when it had none. */
  readonly url: string | null;
}

/** A body of {@link Page.open}. */
export type OpenData = string | Uint8Array | URLSearchParams | Readonly<Record<string, unknown>>;

/** What {@link Page.open} sends. */
export interface OpenSettings {
  /**
   * The HTTP method: GET, HEAD, POST, PUT or DELETE.
   *
   * @default "GET"
   */
  readonly operation?: string;

  /** Another name for {@link operation}. */
  readonly method?: string;

  /**
   * The body. An object goes as the fields of a form: `{ a: [1, 2], b: { c: 3 } }` as `a=1&a=2&b[c]=3`, with brackets
   * encoded; with a header `Content-Type: application/json` as JSON. Bytes go as they are.
   */
  readonly data?: OpenData;

  /** Headers of this request alone. One with a line break is refused. */
  readonly headers?: Readonly<Record<string, string>>;

  /**
   * How the body is written.
   *
   * @default Latin-1, or "utf8" when the body needs it
   */
  readonly encoding?: string;
}

/** What {@link Page.render} and {@link Page.renderBase64} show. */
export interface ElementOptions {
  /** The first element that it matches, whole, wherever it lies. Without it, all of the page. */
  readonly selector?: string;
}

/** Options of {@link Page.render}. */
export interface RenderOptions extends ElementOptions {
  /**
   * `"png"`, `"jpeg"`, `"bmp"`, `"ppm"`, `"pgm"` or `"pdf"`; on Chromium `"gif"` and `"webp"` too.
   *
   * @default the file's extension
   */
  readonly format?: string;

  /** 0 to 100; for JPEG, 75 by default, on PhantomJS for PNG and on Chromium for WebP too. */
  readonly quality?: number | string;
}

/** Width and height, in px. */
export interface Size {
  /** In px. */
  readonly width: number;

  /** In px. */
  readonly height: number;
}

/** A place on the page, in px. */
export interface Position {
  /** In px from the top. */
  readonly top: number;

  /** In px from the left. */
  readonly left: number;
}

/** Margins of the paper: numbers in px, or text with a unit such as `"1cm"`. */
export interface PaperMargin {
  /** The upper margin. */
  readonly top?: number | string;

  /** The left margin. */
  readonly left?: number | string;

  /** The lower margin. */
  readonly bottom?: number | string;

  /** The right margin. */
  readonly right?: number | string;
}

/** The paper for PDF: `width` and `height`, or `format`. Numbers are px; text has a unit such as `"21cm"`. */
export interface PaperSize {
  /** The width. */
  readonly width?: number | string;

  /** The height. */
  readonly height?: number | string;

  /** `"A3"`, `"A4"`, `"A5"`, `"Legal"`, `"Letter"` or `"Tabloid"`. */
  readonly format?: string;

  /**
   * How a format is held.
   *
   * @default "portrait"
   */
  readonly orientation?: "portrait" | "landscape";

  /** The margin, one for all sides or each by itself. */
  readonly margin?: number | string | PaperMargin;

  /** What stands at the head of each page. */
  readonly header?: PaperEdge;

  /** What stands at the foot of each page. */
  readonly footer?: PaperEdge;
}

/** The header or footer of a paper. */
export interface PaperEdge {
  /** How high it is. */
  readonly height: number | string;

  /** Gives its HTML: `ph.callback(function (page, pages) { ... })`. */
  readonly contents: PhantomFunction;
}
