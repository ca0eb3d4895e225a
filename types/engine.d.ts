// The engines without a queue.

import type { Worker } from "node:cluster";
import type { Engine } from "./emitter.js";
import type { PhantomClusterClientEvents, PhantomClusterServerEvents } from "./engine-events.js";
import type { EngineError, OptionRangeError, OptionTypeError, PhantomError } from "./errors.js";
import type { PhantomClusterOptions } from "./options.js";
import type { Phantom } from "./phantom.js";
import type { EngineStats } from "./stats.js";

/**
 * Makes an engine without a queue: a server in the cluster's primary process, a client in a worker. The same script
 * runs in both. Property `role` tells them apart.
 *
 * @throws {@link OptionTypeError} or {@link OptionRangeError}, `ERR_INVALID_OPTION`
 */
export function create(options?: PhantomClusterOptions | null): PhantomClusterServer | PhantomClusterClient;

/**
 * Forks workers, replaces those that end, and ends them. It minds its own workers only: several engines and workers of
 * your own may live in one script.
 *
 * @typeParam Extra - events of a subclass: name to list of arguments
 */
export class PhantomClusterServer<Extra = Record<never, never>> extends Engine<PhantomClusterServerEvents & Extra> {
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
  resize(workers: PhantomClusterOptions["workers"]): void;

  /**
   * Lets the workers finish what they hold, then stops; a queued engine answers all requests first, and takes no more
   * (`ERR_ENGINE_CLOSING`). After `timeout` ms it stops at once, as {@link stop} does. Resolves when it has stopped.
   */
  close(options?: { readonly timeout?: PhantomClusterOptions["stopTimeout"] }): Promise<void>;

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
 * Runs PhantomJS in a worker and asks for work, a bounded number of times. Then it ends the worker, and the server
 * starts another.
 *
 * @typeParam Extra - events of a subclass: name to list of arguments
 */
export class PhantomClusterClient<Extra = Record<never, never>> extends Engine<PhantomClusterClientEvents & Extra> {
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
