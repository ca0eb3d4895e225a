// `page`.

import type { Cookie, NewCookie } from "./cookies.js";
import type { PageError, PhantomError } from "./errors.js";
import type {
  Callback,
  FunctionInside,
  InvokeMethod,
  Method,
  NameOf,
  NewValueAt,
  PropertyMethod,
  ValueAt,
} from "./method.js";
import type { PageEventAnswers, PageEvents, PageEventsInside } from "./page-events.js";
import type { ModernPage } from "./page-modern.js";
import type {
  ElementOptions,
  KeyEventType,
  LoadError,
  LoadStatus,
  MouseButton,
  MouseEventType,
  OpenData,
  OpenSettings,
  PaperSize,
  RenderOptions,
  Size,
} from "./page-values.js";
import type { OutObject } from "./phantom.js";
import type { PageProperties, PageSettings, WritablePageProperties } from "./properties.js";
import type { NetworkRequest, ResourceRequest } from "./resources.js";
import type { Untyped } from "./untyped.js";

type PageEventName = keyof PageEvents;

type PageProperty = NameOf<PageProperties> | `settings.${keyof PageSettings}`;

type NewPageValue<Name> = NewValueAt<PageProperties, WritablePageProperties, Name>;

/** A listener in Node. What it returns is ignored on PhantomJS, and on Chromium the answer of an event that has one. */
type PageListener<Name extends PageEventName> = (this: Page, ...args: PageEvents[Name]) => unknown;

/** A listener inside PhantomJS; `Args` are those that were given along with it. */
type PageListenerInside<Name extends PageEventName, Args extends unknown[]> = (
  this: Untyped,
  ...args: [
    ...PageEventsInside[Name],
    ...{ [Index in keyof Args]: Args[Index] extends OutObject ? Untyped : Args[Index] },
  ]
) => Name extends keyof PageEventAnswers ? PageEventAnswers[Name] | undefined : unknown;

/** Puts a listener in Node in the place of all listeners of the event; null only removes them. */
type SetListener<Name extends PageEventName> = {
  (listener: PageListener<Name> | null, callback: Callback<void>): Promise<void>;
  (listener: PageListener<Name> | null): Promise<void>;
};

/**
 * One page, with the methods of npm `phantom`. Every method takes a callback as its last argument (`evaluate` as its
 * second), which gets the value alone, or returns a promise; but `on` and `onResourceRequested` take none. Commands run
 * in the order in which they are given.
 *
 * The methods reject with a {@link PageError}: `ERR_PAGE_CLOSED`, `ERR_PAGE_COMMAND` (the browser refused),
 * `ERR_UNSUPPORTED` (it has no such thing; the message says what to use instead) or `ERR_PAGE_TIMEOUT` (no answer within
 * option `pageTimeout`); or with a {@link PhantomError}: `ERR_BROWSER_GONE`.
 */
export interface Page extends ModernPage {
  /** Adds a cookie for the page's address; false when PhantomJS refuses it. */
  addCookie: Method<[cookie: NewCookie], boolean>;

  /** How many child frames the present frame has: the property `framesCount`. */
  childFramesCount: Method<[], number>;

  /** The names of the present frame's child frames: the property `framesName`. */
  childFramesName: Method<[], string[]>;

  /** Deletes all cookies that the page sees; false when there is none. */
  clearCookies: Method<[], boolean>;

  /** Empties PhantomJS's cache in memory, which all pages share. */
  clearMemoryCache: Method<[], void>;

  /** Closes the page. Closing it again does nothing. */
  close: Method<[], void>;

  /** The cookies that the page sees; the same as {@link getCookies}. */
  cookies: Method<[], Cookie[]>;

  /** The name of the present frame: the property `frameName`. */
  currentFrameName: Method<[], string>;

  /** Gives the page a method inside PhantomJS, an ES5 function, for {@link invokeMethod} to call. */
  defineMethod: Method<[name: string, fn: FunctionInside<Untyped[], unknown>], void>;

  /** Deletes the cookies of that name; false when there is none. */
  deleteCookie: Method<[name: string], boolean>;

  /** The document as HTML. */
  getContent: Method<[], string>;

  /** The cookies that the page sees. */
  getCookies: Method<[], Cookie[]>;

  /** The window of that name that the page opened, as a page; null when there is none. */
  getPage: Method<[name: string], Page | null>;

  /** Goes so many steps in the history, back when negative; false when there are not so many. Waits for no load. */
  go: Method<[steps: number], boolean>;

  /** Goes back in the history; false when there is no way back. Does not wait for the load. */
  goBack: Method<[], boolean>;

  /** Goes forward in the history; false when there is no way forward. Does not wait for the load. */
  goForward: Method<[], boolean>;

  /**
   * Loads a script from an address into the page and waits until it ran.
   *
   * @throws {@link PageError} `ERR_PAGE_COMMAND`: the script cannot be loaded
   */
  includeJs: Method<[url: string], void>;

  /** Runs a script file in the page; false when it cannot be read. */
  injectJs: Method<[file: string], boolean>;

  /**
   * Calls a method of PhantomJS's page whose last argument is a callback, and gives what the callback gets, as JSON
   * carries it. A method that does not call back ends with `ERR_PAGE_TIMEOUT`.
   *
   * @throws {@link PageError} `ERR_PAGE_COMMAND`: there is no such method, or it threw
   */
  invokeAsyncMethod: InvokeMethod;

  /**
   * Calls a method of PhantomJS's page and gives what it returns, as JSON carries it.
   *
   * @throws {@link PageError} `ERR_PAGE_COMMAND`: there is no such method, or it threw
   */
  invokeMethod: InvokeMethod;

  /** Why the last load failed, also one that no command asked for; null when it did not, or when there was none. */
  readonly loadError: LoadError | null;

  /** Removes all listeners of an event, in Node and inside PhantomJS. */
  off: Method<[event: PageEventName], void>;

  /**
   * Opens an address and waits for the load. A load that fails gives `"fail"` and is no error: {@link loadError} says
   * why. A body goes in Latin-1, unless it has characters beyond that, or `encoding` says otherwise.
   *
   * @throws {@link PageError} `ERR_PAGE_COMMAND`: PhantomJS has no such method, or a header has a line break
   */
  open: Method<
    | [url: string]
    | [url: string, settings: OpenSettings]
    | [url: string, method: string]
    | [url: string, method: string, data: OpenData]
    | [url: string, method: string, data: OpenData, headers: Readonly<Record<string, string>>],
    LoadStatus
  >;

  /**
   * Opens an address, and with `settings` under the page's own with these changes. Does not wait for the load.
   */
  openUrl: Method<
    | [url: string]
    | [url: string, method: string | OpenSettings]
    | [url: string, method: string | OpenSettings, settings: Partial<PageSettings>],
    void
  >;

  /** The value of a property of the page; given a value, {@link set}. For events there is {@link on}. */
  property: PropertyMethod<PageProperties, WritablePageProperties, PageProperty>;

  /** Closes the page; the old name of {@link close}. */
  release: Method<[], void>;

  /** Loads the page again. Does not wait for the load. */
  reload: Method<[], void>;

  /**
   * Writes a picture or PDF of the page to a file, and makes its folder; false when PhantomJS does not know the format.
   * Without a format the file's extension tells it. With option `selector` it is a picture of that element.
   */
  render: Method<[file: string] | [file: string, options: RenderOptions | string], boolean>;

  /**
   * A picture of the page in base64: `"PNG"`, `"JPEG"`, `"BMP"`, `"PPM"` or `"PGM"`. With option `selector` it is one of that element.
   *
   * @default "PNG"
   * @throws {@link PageError} `ERR_PAGE_COMMAND`: PhantomJS cannot make that format; its 2.1.1 no `"GIF"` either
   */
  renderBase64: Method<[] | [format: string] | [format: string, options: ElementOptions], string>;

  /**
   * Sends an event as a user would. Mouse: where, in px, and the button. Keyboard: text, or a key code of PhantomJS's
   * `page.event.key`. `modifier` is a sum of PhantomJS's `page.event.modifier`.
   *
   * @default x, y: where the mouse is; button: "left"; modifier: 0
   */
  sendEvent: Method<
    | [type: MouseEventType]
    | [type: MouseEventType, x: number, y: number]
    | [type: MouseEventType, x: number, y: number, button: MouseButton]
    | [type: MouseEventType, x: number, y: number, button: MouseButton, modifier: number]
    | [type: KeyEventType, key: string | number]
    | [type: KeyEventType, key: string | number, unused1: null, unused2: null, modifier: number],
    void
  >;

  /** Shows HTML as if it came from an address, and waits for the load. Without one the page's address is empty. */
  setContent: Method<[html: string] | [html: string, url: string], LoadStatus>;

  /**
   * Chooses the file for every `<input type="file">` that is clicked from now on, in place of the listeners for
   * `onFilePicker`. For an input that takes several files there is {@link uploadFile}.
   */
  setFileOnPicker: Method<[file: string], void>;

  /** Sets the headers that every request of the page carries besides its own, and gives them. */
  setHeaders: Method<[headers: Readonly<Record<string, string>>], Record<string, string>>;

  /** Sets the paper for PDF, and gives it. */
  setPaperSize: Method<[paper: PaperSize], PaperSize>;

  /**
   * Sets the proxy of this page alone, as a URL: `"http://user:password@host:port"`. It is asked for loopback addresses
   * too. An empty URL means none.
   */
  setProxy: Method<[url: string], void>;

  /** The value of one of the page's settings; given a value, sets it. A setting holds from the next `open()` on. */
  setting: PropertyMethod<PageSettings, PageSettings, NameOf<PageSettings>>;

  /** Sets the size of the window, in px, and gives it. */
  setViewportSize: Method<[width: number, height: number] | [size: Size], Size>;

  /** Sets the scale for pictures and PDF, and gives it; 1 is 100 %. */
  setZoomFactor: Method<[factor: number], number>;

  /** Stops loading. An `open()` that waits for the load gives `"fail"`. */
  stop: Method<[], void>;

  /**
   * Asks for the end of a script of the page. No help from Node: while one runs, PhantomJS takes no commands; and its
   * 2.1.1 never emits `onLongRunningScript`, where a function inside PhantomJS could call it.
   */
  stopJavaScript: Method<[], void>;

  /** Makes a child frame the one that commands go to; the old name of {@link switchToFrame}. */
  switchToChildFrame: Method<[frame: string | number], boolean>;

  /** Makes the frame that has the focus the one that commands go to. */
  switchToFocusedFrame: Method<[], void>;

  /** Makes a child frame the one that commands go to; false when there is none of that name or position (from 0). */
  switchToFrame: Method<[frame: string | number], boolean>;

  /** Makes the page's own document the one that commands go to. */
  switchToMainFrame: Method<[], void>;

  /** Makes the parent of the present frame the one that commands go to; false when there is none. */
  switchToParentFrame: Method<[], boolean>;

  /**
   * Puts a file into an `<input type="file">`, or several into one that takes several.
   *
   * @throws {@link PageError} `ERR_PAGE_COMMAND`: there is no such file, or no element for the selector
   */
  uploadFile: Method<[selector: string, files: string | readonly string[]], void>;

  /**
   * Runs a function in the page and gives what it returns. It goes there as its source: it sees the page's names only,
   * and must be ES5 on PhantomJS (no arrow functions, `let`, `const`, template strings). On Chromium a promise is awaited.
   * Arguments pass as JSON. Results that JSON cannot carry, as elements of the document, come as objects of their
   * properties, within a bound; `undefined` as null.
   *
   * An error is the page's `onError`, and the callback gets null.
   */
  evaluate<Result, Args extends unknown[]>(
    fn: (...args: Args) => Result,
    callback: Callback<Awaited<Result>>,
    ...args: Args
  ): Promise<Awaited<Result> | undefined>;
  /**
   * Runs a function in the page and gives what it returns. It goes there as its source: it sees the page's names only,
   * and must be ES5 on PhantomJS (no arrow functions, `let`, `const`, template strings). On Chromium a promise is awaited.
   * Arguments pass as JSON. Results that JSON cannot carry, as elements of the document, come as objects of their
   * properties, within a bound; `undefined` as null.
   *
   * @throws {@link PageError} `ERR_EVALUATE`: it threw, or the browser cannot parse it
   */
  evaluate<Result, Args extends unknown[]>(fn: (...args: Args) => Result, ...args: Args): Promise<Awaited<Result>>;
  /**
   * Runs a function, given as its source (`"function (a) { ... }"`), in the page and gives what it returns.
   *
   * An error is the page's `onError`, and the callback gets null.
   */
  evaluate<Result = unknown>(
    source: string,
    callback: Callback<Result>,
    ...args: unknown[]
  ): Promise<Result | undefined>;
  /**
   * Runs a function, given as its source (`"function (a) { ... }"`), in the page and gives what it returns.
   *
   * @throws {@link PageError} `ERR_EVALUATE`: it threw, or the browser cannot parse it
   */
  evaluate<Result = unknown>(source: string, ...args: unknown[]): Promise<Result>;

  /**
   * Runs an ES5 function, or its source, in the page `delay` ms later, and does not wait for it. It gets several
   * arguments in reverse order, as from PhantomJS's own.
   */
  evaluateAsync<Args extends unknown[]>(
    fn: ((...args: Args) => unknown) | string,
    delay: number,
    ...args: [...args: Args, callback: Callback<void>]
  ): Promise<void>;
  /**
   * Runs an ES5 function, or its source, in the page `delay` ms later, and does not wait for it. It gets several
   * arguments in reverse order, as from PhantomJS's own.
   */
  evaluateAsync<Args extends unknown[]>(
    fn: ((...args: Args) => unknown) | string,
    delay: number,
    ...args: Args
  ): Promise<void>;
  /** Runs an ES5 function without arguments, or its source, in the page, and does not wait for it. */
  evaluateAsync(fn: (() => unknown) | string): Promise<void>;

  /**
   * Runs an ES5 function without arguments, or its source (`"function () { ... }"`), in the page and gives what it
   * returns.
   *
   * An error is the page's `onError`, and the callback gets null.
   */
  evaluateJavaScript<Result = unknown>(
    fn: (() => Result) | string,
    callback: Callback<Result>,
  ): Promise<Result | undefined>;
  /**
   * Runs an ES5 function without arguments, or its source (`"function () { ... }"`), in the page and gives what it
   * returns.
   *
   * @throws {@link PageError} `ERR_EVALUATE`: it threw, or is no ES5
   */
  evaluateJavaScript<Result = unknown>(fn: (() => Result) | string): Promise<Result>;

  /** The value of a property of the page; dots lead into objects (`"settings.userAgent"`). */
  get<Name extends PageProperty>(
    name: Name,
    callback: Callback<ValueAt<PageProperties, Name>>,
  ): Promise<ValueAt<PageProperties, Name> | undefined>;
  /** The value of a property of the page; dots lead into objects (`"settings.userAgent"`). */
  get<Name extends PageProperty>(name: Name): Promise<ValueAt<PageProperties, Name>>;

  /** Puts a listener in Node in the place of all listeners of an event; null only removes them. */
  set<Name extends PageEventName>(
    event: Name,
    listener: PageListener<Name> | null,
    callback: Callback<void>,
  ): Promise<void>;
  /** Puts a listener in Node in the place of all listeners of an event; null only removes them. */
  set<Name extends PageEventName>(event: Name, listener: PageListener<Name> | null): Promise<void>;
  /** Sets a property of the page (`"settings.userAgent"`) and gives the value that it has then. */
  set<Name extends PageProperty>(
    name: Name,
    value: NewPageValue<Name>,
    callback: Callback<ValueAt<PageProperties, Name>>,
  ): Promise<ValueAt<PageProperties, Name> | undefined>;
  /** Sets a property of the page (`"settings.userAgent"`) and gives the value that it has then. */
  set<Name extends PageProperty>(name: Name, value: NewPageValue<Name>): Promise<ValueAt<PageProperties, Name>>;

  /**
   * Adds a listener in Node, which gets the arguments of {@link PageEvents}, with the page as `this`. It hears events
   * in the order in which they happened, and before the reply of a command that was sent after them. Resolves when it
   * is in place.
   *
   * PhantomJS does not wait for Node: what a listener returns is ignored. To answer `onConfirm`, `onPrompt`,
   * `onCallback` or `onFilePicker`, or to change a request, give a function that runs inside PhantomJS. On Chromium what
   * the last listener returns is the answer of these four, or what its promise gives.
   */
  on<Name extends PageEventName>(event: Name, listener: PageListener<Name>): Promise<void>;
  /** Adds a listener in Node, as `on(event, listener)` does. */
  on<Name extends PageEventName>(event: Name, runOnPhantom: false, listener: PageListener<Name>): Promise<void>;
  /** Adds a listener in Node that gets `args` behind the event's own arguments. */
  on<Name extends PageEventName, Args extends [unknown, ...unknown[]]>(
    event: Name,
    listener: (this: Page, ...all: [...PageEvents[Name], ...Args]) => unknown,
    ...args: Args
  ): Promise<void>;
  /**
   * Adds a listener that runs inside PhantomJS: an ES5 function, which goes there as its source. It gets the arguments
   * of {@link PageEventsInside}, then `args`, as JSON carries them; an {@link OutObject} among them arrives as the
   * object itself. What the last such function returns, other than undefined, is the event's answer. `this` is
   * PhantomJS's page.
   */
  on<Name extends PageEventName, Args extends unknown[]>(
    event: Name,
    runOnPhantom: true,
    fn: PageListenerInside<Name, Args> | string,
    ...args: Args
  ): Promise<void>;

  /** The same as `set("onAlert", listener)`: see {@link PageEvents.onAlert}. */
  onAlert: SetListener<"onAlert">;

  /** The same as `set("onCallback", listener)`: see {@link PageEvents.onCallback}. */
  onCallback: SetListener<"onCallback">;

  /** The same as `set("onClosing", listener)`: see {@link PageEvents.onClosing}. */
  onClosing: SetListener<"onClosing">;

  /** The same as `set("onConfirm", listener)`: see {@link PageEvents.onConfirm}. */
  onConfirm: SetListener<"onConfirm">;

  /** The same as `set("onConsoleMessage", listener)`: see {@link PageEvents.onConsoleMessage}. */
  onConsoleMessage: SetListener<"onConsoleMessage">;

  /** The same as `set("onError", listener)`: see {@link PageEvents.onError}. */
  onError: SetListener<"onError">;

  /** The same as `set("onFilePicker", listener)`: see {@link PageEvents.onFilePicker}. */
  onFilePicker: SetListener<"onFilePicker">;

  /** The same as `set("onInitialized", listener)`: see {@link PageEvents.onInitialized}. */
  onInitialized: SetListener<"onInitialized">;

  /** The same as `set("onLoadFinished", listener)`: see {@link PageEvents.onLoadFinished}. */
  onLoadFinished: SetListener<"onLoadFinished">;

  /** The same as `set("onLoadStarted", listener)`: see {@link PageEvents.onLoadStarted}. */
  onLoadStarted: SetListener<"onLoadStarted">;

  /** The same as `set("onLongRunningScript", listener)`: see {@link PageEvents.onLongRunningScript}. */
  onLongRunningScript: SetListener<"onLongRunningScript">;

  /** The same as `set("onNavigationRequested", listener)`: see {@link PageEvents.onNavigationRequested}. */
  onNavigationRequested: SetListener<"onNavigationRequested">;

  /** The same as `set("onPageCreated", listener)`: see {@link PageEvents.onPageCreated}. */
  onPageCreated: SetListener<"onPageCreated">;

  /** The same as `set("onPrompt", listener)`: see {@link PageEvents.onPrompt}. */
  onPrompt: SetListener<"onPrompt">;

  /** The same as `set("onRepaintRequested", listener)`: see {@link PageEvents.onRepaintRequested}. */
  onRepaintRequested: SetListener<"onRepaintRequested">;

  /** The same as `set("onResourceError", listener)`: see {@link PageEvents.onResourceError}. */
  onResourceError: SetListener<"onResourceError">;

  /** The same as `set("onResourceReceived", listener)`: see {@link PageEvents.onResourceReceived}. */
  onResourceReceived: SetListener<"onResourceReceived">;

  /**
   * Runs an ES5 function inside PhantomJS on each request, which it can change or abort, in the place of all listeners:
   * it gets a {@link ResourceRequest}, a {@link NetworkRequest}, and `args`. `listener` hears of the requests in Node;
   * with null for the function, it alone.
   */
  onResourceRequested<Args extends unknown[]>(
    fn: PageListenerInside<"onResourceRequested", Args> | null,
    listener?: PageListener<"onResourceRequested"> | null,
    ...args: Args
  ): Promise<void>;

  /** The same as `set("onResourceTimeout", listener)`: see {@link PageEvents.onResourceTimeout}. */
  onResourceTimeout: SetListener<"onResourceTimeout">;

  /** The same as `set("onUrlChanged", listener)`: see {@link PageEvents.onUrlChanged}. */
  onUrlChanged: SetListener<"onUrlChanged">;
}

// What is not exported above stays private to this file.
export {};
