// What the type tests share. They are compiled, never run.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

type Proof<A, B> = Same<A, B> extends true ? [] : [{ left: A; right: B }];

/** Compiles only where the two types are the same. */
export declare function same<A, B>(...differ: Proof<A, B>): void;

/** `typeOf(value).is<T>()` compiles only where the type is `T`. For `this`, which has no name to give `same`. */
export declare function typeOf<A>(value: A): { is<B>(...differ: Proof<A, B>): void };
