// How methods of `ph` and of a page are called: with a callback or with a promise.

import type { PageEvents } from "./page-events.js";
import type { Untyped } from "./untyped.js";

/** Gets the value alone, as in npm `phantom` 0.x: an error goes to the item that is being handled, and fails it. */
export type Callback<Result> = (value: Result) => unknown;

/**
 * A method of `ph` or of a page: with a callback behind its arguments, or with a promise. Given a callback the promise
 * is there too; after an error it resolves with undefined.
 */
export type Method<Args extends unknown[], Result> = {
  (...args: [...args: Args, callback: Callback<Result>]): Promise<Result | undefined>;
  (...args: Args): Promise<Result>;
};

/** The names of `Properties`, and any other string. */
export type NameOf<Properties> = keyof Properties | (string & Record<never, never>);

/** The type of the property with that name, dotted or not; unknown when it is not declared. */
export type ValueAt<Properties, Name> = Name extends keyof Properties
  ? Properties[Name]
  : Name extends `${infer Head}.${infer Rest}`
    ? Head extends keyof Properties
      ? ValueAt<Properties[Head], Rest>
      : unknown
    : unknown;

/** As `ValueAt`, for a value to be set; never for a property that can only be read, or for an event. */
export type NewValueAt<Properties, Writable, Name> =
  Name extends Exclude<keyof Properties | keyof PageEvents, keyof Writable> ? never : ValueAt<Writable, Name>;

/** `property(name)` reads, `property(name, value)` writes; each with a callback or with a promise. */
export type PropertyMethod<Properties, Writable, Names extends string> = {
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
export type InvokeMethod = {
  <Result = unknown>(
    name: string,
    ...args: [...args: unknown[], callback: Callback<Result>]
  ): Promise<Result | undefined>;
  <Result = unknown>(name: string, ...args: unknown[]): Promise<Result>;
};

/** An ES5 function, or its source (`"function (a) { ... }"`), that runs inside PhantomJS; its `this` lives there. */
export type FunctionInside<Args extends unknown[], Result> = ((this: Untyped, ...args: Args) => Result) | string;
