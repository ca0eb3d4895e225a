"use strict";

// Primaries that share a queue in Redis are killed and stopped at random, and each request must end once:
//   node chaos/shared.js [--requests N] [--faults N] [--primaries N] [--lock MS] [--seed S]
// One half of the requests is enqueued by an engine that lives on, the other by BullMQ's own producer. It starts its own
// redis-server. Exits with 0 when each has ended once, the last within lock and two checks of the last fault.

const { fork } = require("node:child_process");
const { once } = require("node:events");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const { parseArgs } = require("node:util");
const { Queue, QueueEvents } = require("bullmq");
const { createQueued } = require("..");
const { startRedis } = require("../scripts/redis-server");
const { Random } = require("./random");

const DEFAULTS = { requests: 10_000, faults: 20, primaries: 3, lock: 3_000 };
const WORKERS = { workers: 2, workerParallelism: 4, workerIterations: 1e6 };
const WAIT = [10, 60];
const PORTS = 100;
/** The last fault is done to a queue that is nearly empty: what remains is what that fault held up. */
const LAST = 100;
const LIMIT = 240_000;

function readPlan() {
  const text = { type: "string" };
  const names = [...Object.keys(DEFAULTS), "seed"];
  const { values } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, text])) });
  const given = Object.entries(values).map(([name, value]) => [name, Number(value)]);
  return { ...DEFAULTS, seed: Math.floor(Math.random() * 2 ** 32), ...Object.fromEntries(given) };
}

class Run {
  #plan;
  #random;
  #store;
  #primaries = [];
  #started = 0;
  // How often each request has ended, by number; and each job, by its id.
  #ends = new Map();
  #jobs = new Map();
  #faults = [];
  #lastEnd = 0;

  constructor(plan, redis) {
    this.#plan = plan;
    this.#random = new Random(plan.seed);
    const { lock, requests } = plan;
    this.#store = { redis, queue: "chaos", lock, keep: 2 * requests };
  }

  async run() {
    const { requests } = this.#plan;
    const connection = { url: this.#store.redis };
    const queue = new Queue("chaos", { connection, streams: { events: { maxLen: 8 * requests } } });
    const events = new QueueEvents("chaos", { connection });
    await events.waitUntilReady();
    for (const name of ["completed", "failed"]) {
      events.on(name, ({ jobId }) => this.#jobs.set(jobId, (this.#jobs.get(jobId) ?? 0) + 1));
    }
    events.on("completed", ({ returnvalue }) => this.#ended(returnvalue, "theirs"));
    for (let count = 0; count < this.#plan.primaries; count += 1) {
      this.#begin();
    }
    const producer = createQueued({ store: this.#store });
    await this.#enqueue(producer, queue);
    await this.#harm();
    const isOver = await this.#wait(requests);
    await sleep(this.#plan.lock);
    const counts = await queue.getJobCounts("completed", "failed", "active", "wait", "prioritized");
    const late = await this.#end();
    producer.stop();
    await Promise.all([once(producer, "stopped"), queue.close(), events.close()]);
    return this.#report({ isOver, counts, late });
  }

  #begin() {
    this.#started += 1;
    const options = { ...WORKERS, phantomBasePort: 12_000 + PORTS * this.#started, store: this.#store };
    const child = fork(path.join(__dirname, "shared-primary.js"), [JSON.stringify(options)]);
    this.#primaries.push({ child, isStopped: false });
  }

  async #enqueue(producer, queue) {
    const { requests } = this.#plan;
    const theirs = [];
    for (let number = 0; number < requests; number += 1) {
      const request = { number, wait: this.#random.between(...WAIT) };
      if (number % 2 === 0) {
        const item = producer.enqueue(request);
        item.result().then(
          (value) => this.#ended(value, "ours"),
          (error) => console.error(`${number}: ${error.message}`),
        );
      } else {
        theirs.push({ name: "n", data: request, opts: { priority: 2 ** 20, removeOnComplete: false } });
      }
    }
    await queue.addBulk(theirs);
  }

  /** Of those of the engine its own item counts, of the others the event. */
  #ended(number, by) {
    if ((number % 2 === 0) === (by === "ours")) {
      this.#ends.set(number, (this.#ends.get(number) ?? 0) + 1);
      this.#lastEnd = Date.now();
    }
  }

  async #harm() {
    const { faults, requests } = this.#plan;
    const left = () => requests - this.#ends.size;
    // As many requests between two faults, whatever the machine does.
    for (let count = 1; count <= faults; count += 1) {
      const until = Math.max(LAST, Math.round(requests * (1 - count / faults)));
      const end = Date.now() + LIMIT;
      while (left() > until && Date.now() < end) {
        await sleep(20);
      }
      this.#fault(count === faults);
    }
  }

  #fault(isLast) {
    const awake = this.#primaries.filter(({ isStopped }) => !isStopped);
    // Two at least go on.
    const victim = awake.length > 1 ? this.#random.pick(awake) : null;
    if (!victim) {
      return;
    }
    const kind = this.#random.next() < 0.5 ? "SIGKILL" : "SIGSTOP";
    this.#faults.push({ kind, at: Date.now() });
    victim.child.kill(kind);
    if (kind === "SIGKILL") {
      this.#primaries = this.#primaries.filter((one) => one !== victim);
      if (!isLast) {
        this.#begin();
      }
      return;
    }
    victim.isStopped = true;
    const { lock } = this.#plan;
    setTimeout(
      () => {
        victim.isStopped = false;
        victim.child.kill("SIGCONT");
      },
      this.#random.between(Math.round(lock / 2), 3 * lock),
    );
  }

  async #wait(requests) {
    const end = Date.now() + LIMIT;
    while (this.#ends.size < requests && Date.now() < end) {
      await sleep(20);
    }
    return this.#ends.size === requests;
  }

  /** Ends the primaries; gives how many late answers they dropped. */
  async #end() {
    await sleep(3 * this.#plan.lock);
    let late = 0;
    for (const { child } of this.#primaries) {
      child.send("stats");
      const [shared] = await once(child, "message");
      late += shared.late;
      child.send("stop");
      await once(child, "exit");
    }
    return late;
  }

  #report({ isOver, counts, late }) {
    const { lock, requests, seed } = this.#plan;
    const last = this.#faults.at(-1);
    const twice = [...this.#ends].filter(([, count]) => count > 1).length;
    const jobsTwice = [...this.#jobs].filter(([, count]) => count > 1).length;
    const after = this.#lastEnd - last.at;
    const bound = lock + (2 * lock) / 3;
    const kinds = (kind) => this.#faults.filter((one) => one.kind === kind).length;
    return {
      seed,
      requests,
      ended: this.#ends.size,
      endedTwice: twice,
      jobsEndedTwice: jobsTwice,
      killed: kinds("SIGKILL"),
      stopped: kinds("SIGSTOP"),
      late,
      counts,
      lastFault: last.kind,
      lastEndAfterLastFault: after,
      bound,
      isWell: isOver && twice === 0 && jobsTwice === 0 && after <= bound && counts.failed === 0,
    };
  }
}

async function main() {
  const plan = readPlan();
  // A primary that is killed leaves its socket there.
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "chaos-shared-"));
  process.env.TMPDIR = folder;
  const redis = await startRedis();
  try {
    const report = await new Run(plan, redis.url).run();
    console.log(JSON.stringify(report, null, 2));
    process.exitCode = report.isWell ? 0 : 1;
  } finally {
    await redis.close();
    fs.rmSync(folder, { recursive: true });
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(2);
});
