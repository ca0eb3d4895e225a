"use strict";

// How requests come, and what is measured of that. Each gets the engine of the primary and the scenario's options, and
// resolves with figures.

const { median, percentile } = require("../statistics");
const { cpu } = require("./cpu");
const { Samples, memory } = require("./memory");

/** With distinct text for each, so that nobody holds it once for all. */
function request({ payload = 0, url, title }, id) {
  return { number: id, url: url && `${url}?${id}`, title, filler: Buffer.alloc(payload, `${id} `).toString("latin1") };
}

function ask(engine, request, onResponse) {
  const item = engine.enqueue(request);
  item.on("response", () => {
    if (item.response.error) {
      throw new Error(`a page failed: ${item.response.error}`);
    }
    onResponse(item.response);
  });
}

/** Keeps some requests with the engine until `isOver(response)`; resolves then, or when `drains`, after the last one. */
function feed(engine, options, isOver, drains) {
  const { workers, parallelism = 1 } = options;
  const outstanding = workers * parallelism * 2 + 2;
  let number = 0;
  let open = 0;
  let hasEnded = false;
  return new Promise((resolve) => {
    const next = () => {
      open += 1;
      number += 1;
      ask(engine, request(options, number), (response) => {
        open -= 1;
        hasEnded ||= isOver(response);
        if (!hasEnded) {
          next();
        } else if (open === 0 || !drains) {
          resolve();
        }
      });
    };
    for (let i = 0; i < outstanding; i += 1) {
      next();
    }
  });
}

/** Starts, and waits until all workers have answered, and `warmup` requests are. */
async function warm(engine, options) {
  const seen = new Set();
  let answered = 0;
  const isWarm = ({ worker }) => {
    seen.add(worker);
    answered += 1;
    return seen.size >= options.workers && answered >= (options.warmup ?? 0);
  };
  engine.start();
  await feed(engine, options, isWarm, true);
}

/** All at once: requests per second from the first enqueue to the last response, or until `seconds` after the last. */
function round(engine, { count, seconds, ...options }) {
  const requests = Array.from({ length: count }, (_, i) => request(options, i));
  const begun = performance.now();
  let end = Number.POSITIVE_INFINITY;
  let answered = 0;
  return new Promise((resolve) => {
    const onResponse = () => {
      answered += 1;
      const now = performance.now();
      if (answered === count || (answered % 64 === 0 && now > end)) {
        resolve((answered / (now - begun)) * 1000);
      }
    };
    for (let i = 0; i < count; i += 1) {
      ask(engine, requests[i], onResponse);
      requests[i] = null;
    }
    end = performance.now() + seconds * 1000;
  });
}

/** `count` requests at once, with workers that are ready; `rounds` times, one after the other. */
async function burst(engine, options) {
  await warm(engine, { ...options, payload: 0, warmup: 500 });
  const rates = [];
  for (let i = 0; i < options.rounds; i += 1) {
    rates.push(await round(engine, options));
  }
  return { perSecond: median(rates) };
}

/**
 * A few more requests than can be handled at once, for `seconds`, or `count` requests. With `samples` the memory is that
 * of Chromium's processes, shared pages counted once, while pages are in flight; with `cpu` there is processor time.
 */
async function steady(engine, options) {
  const { count = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY } = options;
  await warm(engine, options);
  const used = options.cpu ? cpu() : 0;
  const begun = performance.now();
  let last = begun;
  let answered = 0;
  let stalled = 0;
  const samples = options.samples && new Samples();
  await feed(engine, options, (response) => {
    last = performance.now();
    answered += response.stalled ? 0 : 1;
    stalled += response.stalled ? 1 : 0;
    return answered >= count || last - begun >= seconds * 1000;
  });
  const inFlight = options.workers * (options.parallelism ?? 1);
  const rates = {
    perSecond: (answered / (last - begun)) * 1000,
    ...(options.cpu && { cpuMs: (cpu() - used) / answered }),
  };
  if (samples) {
    const { browser, all } = samples.end();
    return { ...rates, browserMiB: browser / inFlight, allMiB: all / inFlight };
  }
  const { worker, phantom, phantomPeak } = memory();
  return {
    ...rates,
    stalledPercent: (stalled / (answered + stalled)) * 100,
    workerMiB: worker,
    phantomMiB: phantom,
    perPageMiB: (worker * options.workers + phantomPeak * options.workers) / inFlight,
  };
}

/** One request after the other, each when the one before is answered. */
async function light(engine, options) {
  await warm(engine, options);
  const times = [];
  await new Promise((resolve) => {
    const next = () => {
      const sample = request(options, times.length);
      const begun = performance.now();
      ask(engine, sample, () => {
        times.push(performance.now() - begun);
        if (times.length < options.count) {
          setImmediate(next);
        } else {
          resolve();
        }
      });
    };
    next();
  });
  times.sort((a, b) => a - b);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

/** One request, whose response has the figures. */
function once(engine, options) {
  return new Promise((resolve) => {
    ask(engine, request(options, 0), resolve);
    engine.start();
  });
}

function start(engine, options) {
  return new Promise((resolve) => {
    ask(engine, request(options, 0), () => resolve({ ms: performance.now() - begun }));
    const begun = performance.now();
    engine.start();
  });
}

/** Requests that wait, for a cluster that is not started. */
function hold(engine, options) {
  global.gc();
  const before = process.memoryUsage.rss();
  for (let i = 0; i < options.count; i += 1) {
    engine.enqueue(request(options, i));
  }
  global.gc();
  return { bytes: (process.memoryUsage.rss() - before) / options.count };
}

module.exports = { burst, steady, light, once, start, hold };
