// Listeners: names, arguments, `this`; on all classes, by all methods.

import type { Worker } from "node:cluster";
import {
  type EngineError,
  type ItemFailure,
  type Page,
  type Phantom,
  PhantomClusterClient,
  PhantomClusterServer,
  PhantomQueuedClusterClient,
  PhantomQueuedClusterServer,
  QueueItem,
} from "phantom-cluster";
import { same, typeOf } from "./same.cjs";

const server = new PhantomClusterServer();
server
  .on("started", () => {})
  .once("stopped", () => {})
  .addListener("workerStarted", (worker) => same<typeof worker, Worker>())
  .prependListener("workerDied", (worker, code, signal) => {
    same<typeof worker, Worker>();
    same<typeof code, number | null>();
    same<typeof signal, NodeJS.Signals | null>();
  })
  .prependOnceListener("error", (error) => same<typeof error, EngineError>())
  .start();
server.on("workerStarted", function () {
  typeOf(this).is<PhantomClusterServer>();
});
server.on("newListener", (event, listener) => {
  same<typeof event, string | symbol>();
  listener();
});
const listener = (worker: Worker): void => worker.kill();
server.on("workerStarted", listener).off("workerStarted", listener).removeListener("workerStarted", listener);
server.emit("started");
server.listenerCount("started");
server.removeAllListeners("started");
// @ts-expect-error misspelt
server.on("workerStart", () => {});
// @ts-expect-error an event of the queued server
server.once("idle", () => {});
// @ts-expect-error an event of the client
server.addListener("workerReady", () => {});
// @ts-expect-error a worker is no number
server.on("workerStarted", (worker: number) => worker);
// @ts-expect-error not so many arguments
server.on("started", (first: unknown) => first);
// @ts-expect-error started has no arguments
server.emit("started", 1);
// @ts-expect-error workerStarted has one
server.emit("workerStarted");
// @ts-expect-error misspelt
server.off("workerDead", () => {});
// @ts-expect-error misspelt
server.removeListener("workerDead", () => {});
// @ts-expect-error misspelt
server.prependListener("workerDead", () => {});
// @ts-expect-error misspelt
server.prependOnceListener("workerDead", () => {});

const queued = new PhantomQueuedClusterServer<string, number>();
queued.on("idle", function () {
  typeOf(this).is<PhantomQueuedClusterServer<string, number>>();
  this.enqueue("more");
});
queued.on("workerStarted", (worker) => same<typeof worker, Worker>());
const chained = queued.on("started", () => {});
same<typeof chained, PhantomQueuedClusterServer<string, number>>();

const client = new PhantomClusterClient();
client.on("workerReady", function () {
  typeOf(this.ph).is<Phantom>();
  this.next();
});
client.on("started", function () {
  typeOf(this.ph).is<Phantom | null>();
});
// @ts-expect-error an event of the queued client
client.on("request", () => {});

const queuedClient = new PhantomQueuedClusterClient<string, number>();
queuedClient.on("request", function (page, item) {
  same<typeof page, Page>();
  same<typeof item, QueueItem<string, number>>();
  typeOf(this.ph).is<Phantom>();
  item.finish(item.request.length);
});
queuedClient.on("request", async (_page, item) => item.finish(1));
queuedClient.on("queueItemReady", function (request) {
  same<typeof request, string>();
  this.queueItemResponse(request.length);
});
queuedClient.on("phantomDied", () => {});
// @ts-expect-error the page comes first
queuedClient.on("request", (item: QueueItem<string, number>) => item.finish(1));
// @ts-expect-error the 0.1.x handler gets the request, not an item
queuedClient.on("queueItemReady", (item) => item.finish(1));

const item = new QueueItem<string, number>(0, "request");
item
  .on("response", function (response) {
    same<typeof response, number>();
    typeOf(this).is<QueueItem<string, number>>();
  })
  .on("timeout", function () {
    this.cancel();
  })
  .on("failed", (error) => {
    same<typeof error, ItemFailure>();
    same<typeof error.message, string>();
    return error.code === "ERR_MAX_ATTEMPTS" || error.code === "ERR_EVALUATE" || error.code === "ENOENT";
  });
item.emit("response", 1);
// @ts-expect-error misspelt
item.on("reponse", () => {});
// @ts-expect-error
item.on("response", (response: string) => response);
// @ts-expect-error
item.emit("response", "1");
