// phantom-cluster/phantom: `create()` of both generations of npm `phantom`.

import type { Page, Phantom } from "phantom-cluster";
import phantom, {
  type CreateOptions,
  create,
  type ExitListener,
  type Logger,
  type StandalonePhantom,
  stderrHandler,
} from "phantom-cluster/phantom";
import { same } from "./same.cjs";

import required = require("phantom-cluster/phantom");

// The promise generation
const ph = await create();
same<typeof ph, StandalonePhantom>();
const plain: Phantom = ph;
await plain.exit();
await create([]);
await create(["--load-images=no"], { phantomPath: "/usr/bin/phantomjs", logLevel: "error" });
await create(undefined, { logger: console, shimPath: "shim.js" });
await create(["--load-images=no"] as const, null);
const page = await ph.createPage();
same<typeof page, Page>();
const viaDefault = await phantom.create();
same<typeof viaDefault, StandalonePhantom>();
// @ts-expect-error a switch is text
create([1]);
// @ts-expect-error
create(1);
// @ts-expect-error no such level
create({ logLevel: "verbose" });
// @ts-expect-error no such option
create({ phantomBinary: "phantomjs" });
// @ts-expect-error a logger has methods
create({ logger: { info: "yes" } });
// @ts-expect-error it may have failed to start; await it
create().createPage();

// The callback generation, in any order
const called = create((started) => same<typeof started, StandalonePhantom | null>());
same<typeof called, Promise<StandalonePhantom | undefined>>();
create("--load-images=no", "--web-security=no", { port: "12300", dnodeOpts: { weak: false } }, (started, error) => {
  same<typeof error, Error | undefined>();
  if (error) {
    same<typeof started, null>();
    return;
  }
  same<typeof started, StandalonePhantom>();
  started.createPage((made) => made.open("http://a.test/", () => started.exit(3, () => {})));
});
create(
  (started) => started?.exit(),
  { parameters: { "ignore-ssl-errors": "true", "disk-cache": true, "max-disk-cache-size": 1000, proxy: undefined } },
  "--load-images=no",
);
create(
  {
    binary: "phantomjs",
    path: "/usr/bin",
    hostname: "localhost",
    onExit: (code, signal) => {
      same<typeof code, number | null>();
      same<typeof signal, NodeJS.Signals | null>();
    },
    onStdout: (text) => same<typeof text, string>(),
    onStderr: (text) => same<typeof text, string>(),
    pageTimeout: 1000,
    isolate: true,
  },
  () => {},
);
// @ts-expect-error it is null when PhantomJS did not start
create((started) => started.createPage());
// @ts-expect-error the error comes second
create((error: Error, started: StandalonePhantom) => started ?? error);
// @ts-expect-error
create({ onExit: "exit" }, () => {});
// @ts-expect-error
create({ parameters: { proxy: ["a"] } }, () => {});
// @ts-expect-error
create({ port: true }, () => {});

// Its end
same<typeof ph.onExit, ExitListener | null>();
ph.onExit = (code, signal) => console.log(code, signal);
ph.onExit = null;
const killed = ph.kill("not needed any more");
same<typeof killed, Promise<void>>();
same<typeof ph.process.pid, number>();
await ph.process.kill();
// @ts-expect-error
ph.onExit = (code: string) => code;
// @ts-expect-error
ph.process.pid = 1;

// stderr
phantom.stderrHandler = (message) => same<typeof message, string>();
required.stderrHandler = phantom.stderrHandler;
stderrHandler("a line\n");
// @ts-expect-error
phantom.stderrHandler = "silent";

const options: CreateOptions = { logger: { info: (line) => line.trim() } };
const quiet: Logger = {};
await create(options, { logger: quiet });
// @ts-expect-error they are read once
options.binary = "phantomjs";
