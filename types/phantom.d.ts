// `ph`, and the objects that it makes.

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
import type { Page } from "./page.js";
import type { PaperSize } from "./page-values.js";
import type { PhantomProperties, WritablePhantomProperties } from "./properties.js";
import type { Untyped } from "./untyped.js";

type NewPhantomValue<Name> = NewValueAt<PhantomProperties, WritablePhantomProperties, Name>;

/**
 * PhantomJS, with the methods of npm `phantom`. Every method takes a callback as its last argument, which gets the
 * value alone, or returns a promise; but `callback` and `createOutObject` give their value at once, and `kill` takes no
 * callback.
 *
 * The methods reject with a {@link PageError}: `ERR_PAGE_COMMAND` (PhantomJS refused) or `ERR_PAGE_TIMEOUT` (no answer
 * within option `pageTimeout`); or with a {@link PhantomError}: `ERR_BROWSER_GONE`.
 */
export interface Phantom {
  /** The process of PhantomJS: its id, and a way to end it with SIGKILL. */
  readonly process: { readonly pid: number; kill(): unknown };

  /**
   * Called once when PhantomJS ends, with its exit code or the name of the signal that ended it; the other is null.
   *
   * @default null
   */
  onExit: ((code: number | null, signal: NodeJS.Signals | null) => unknown) | null;

  /** Adds a cookie for all pages; false when PhantomJS refuses it. Either the cookie, or its name, value and domain. */
  addCookie: Method<[cookie: NewCookie] | [name: string, value: string, domain: string], boolean>;

  /**
   * Marks an ES5 function for PhantomJS to call: the contents of a header or footer in {@link PaperSize}. It gets the
   * page's number, from 1, and how many there are, and returns HTML. Gives its mark at once.
   */
  callback(fn: FunctionInside<[page: number, pages: number], string>): PhantomFunction;

  /** Deletes all cookies. */
  clearCookies: Method<[], void>;

  /** The cookies of all pages; the same as {@link getCookies}. */
  cookies: Method<[], Cookie[]>;

  /**
   * Makes an object inside PhantomJS, for functions that run there to leave results in. Give it to {@link Page.on} as
   * an argument. It is there at once, and goes when nothing refers to it any more.
   */
  createOutObject(): OutObject;

  /** Makes a page. It is yours to close. */
  createPage: Method<[], Page>;

  /** Gives PhantomJS's `phantom` a method, an ES5 function, for {@link invokeMethod} to call. */
  defineMethod: Method<[name: string, fn: FunctionInside<Untyped[], unknown>], void>;

  /** Deletes the cookies of that name; false when there is none. */
  deleteCookie: Method<[name: string], boolean>;

  /** Ends PhantomJS, with exit code 0 or the given one, and resolves when it is gone. The worker stops. */
  exit: Method<[] | [code: number], void>;

  /** The cookies of all pages. */
  getCookies: Method<[], Cookie[]>;

  /** Runs a script file in PhantomJS, outside of any page; false when it cannot be read. */
  injectJs: Method<[file: string], boolean>;

  /**
   * Calls a method of PhantomJS's `phantom` and gives what it returns, as JSON carries it.
   *
   * @throws {@link PageError} `ERR_PAGE_COMMAND`: there is no such method, or it threw
   */
  invokeMethod: InvokeMethod;

  /** Ends PhantomJS at once, with SIGKILL. The worker stops. What waits for an answer rejects: `ERR_BROWSER_GONE`. */
  kill(): Promise<void>;

  /** The value of a property of PhantomJS's `phantom`; given a value, {@link set}. */
  property: PropertyMethod<PhantomProperties, WritablePhantomProperties, NameOf<PhantomProperties>>;

  /**
   * Sets the proxy of all pages that have none of their own; type is `"http"` or `"socks5"`. An empty host means none.
   * It is not asked for loopback addresses.
   *
   * @default type: "http"
   */
  setProxy: Method<
    | [host: string]
    | [host: string, port: number]
    | [host: string, port: number, type: string]
    | [host: string, port: number, type: string, user: string, password: string],
    void
  >;

  /** A global variable of the script that PhantomJS runs; given a value, sets it and gives the value it has then. */
  windowProperty: Method<[name: string] | [name: string, value: unknown], unknown>;

  /** The value of a property of PhantomJS's `phantom`; dots lead into objects. */
  get<Name extends NameOf<PhantomProperties>>(
    name: Name,
    callback: Callback<ValueAt<PhantomProperties, Name>>,
  ): Promise<ValueAt<PhantomProperties, Name> | undefined>;
  /** The value of a property of PhantomJS's `phantom`; dots lead into objects. */
  get<Name extends NameOf<PhantomProperties>>(name: Name): Promise<ValueAt<PhantomProperties, Name>>;

  /** Sets a property of PhantomJS's `phantom` and gives the value that it has then. */
  set<Name extends NameOf<PhantomProperties>>(
    name: Name,
    value: NewPhantomValue<Name>,
    callback: Callback<ValueAt<PhantomProperties, Name>>,
  ): Promise<ValueAt<PhantomProperties, Name> | undefined>;
  /** Sets a property of PhantomJS's `phantom` and gives the value that it has then. */
  set<Name extends NameOf<PhantomProperties>>(
    name: Name,
    value: NewPhantomValue<Name>,
  ): Promise<ValueAt<PhantomProperties, Name>>;
}

/** An object inside PhantomJS: what {@link Phantom.createOutObject} gives. */
export interface OutObject {
  /** Its name there. */
  readonly target: string;

  /** The value of one of its properties, as JSON carries it; null when there is none. */
  property(name: string): Promise<unknown>;
}

// Exists for the compiler alone: no other object passes for a marked function.
declare const kPhantomFunction: unique symbol;

/** A function that PhantomJS calls: what {@link Phantom.callback} gives. */
export interface PhantomFunction {
  readonly [kPhantomFunction]: true;
}

// What is not exported above stays private to this file.
export {};
