// How events get their types.

import type { EventEmitter } from "node:events";
import type { Phantom } from "./phantom.js";

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
export class Emitter<Events> extends EventEmitter {
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
export class Engine<Events> extends EventEmitter {
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

// What is not exported above stays private to this file.
export {};
