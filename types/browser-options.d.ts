// Options that say which browser is used. Engines and the standalone API have the same.

/** The browsers, by the names that option `browser` has. */
export type BrowserName = "phantomjs" | "chromium";

/** Which browser is used, and what it is given. */
export interface BrowserOptions {
  /**
   * The browser that pages are opened in, PhantomJS or Chromium. For scripts that do not say it, the environment variable
   * `PHANTOM_CLUSTER_BROWSER` does.
   *
   * @default "phantomjs"
   */
  readonly browser?: BrowserName | "" | null | undefined;

  /**
   * Path of Chromium, or its name in `PATH`.
   *
   * @default `PUPPETEER_EXECUTABLE_PATH`, `CHROME_PATH` or `CHROME_BIN`; then `PATH`, the usual places, the caches of
   * Puppeteer and Playwright, and npm package `@sparticuz/chromium`
   */
  readonly browserBinary?: string | null | undefined;

  /**
   * Command-line switches for Chromium, such as `"--lang=de"`. Those that would take it away from its engine are refused:
   * a debugging port, another profile, one process for all.
   *
   * @default []
   */
  readonly browserArguments?: readonly string[] | string | null | undefined;

  /**
   * The address of a Chromium that runs elsewhere, `ws://…` or `wss://…`, in place of one that is started here. It is not
   * shown in errors and logs, as it may hold a token.
   *
   * @default none
   */
  readonly browserEndpoint?: string | null | undefined;
}
