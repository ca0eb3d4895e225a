// The engines with a queue, and their events.

import type { Worker } from "node:cluster";
import type { PhantomClusterClient, PhantomClusterServer } from "./engine.js";
import type { PhantomClusterClientEvents, PhantomClusterServerEvents } from "./engine-events.js";
import type { EngineError, ItemError, OptionRangeError, OptionTypeError, RequestError, StoreError } from "./errors.js";
import type { EnqueueOptions, PhantomClusterOptions } from "./options.js";
import type { Page } from "./page.js";
import type { QueueItem } from "./queue-item.js";
import type { QueuedEngineStats } from "./stats.js";
import type { Untyped } from "./untyped.js";

/**
 * Makes an engine with a queue: a server in the cluster's primary process, a client in a worker. The same script runs
 * in both. Property `role` tells them apart.
 *
 * @typeParam Req - the requests; JSON must be able to carry them
 * @typeParam Res - the responses; JSON must be able to carry them
 * @throws {@link OptionTypeError} or {@link OptionRangeError}, `ERR_INVALID_OPTION`
 * @throws {@link StoreError} the file of option `store` cannot be used
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
 * A server with a queue: takes requests, hands them to workers, and brings their responses back.
 *
 * @typeParam Req - the requests
 * @typeParam Res - the responses
 * @typeParam Extra - events of a subclass: name to list of arguments
 */
export class PhantomQueuedClusterServer<
  Req = Untyped,
  Res = Untyped,
  Extra = Record<never, never>,
> extends PhantomClusterServer<PhantomQueuedClusterServerEvents<Req, Res> & Extra> {
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
   * @throws {@link StoreError} the store cannot be written to, and option `maxPending` requests wait for it
   * @throws the reason of a signal that was aborted before
   */
  enqueue(request: Req, options?: EnqueueOptions): QueueItem<Req, Res>;

  /**
   * Enqueues a request and gives the response. Rejects with what {@link enqueue} throws, and as {@link
   * QueueItem.result} does.
   */
  run(request: Req, options?: EnqueueOptions): Promise<Res>;

  /** The item of an id, as long as it is not over. */
  item(id: number): QueueItem<Req, Res> | undefined;

  /**
   * Cancels a request, if it is not over, and removes it from the store: after `stop()` it would wait there for the next
   * start. An item or its id; `"all"` for every request, those that option `store.keep` keeps included.
   *
   * @throws {@link EngineError} `ERR_ENGINE_STOPPED`: the engine has stopped, and its store is closed
   */
  forget(target: QueueItem<Req, Res> | number | "all"): void;

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
 * A client that takes its work from the queue. With a listener for `request` it works as documented; with one for
 * `queueItemReady` only, as 0.1.x did; with neither it takes no work until there is one.
 *
 * @typeParam Req - the requests
 * @typeParam Res - the responses
 * @typeParam Extra - events of a subclass: name to list of arguments
 */
export class PhantomQueuedClusterClient<
  Req = Untyped,
  Res = Untyped,
  Extra = Record<never, never>,
> extends PhantomClusterClient<PhantomQueuedClusterClientEvents<Req, Res> & Extra> {
  /** Id of the item whose `queueItemReady` came last; null before the first. For 0.1.x handlers. */
  readonly currentRequestId: number | null;

  /**
   * Answers the request whose `queueItemReady` handler is running, callbacks and promises that it started included. A
   * second answer, or one after its time, is ignored. A response that JSON cannot carry, or one above option
   * `maxMessageSize`, is reported as a warning, and the request runs into its timeout.
   */
  queueItemResponse(response: Res): void;
}

/** Events of {@link PhantomQueuedClusterServer}; the engine is `this` in a listener. */
export interface PhantomQueuedClusterServerEvents<Req = Untyped, Res = Untyped> extends PhantomClusterServerEvents {
  /** The last request ended: none is waiting or with a worker. */
  idle: [];

  /**
   * An earlier process has left a request in the file. Comes for each, in the order of their ids, from `start()` before any
   * is handed to a worker. The item is new, its id and attempts are the old ones. Not with Redis, where other primaries
   * take over.
   */
  recovered: [item: QueueItem<Req, Res>];

  /**
   * What option `store` names cannot be used at present: why. Handlers go on; requests and answers are kept, up to option
   * `maxPending` requests, and stored later. Comes once until {@link storeFound}, or again with a reason that says more.
   * Without a listener there is a warning.
   */
  storeLost: [error: StoreError];

  /** It can be used again, and all that came meanwhile is in it. */
  storeFound: [];
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
