// Making engines, telling them apart, and what they have.

import type { Worker } from "node:cluster";
import { EventEmitter, once } from "node:events";
import pc, {
  create,
  createQueued,
  type EngineStats,
  type ItemFailure,
  type Page,
  type Phantom,
  type PhantomClusterClient,
  type PhantomClusterServer,
  PhantomClusterWorker,
  PhantomQueuedClusterClient,
  PhantomQueuedClusterServer,
  type PhantomQueuedClusterWorker,
  type ProcessStats,
  type QueuedEngineStats,
  QueueItem,
  type QueueItemState,
  type SpanStats,
  type StoreErrorCode,
} from "phantom-cluster";
import { same } from "./same.cjs";

interface Job {
  url: string;
  id?: number;
}
interface Answer {
  title: string;
}

// The documented generation: narrowed by role.
const engine = createQueued<Job, Answer>({ workers: 2 });
same<typeof engine, PhantomQueuedClusterServer<Job, Answer> | PhantomQueuedClusterClient<Job, Answer>>();
same<(typeof engine)["role"], "server" | "client">();
if (engine.role === "server") {
  same<typeof engine, PhantomQueuedClusterServer<Job, Answer>>();
  const item = engine.enqueue({ url: "http://a.test/" }, { timeout: "5000", priority: 1, maxAttempts: 3 });
  same<typeof item, QueueItem<Job, Answer>>();
  same<typeof item.response, Answer | null>();
  item.on("response", (response) => same<typeof response, Answer>());
  const answer = await engine.run({ url: "http://b.test/" }, { signal: AbortSignal.timeout(1000) });
  same<typeof answer, Answer>();
  await engine.enqueue({ url: "http://c.test/" }, { key: "c" }).stored;
  same<typeof item.key, string | undefined>();
  same<typeof item.duplicate, boolean>();
  same<ReturnType<typeof engine.item>, typeof item | undefined>();
  engine.on("recovered", (left) => same<typeof left, typeof item>());
  engine.on("storeLost", ({ code }) => same<typeof code, StoreErrorCode>());
  engine.on("storeFound", () => {});
  engine.forget(item);
  engine.forget(item.id);
  engine.forget("all");
  // @ts-expect-error
  engine.forget("some");
  await engine.idle();
  engine.pause();
  engine.resume();
  engine.stop();
  // @ts-expect-error a request is a Job
  engine.enqueue({ address: "http://a.test/" });
  // @ts-expect-error
  engine.enqueue("http://a.test/");
  // @ts-expect-error no such option of a request
  engine.enqueue({ url: "" }, { retries: 1 });
  // @ts-expect-error a priority is a number
  engine.enqueue({ url: "" }, { priority: "high" });
  // @ts-expect-error a server has no PhantomJS
  engine.ph;
} else {
  same<typeof engine, PhantomQueuedClusterClient<Job, Answer>>();
  engine.on("request", async (page, item) => {
    same<typeof page, Page>();
    same<typeof item, QueueItem<Job, Answer>>();
    await page.open(item.request.url);
    item.finish({ title: await page.get("title") });
    // @ts-expect-error a response is an Answer
    item.finish("title");
  });
  // @ts-expect-error only a server has a queue
  engine.enqueue({ url: "" });
}
// @ts-expect-error before role is looked at, neither side's methods are there
engine.enqueue({ url: "" });
engine.start();

// The class narrows as well.
if (engine instanceof PhantomQueuedClusterServer) {
  same<typeof engine, PhantomQueuedClusterServer<Job, Answer>>();
}

// Without types of their own, requests and responses are any.
const loose = createQueued();
if (loose.role === "server") {
  loose.enqueue("text").on("response", (response) => response.whatever.there.is);
  loose.run({ url: "" }).then((response) => response.title);
}
createQueued(null);
create(undefined);

// Without a queue.
const bare = create({ workers: 1 });
same<typeof bare, PhantomClusterServer | PhantomClusterClient>();
if (bare.role === "server") {
  bare.addWorker();
  same<typeof bare.workers, Readonly<Record<number, Worker>>>();
  same<typeof bare.numWorkers, number>();
  Object.values(bare.workers).map((worker) => worker.send({ any: "message" }));
  // @ts-expect-error only createQueued() has a queue
  bare.queue;
} else {
  bare.next();
  same<typeof bare.ph, Phantom | null>();
  same<typeof bare.iterations, number>();
  same<typeof bare.parallelism, number>();
  // @ts-expect-error null until phantomStarted
  bare.ph.createPage();
  // @ts-expect-error
  bare.queueItemResponse({});
}
same<typeof bare.done, boolean>();
bare.start();
bare.stop();

// The queue's views.
const server = new PhantomQueuedClusterServer<Job, Answer>({ workers: 1 });
same<typeof server.queue, readonly QueueItem<Job, Answer>[]>();
same<typeof server.itemsQueue, readonly QueueItem<Job, Answer>[]>();
same<typeof server.clientsQueue, readonly Worker[]>();
same<typeof server.workersQueue, readonly Worker[]>();
same<typeof server.messageTimeout, number>();
const queuedClient = new PhantomQueuedClusterClient<Job, Answer>();
server.queue.map(({ request }) => request.url);
// @ts-expect-error a view cannot be changed
server.queue.push(new QueueItem<Job, Answer>(1, { url: "" }));
// @ts-expect-error
server.done = true;
// @ts-expect-error
server.workers = {};

// Figures.
const figures = server.stats();
same<typeof figures, QueuedEngineStats>();
same<typeof figures.queue.waiting, number>();
same<typeof figures.latency.run, SpanStats>();
for (const { id, phase, phantom } of figures.workers) {
  same<typeof id, number>();
  same<typeof phase, "starting" | "ready" | "retiring" | "leaving" | "stopping">();
  same<typeof phantom, ProcessStats | null>();
  // @ts-expect-error no such phase
  phase === "idle";
  // @ts-expect-error null until the worker is ready
  phantom.pid;
}
// @ts-expect-error they are a copy, and not to be changed
figures.queue.waiting = 0;
// @ts-expect-error no such counter
figures.queue.answered;
const bareFigures = new pc.PhantomClusterServer().stats();
same<typeof bareFigures, EngineStats>();
// @ts-expect-error only createQueued() has a queue
bareFigures.queue;
// @ts-expect-error only a server has figures
queuedClient.stats();

// Items.
const item = new QueueItem<Job, Answer>(0, { url: "" });
item.start(1000);
item.finish({ title: "" });
item.fail(new Error("no"));
item.cancel();
item.requeue();
same<typeof item.state, QueueItemState>();
same<typeof item.error, ItemFailure | null>();
same<typeof item.attempts, number>();
const result = item.result();
same<typeof result, Promise<Answer>>();
const inferred = new QueueItem(1, { depth: 3 });
same<typeof inferred.request, { depth: number }>();
// @ts-expect-error
item.state = "done";
// @ts-expect-error no such state
item.state === "finished";
// @ts-expect-error
new QueueItem();

// The names of 0.1.x are the same classes, as values and as types.
const worker: PhantomClusterClient = new PhantomClusterWorker({ iterations: "3" });
const queuedWorker: PhantomQueuedClusterWorker<Job, Answer> = new PhantomQueuedClusterClient<Job, Answer>();
same<typeof PhantomQueuedClusterWorker, typeof PhantomQueuedClusterClient>();
worker.start();
queuedWorker.queueItemResponse({ title: "" });
// @ts-expect-error
queuedWorker.queueItemResponse(1);

// Typed engines go where untyped ones are wanted.
function watch(any: PhantomQueuedClusterServer, bare: PhantomClusterServer): void {
  any.start();
  bare.start();
}
watch(server, server);
// @ts-expect-error
watch(queuedWorker, server);

// Node's own functions take them as emitters.
await once(server, "started");
const emitter: EventEmitter = server;
emitter.setMaxListeners(20);
same<boolean, ReturnType<typeof emitter.emit>>();
if (server instanceof EventEmitter) {
  server.enqueue({ url: "" });
}

// The whole module by its default.
new pc.PhantomClusterServer().start();
pc.createQueued();
// @ts-expect-error not there
pc.createPool();
