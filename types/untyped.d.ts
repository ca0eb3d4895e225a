// What has no type of its own.

// biome-ignore lint/suspicious/noExplicitAny: code without types of its own uses requests and responses as they come
export type Untyped = any;
