// Cookies.

/** A cookie as PhantomJS gives it. */
export interface Cookie {
  /** Its name. */
  readonly name: string;

  /** Its value. */
  readonly value: string;

  /** The domain that it is sent to. */
  readonly domain: string;

  /** The path that it is sent to. */
  readonly path: string;

  /** Whether the page's scripts cannot see it. */
  readonly httponly: boolean;

  /** Whether it is sent over HTTPS only. */
  readonly secure: boolean;

  /** When it ends, as a date in text; none: with PhantomJS. */
  readonly expires?: string;

  /** When it ends, in seconds since 1970; none: with PhantomJS. */
  readonly expiry?: number;
}

/** A cookie to be added. */
export interface NewCookie {
  /** Its name. */
  readonly name: string;

  /** Its value. */
  readonly value: string;

  /** The domain that it is sent to; left out for a page, that of its address. */
  readonly domain?: string;

  /**
   * The path that it is sent to.
   *
   * @default "/"
   */
  readonly path?: string;

  /**
   * Whether the page's scripts cannot see it.
   *
   * @default false
   */
  readonly httponly?: boolean;

  /**
   * Whether it is sent over HTTPS only.
   *
   * @default false
   */
  readonly secure?: boolean;

  /** When it ends: a date in text, or ms since 1970; none: with PhantomJS. */
  readonly expires?: string | number;

  /** When it ends, in seconds since 1970; none: with PhantomJS. */
  readonly expiry?: number;
}
