// Classes of the user's own.

import {
  type EnqueueOptions,
  type Page,
  PhantomClusterClient,
  PhantomClusterServer,
  PhantomQueuedClusterClient,
  PhantomQueuedClusterServer,
  QueueItem,
} from "phantom-cluster";
import { same, typeOf } from "./same.cjs";

class CountingServer extends PhantomQueuedClusterServer<string, number> {
  counted = 0;

  override enqueue(request: string, options?: EnqueueOptions): QueueItem<string, number> {
    this.counted += 1;
    return super.enqueue(request, options);
  }
}
const counting = new CountingServer({ workers: 1 });
counting.on("idle", function () {
  typeOf(this).is<CountingServer>();
  this.counted.toFixed();
});
same<(typeof counting)["role"], "server">();

// Untyped, as in JavaScript.
class LooseServer extends PhantomQueuedClusterServer {
  override enqueue(request: { url: string }) {
    return super.enqueue(request);
  }
}
new LooseServer().enqueue({ url: "" }).on("response", (response) => response.anything);

class OpeningClient extends PhantomQueuedClusterClient<string, string> {
  readonly opened: string[] = [];

  constructor() {
    super({ workerParallelism: 2 });
    this.on("request", this.handle);
    this.on("queueItemReady", function (request) {
      this.opened.push(request);
      this.ph.createPage();
    });
    // @ts-expect-error misspelt
    this.on("requests", this.handle);
    // @ts-expect-error this is no handler of that event
    this.on("queueItemTimeout", this.handle);
  }

  async handle(page: Page, item: QueueItem<string, string>): Promise<void> {
    await page.open(item.request);
    item.finish(await page.get("title"));
  }

  override stop(): void {
    this.opened.length = 0;
    super.stop();
  }
}
new OpeningClient().start();

// With events of its own.
class Crawler<Depth> extends PhantomQueuedClusterServer<
  { url: string },
  string[],
  { found: [url: string, at: Depth] }
> {
  crawl(url: string, depth: Depth): void {
    this.run({ url }).then((links) => {
      for (const link of links) {
        this.emit("found", link, depth);
      }
    });
    this.emit("idle");
    // @ts-expect-error
    this.emit("found", 1, depth);
  }
}
new Crawler<number>()
  .on("found", (url, at) => {
    same<typeof url, string>();
    same<typeof at, number>();
  })
  .on("idle", () => {});
// @ts-expect-error
new Crawler<number>().on("lost", () => {});

interface BareEvents {
  ready: [];
}
class BareServer extends PhantomClusterServer<BareEvents> {}
class BareClient extends PhantomClusterClient<BareEvents> {}
new BareServer().on("ready", () => {}).on("started", () => {});
new BareClient().on("ready", () => {}).on("workerReady", () => {});

class NamedItem extends QueueItem<string, number, { named: [name: string] }> {
  constructor(readonly name: string) {
    super(0, name);
    this.emit("named", name);
  }
}
new NamedItem("a").on("named", (name) => same<typeof name, string>()).finish(1);

class Wrong extends PhantomQueuedClusterServer<string, number> {
  // @ts-expect-error a property of another type
  override numWorkers = "many";
}
new Wrong();
