// Events of the engines without a queue: name to list of arguments.

import type { Worker } from "node:cluster";
import type { PhantomClusterClient, PhantomClusterServer } from "./engine.js";
import type { EngineError } from "./errors.js";
import type { Untyped } from "./untyped.js";

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
