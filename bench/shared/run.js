"use strict";

// How many jobs of a queue in Redis are handled in a second, by handlers that do nothing: two primaries of ours with two
// workers each, beside BullMQ's own workers in as many processes (4), and in two, with 50 jobs at once each. In turn, on the
// same redis-server, with the same jobs:
//   node bench/shared/run.js [--jobs N] [--rounds N]
// The addon should be a release build.

const { fork } = require("node:child_process");
const { once } = require("node:events");
const path = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const { parseArgs } = require("node:util");
const { Queue } = require("bullmq");
const { startRedis } = require("../../scripts/redis-server");

const SIDES = [
  { name: "ours, 2 × 2", script: "ours.js", count: 2 },
  { name: "BullMQ, 4 processes", script: "theirs.js", count: 4 },
  { name: "BullMQ, 2 processes", script: "theirs.js", count: 2 },
];
const BULK = 1_000;
const SETTLE = 1_500;
const DATA = { url: `http://localhost/${"x".repeat(80)}` };

async function fill(queue, jobs) {
  const bulk = Array.from({ length: BULK }, () => ({ name: "n", data: DATA, opts: { removeOnComplete: 1_000 } }));
  for (let count = 0; count < jobs; count += BULK) {
    await queue.addBulk(bulk);
  }
}

async function measure({ script, count }, REDIS, jobs, round) {
  const QUEUE = `bench-${script}-${count}-${round}`;
  const queue = new Queue(QUEUE, { connection: { url: REDIS } });
  await queue.pause();
  await fill(queue, jobs);
  const children = Array.from({ length: count }, (_, index) => {
    const env = { ...process.env, REDIS, QUEUE, BASE_PORT: 23_000 + 100 * index, CONCURRENCY: 50 };
    return fork(path.join(__dirname, script), { env });
  });
  await Promise.all(children.map((child) => once(child, "message")));
  await sleep(SETTLE);
  const since = performance.now();
  await queue.resume();
  const isBusy = async () => Object.values(await queue.getJobCounts("wait", "paused", "active")).some(Boolean);
  while (await isBusy()) {
    await sleep(20);
  }
  const seconds = (performance.now() - since) / 1e3;
  await Promise.all(
    children.map((child) => {
      child.send("stop");
      return once(child, "exit");
    }),
  );
  await queue.obliterate({ force: true });
  await queue.close();
  return Math.round(jobs / seconds);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function main() {
  const text = { type: "string" };
  const { values } = parseArgs({ options: { jobs: text, rounds: text } });
  const jobs = Math.ceil(Number(values.jobs ?? 30_000) / BULK) * BULK;
  const rounds = Number(values.rounds ?? 5);
  const redis = await startRedis();
  const rates = Object.fromEntries(SIDES.map(({ name }) => [name, []]));
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const side of round % 2 === 0 ? SIDES : [...SIDES].reverse()) {
        rates[side.name].push(await measure(side, redis.url, jobs, round));
      }
    }
  } finally {
    await redis.close();
  }
  const [ours, ...others] = SIDES.map(({ name }) => name);
  for (const [name, all] of Object.entries(rates)) {
    console.log(`${name}: ${median(all)} jobs/s (${all.join(", ")})`);
  }
  for (const name of others) {
    const ratios = rates[ours].map((rate, index) => rate / rates[name][index]);
    console.log(`ours / ${name}: ${median(ratios).toFixed(2)} (${ratios.map((one) => one.toFixed(2)).join(", ")})`);
  }
}

main();
