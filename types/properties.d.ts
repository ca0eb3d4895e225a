// Properties of a page and of PhantomJS, by the names that `get` and `set` take.

import type { Cookie, NewCookie } from "./cookies.js";
import type { Page } from "./page.js";
import type { PaperSize, Position, Size } from "./page-values.js";
import type { Phantom } from "./phantom.js";

/** Settings of a page. They hold from its next `open()` on: not for `reload()`, links, or the history. */
export interface PageSettings {
  /** Whether the page's scripts run. */
  readonly javascriptEnabled: boolean;

  /** Whether pictures are loaded. */
  readonly loadImages: boolean;

  /** Whether a local file may load remote ones. */
  readonly localToRemoteUrlAccessEnabled: boolean;

  /** What the page calls its browser. */
  readonly userAgent: string;

  /** Whether the page's origin limits what it may read. */
  readonly webSecurityEnabled: boolean;

  /** Whether requests are searched for attempts at cross-site scripting. */
  readonly XSSAuditingEnabled: boolean;

  /** Whether scripts may open windows. PhantomJS 2.1.1 lets them in any case. */
  readonly javascriptCanOpenWindows: boolean;

  /** Whether scripts may close windows. PhantomJS 2.1.1 lets them in any case. */
  readonly javascriptCanCloseWindows: boolean;

  /** User for HTTP authentication. */
  readonly userName?: string;

  /** Password for HTTP authentication. */
  readonly password?: string;

  /** How long one resource may take, in ms; none: without limit. */
  readonly resourceTimeout?: number;

  /** How often HTTP authentication is tried; none: as often as PhantomJS likes. */
  readonly maxAuthAttempts?: number;

  /** The language that the page sees and asks for, as `"de-DE"`; none: the browser's. Not on PhantomJS. */
  readonly locale?: string;

  /** The time zone of the page's dates, as `"Europe/Berlin"`; none: the browser's. Not on PhantomJS. */
  readonly timezone?: string;

  /** Which colours the page is asked for (`prefers-color-scheme`); none: light. Not on PhantomJS. */
  readonly colorScheme?: "light" | "dark";

  /** How many pixels of a picture make one px; none: 1. Not on PhantomJS. */
  readonly deviceScaleFactor?: number;
}

/** Properties of a page that {@link Page.set} can set. */
export interface WritablePageProperties {
  /** The part that pictures show. */
  clipRect: Position & Size;

  /** The document as HTML. */
  content: string;

  /** The cookies that the page sees. */
  cookies: readonly NewCookie[];

  /** Headers that every request of the page carries besides its own. */
  customHeaders: Readonly<Record<string, string>>;

  /** The present frame's document as HTML. */
  frameContent: string;

  /** Where `injectJs` looks for a script besides. */
  libraryPath: string;

  /** Whether the page cannot be left. */
  navigationLocked: boolean;

  /** Whether windows that the page opens are in `pages`, and end with it. */
  ownsPages: boolean;

  /** The paper for PDF. */
  paperSize: PaperSize;

  /** How far the page is scrolled. */
  scrollPosition: Position;

  /** Settings; they hold from the next `open()` on. Set as a whole, one that is left out is off. */
  settings: PageSettings;

  /** The size of the window. */
  viewportSize: Size;

  /** The scale for pictures and PDF; 1 is 100 %. */
  zoomFactor: number;
}

/** Properties of a page that {@link Page.get} can get. */
export interface PageProperties extends WritablePageProperties {
  /** Whether there is a way back in the history. */
  readonly canGoBack: boolean;

  /** Whether there is a way forward in the history. */
  readonly canGoForward: boolean;

  /** The cookies that the page sees. */
  cookies: readonly Cookie[];

  /** Codes for {@link Page.sendEvent}: `"event.key.Enter"`, `"event.modifier.ctrl"`. */
  readonly event: {
    readonly key: Readonly<Record<string, number>>;
    readonly modifier: Readonly<Record<"shift" | "ctrl" | "alt" | "meta" | "keypad", number>>;
  };

  /** The name of the frame that has the focus. */
  readonly focusedFrameName: string;

  /** The name of the present frame. */
  readonly frameName: string;

  /** The present frame's document as text. */
  readonly framePlainText: string;

  /** How many child frames the present frame has. */
  readonly framesCount: number;

  /** The names of the present frame's child frames. */
  readonly framesName: readonly string[];

  /** The present frame's title. */
  readonly frameTitle: string;

  /** The present frame's address. */
  readonly frameUrl: string;

  /** Whether the page is loading. */
  readonly loading: boolean;

  /** How much of the load is done, in percent. */
  readonly loadingProgress: number;

  /** The folder of offline storage, the same for all pages: switch `--local-storage-path`. */
  readonly offlineStoragePath: string;

  /** The limit of offline storage, in bytes: switch `--local-storage-quota`. */
  readonly offlineStorageQuota: number;

  /** The windows that the page opened. */
  readonly pages: readonly Page[];

  /** The names of the windows that the page opened. */
  readonly pagesWindowName: readonly string[];

  /** The document as text. */
  readonly plainText: string;

  /** The title. */
  readonly title: string;

  /** The address. */
  readonly url: string;

  /** The window's name. */
  readonly windowName: string;
}

/** Properties of PhantomJS that {@link Phantom.set} can set. */
export interface WritablePhantomProperties {
  /** The cookies of all pages. */
  cookies: readonly NewCookie[];

  /** Whether pages can have cookies. */
  cookiesEnabled: boolean;

  /** Where `injectJs` looks for a script besides. */
  libraryPath: string;

  /** The encoding of what PhantomJS writes to stdout and stderr. */
  outputEncoding: string;
}

/** Properties of PhantomJS that {@link Phantom.get} can get. */
export interface PhantomProperties extends WritablePhantomProperties {
  /** The cookies of all pages. */
  cookies: readonly Cookie[];

  /** What the settings of a new page are. */
  readonly defaultPageSettings: PageSettings;

  /** The version of PhantomJS. */
  readonly version: { readonly major: number; readonly minor: number; readonly patch: number };
}
