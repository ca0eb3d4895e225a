"use strict";

// Connections to Redis. BullMQ makes some itself, as copies of the one it is given: they are all known here, so that none
// outlives its link and each has a listener for its errors.

/** Between attempts to connect, ms: from the first to the longest. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2_000;
const CONNECT_LIMIT = 5_000;

const isClient = (given) => ["connect", "disconnect", "duplicate"].every((name) => typeof given?.[name] === "function");

class Clients {
  #Redis;
  #given;
  #onError;
  #all = new Set();
  #isClosed = false;

  /** `given`: option store.redis. `onError(error)` hears of every connection's errors. */
  constructor(Redis, given, onError) {
    this.#Redis = Redis;
    this.#given = given;
    this.#onError = onError;
  }

  /** A connection for commands. */
  open() {
    const given = this.#given;
    if (isClient(given)) {
      return this.#keep(given.isCluster ? this.#copyOfCluster(given) : given.duplicate(this.#settings(given.options)));
    }
    const { Redis } = { Redis: this.#Redis };
    return this.#keep(
      typeof given === "string"
        ? new Redis(given, this.#settings({}))
        : new Redis({ ...given, ...this.#settings(given) }),
    );
  }

  /** What a queue of this module needs of a connection, whatever its user chose. */
  #settings({ connectTimeout, reconnectOnError }) {
    return {
      // Each command waits for the connection. What has waited too long is given up with its link: see store.js.
      maxRetriesPerRequest: null,
      connectTimeout: connectTimeout === undefined ? CONNECT_LIMIT : Math.min(connectTimeout, CONNECT_LIMIT),
      retryStrategy: this.#pause,
      // After a failover the old master says this: another connection finds the new one.
      reconnectOnError: reconnectOnError ?? ((error) => (error.message.startsWith("READONLY") ? 2 : false)),
    };
  }

  #copyOfCluster(cluster) {
    const redisOptions = { ...cluster.options.redisOptions, maxRetriesPerRequest: null };
    return cluster.duplicate(undefined, { redisOptions, clusterRetryStrategy: this.#pause });
  }

  #pause = (times) => (this.#isClosed ? null : Math.min(FIRST_PAUSE * 2 ** Math.min(times, 10), LONGEST_PAUSE));

  #keep(client) {
    this.#all.add(client);
    client.on("error", (error) => !this.#isClosed && this.#onError(error));
    const { duplicate } = client;
    client.duplicate = (...args) => {
      const copy = this.#keep(duplicate.apply(client, args));
      // It waits for one thing at a time: see Link.
      copy.options.enableAutoPipelining = false;
      return copy;
    };
    if (this.#isClosed) {
      client.disconnect();
    }
    return client;
  }

  /** Ends all connections at once. */
  close() {
    this.#isClosed = true;
    for (const client of this.#all) {
      // Once more, it would keep the process for 2 s.
      if (client.status !== "end") {
        client.disconnect();
      }
    }
  }
}

module.exports = { Clients };
