// A request and what becomes of it.

import type { Emitter } from "./emitter.js";
import type { EmitterEvents } from "./engine-events.js";
import type { EngineError, ItemError, ItemErrorCode, PageErrorCode } from "./errors.js";
import type { Untyped } from "./untyped.js";

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
export class QueueItem<Req = Untyped, Res = Untyped, Extra = Record<never, never>> extends Emitter<
  QueueItemEvents<Res> & Extra
> {
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

  /** What makes the request the same as another: option `key` of `enqueue()`. */
  readonly key: string | undefined;

  /**
   * Whether another request had its {@link key} before. Without a store and with a file `enqueue()` gave the item of that
   * one again; with Redis it is known when {@link stored} has resolved.
   */
  readonly duplicate: boolean;

  /**
   * Resolves when the request is where option `store` keeps it, and so outlives its process, or is over. At once where
   * requests are in memory alone. May be dropped. Rejects when the item ends before that: with a file only by
   * `ERR_ENGINE_STOPPED`, with Redis as {@link result} does.
   */
  readonly stored: Promise<void>;

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
  readonly code?: ItemErrorCode | PageErrorCode | "ERR_ENGINE_STOPPED" | (string & Record<never, never>);

  /** Of `ERR_ENGINE_STOPPED`: whether the request is in the store, and waits there for the next start. */
  readonly stored?: boolean;
};

/** Events of {@link QueueItem}; the item is `this` in a listener. */
export interface QueueItemEvents<Res = Untyped> extends EmitterEvents {
  /** The item was answered. */
  response: [response: Res];

  /** The worker's time was up. What becomes of the request, see option `requeue`. */
  timeout: [];

  /** The item ended with an error. */
  failed: [error: ItemFailure];
}
