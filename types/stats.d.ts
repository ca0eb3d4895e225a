// The figures of `stats()`.

import type { PhantomClusterServer } from "./engine.js";
import type { PhantomQueuedClusterServer } from "./queue.js";

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

  /** The queue that primaries share: with option `store.redis` only. {@link queue} is what is handled here then. */
  readonly shared?: SharedQueueStats;
}

/** A queue that primaries share: its jobs, as of the last look, and what this primary has of them. */
export interface SharedQueueStats {
  /** Jobs that wait, with a priority or without. */
  readonly waiting: number;

  /** Jobs that primaries have locked. */
  readonly active: number;

  /** Jobs whose time has not come yet. */
  readonly delayed: number;

  /** Failed jobs that are still there. */
  readonly failed: number;

  /** Answered jobs that are still there. */
  readonly completed: number;

  /** Whether somebody has paused the queue for all. */
  readonly paused: boolean;

  /** How old these figures are, in ms; null before the first look. */
  readonly age: number | null;

  /** Jobs that this primary has locked. */
  readonly held: number;

  /** Requests and answers of this primary that Redis does not have yet. */
  readonly pending: number;

  /** Answers of this primary that came when another had taken its lock over. They were dropped. */
  readonly late: number;
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

  /**
   * Its browser; null until the worker is ready. `rss` is that of all the browser's processes, and as of the call before
   * where that is less than 90 s ago.
   */
  readonly phantom: ProcessStats | null;
}

/** A process. */
export interface ProcessStats {
  /** Its id; null when it could not be run. */
  readonly pid: number | null;

  /** Its resident memory in bytes, looked up for this call but for a browser's; null when it is gone. */
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
