// What can be seen of an engine from outside: its figures, its log, its warnings.

import assert from "node:assert/strict";
import { test } from "node:test";
import { basePort, browser, isLinux, run, until, warningsOf } from "../helpers.mjs";

const LINE =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z phantom-cluster (error|warn|info|debug|trace) (\d+) (primary|worker \d+)(?: item (\d+))?: (.+)$/;

/** Runs a scenario of fixtures/insight.js; `log` are the lines of its stderr, read. */
async function insight(options, sections) {
  const env = { NODE_DEBUG: sections };
  const given = { workers: 1, retryErrors: 1, phantomBasePort: basePort(), ...options };
  const { code, events, text, stderr } = await run("insight.js", given, { env });
  assert.equal(code, 0, text);
  const lines = stderr.split("\n").filter(Boolean);
  const log = lines.map((line) => {
    const [, level, pid, role, item, message] = LINE.exec(line) ?? assert.fail(`${line}\n${text}`);
    return { level, pid: Number(pid), role, item, message };
  });
  const all = (name) => events.filter(({ event }) => event === name);
  return { log, stderr, text, all, stats: (at) => all("stats").find((event) => event.at === at).stats };
}

const sumOfEnds = ({ completed, failed, timedOut, cancelled }) => completed + failed + timedOut + cancelled;

/** Counters whose order of magnitude alone is known are checked by their own names. */
function exact({ waiting, leased, expired, enqueued, delivered, returned, requeued, timeouts, ...ends }) {
  return { waiting, leased, expired, enqueued, attempts: delivered - returned, requeued, timeouts, ...ends };
}

test("the figures are exact after a known run, and the log tells of it", async () => {
  const { log, stderr, text, stats, all } = await insight({ scenario: "known" }, "phantom-cluster*");

  const none = { requeued: 0, timeouts: 0, lateAnswers: 0, completed: 0, failed: 0, timedOut: 0, cancelled: 0 };
  assert.deepEqual(exact(stats("before").queue), {
    ...none,
    waiting: 5,
    leased: 0,
    expired: 0,
    enqueued: 5,
    attempts: 0,
  });
  const zero = { count: 0, mean: 0, p50: 0, p99: 0, max: 0 };
  assert.deepEqual(stats("before").latency, { wait: zero, run: zero });
  assert.deepEqual(stats("before").workers, []);

  const held = stats("held");
  assert.deepEqual([held.queue.leased, held.workers[0].leased, held.workers.length], [1, 1, 1], text);

  const { queue, latency, workers, restarts } = stats("after");
  assert.deepEqual(
    exact(queue),
    {
      waiting: 0,
      leased: 0,
      expired: 0,
      // early, by hand, 3 plain, fails, slow, hopeless, replaced and its successor, settled twice, late, lost
      enqueued: 14,
      // 3 plain, fails twice, slow twice, hopeless, replaced, successor, settled twice, late, lost twice
      attempts: 15,
      // fails, slow, lost
      requeued: 3,
      // slow, hopeless, replaced, settled twice
      timeouts: 5,
      lateAnswers: 0,
      // by hand, 3 plain, slow, successor, settled, lost
      completed: 8,
      // fails, hopeless
      failed: 2,
      timedOut: 1,
      // early, settled, late
      cancelled: 3,
    },
    text,
  );
  assert.equal(queue.enqueued, sumOfEnds(queue));
  // All but the two that never left the queue.
  assert.equal(latency.wait.count, 12);
  // Its two failures, and the answers of workers.
  assert.equal(latency.run.count, 2 + 6);
  const { mean, p50, p99, max } = latency.run;
  assert.ok(0 < mean && p50 <= p99 && p99 <= max && max >= 100, JSON.stringify(latency));

  assert.deepEqual(restarts, { forked: 2, crashed: 1, pending: 0, crashLoop: false });
  const [worker] = workers;
  assert.deepEqual([worker.id, worker.pid, worker.leased, worker.completed], [2, all("pid")[0].pid, 0, 1]);
  assert.match(worker.phase, /^(ready|retiring)$/);
  assert.ok(worker.uptime > 0 && worker.rss > 2 ** 20 && worker.phantom.rss > 2 ** 20, JSON.stringify(worker));

  // What was left ended with the engine.
  assert.deepEqual(stats("stopped").workers, []);
  assert.deepEqual(stats("stopped").queue, {
    ...queue,
    enqueued: queue.enqueued + 1,
    failed: queue.failed + 1,
  });

  const of = (wanted) => log.filter((line) => Object.entries(wanted).every(([key, value]) => line[key] === value));
  const messages = (wanted) => of(wanted).map(({ message }) => message);
  const has = (lines, ...patterns) => {
    for (const pattern of patterns) {
      assert.ok(
        lines.some((line) => pattern.test(line)),
        `${pattern}\n${text}`,
      );
    }
  };
  has(
    messages({ role: "primary" }),
    /^engine starts .*workers=1/,
    /^worker forked worker=1 worker_pid=\d+/,
    /^worker connected worker=1/,
    /^worker ready worker=1/,
    /^worker ended worker=1 signal="SIGKILL"/,
    /^a (crashed worker is replaced after a pause pause_ms=\d+ crashes=1|worker crashed at work, and others get on)/,
    /^engine stops/,
    /^engine stopped/,
  );
  for (const id of [1, 2]) {
    has(
      messages({ role: `worker ${id}` }),
      /^worker started/,
      /^PhantomJS launched pid=\d+ port=\d+/,
      /^PhantomJS ready pid=\d+ port=\d+ ms=\d+/,
      /^connected to PhantomJS/,
    );
  }
  // The first plain one, from its beginning to its end, in both processes.
  assert.deepEqual(messages({ role: "primary", item: "2" }), [
    "enqueued priority=0",
    messages({ item: "2" }).find((message) => /^leased worker=1 lease=\d+ attempt=1$/.test(message)),
    messages({ item: "2" }).find((message) => /^answered worker=1 lease=\d+$/.test(message)),
    'ended state="done" attempts=1',
  ]);
  has(messages({ role: "worker 1", item: "2" }), /^given to its handler/, /^ended in its worker .*state="done"/);
  has(
    messages({ level: "trace" }),
    /^enqueued again reason="its time was over"/,
    /^enqueued again reason="its handler failed"/,
    /^enqueued again reason="its worker is gone"/,
    /^failed: attempts used up/,
    /^a page is closed: the lease ended/,
  );
  assert.ok(of({ level: "trace" }).length > 50 && of({ level: "info" }).length > 5, text);
  const pids = new Map(log.map(({ role, pid }) => [role, pid]));
  assert.deepEqual([...pids.keys()].sort(), ["primary", "worker 1", "worker 2"]);
  assert.equal(pids.get("worker 2"), worker.pid);

  const secrets = all("secret").map(({ secret }) => secret);
  assert.equal(secrets.length, isLinux ? 4 : 2);
  for (const secret of secrets) {
    assert.ok(secret.length >= 32 && !stderr.includes(secret), "no token is logged");
  }
});

test("each section of the log has its lines, and without one there are none", async () => {
  const engine = await insight({ scenario: "short" }, "phantom-cluster");
  assert.ok(engine.log.some(({ level }) => level === "info") && engine.log.some(({ level }) => level === "debug"));
  assert.ok(
    engine.log.every(({ level, item }) => level !== "trace" && item === undefined),
    engine.text,
  );
  const items = await insight({ scenario: "short" }, "phantom-cluster:items,net-of-another");
  assert.ok(items.log.length > 4);
  assert.ok(
    items.log.every(({ level }) => level === "trace"),
    items.text,
  );
  const off = await insight({ scenario: "short" }, "phantom");
  assert.equal(off.stderr, "");
});

test("a handler of 0.1.x that fails, and an error that nobody takes, are warnings with a code", async () => {
  const options = {
    generation: "queueItemReady",
    handler: "throws",
    messageTimeout: 1000,
    phantomBasePort: basePort(),
  };
  const { stderr } = await run("faulty.js", options);
  const warning = "[PHANTOM_CLUSTER_HANDLER_FAILED] PhantomClusterWarning: the handler of request 0 failed: thrown by";
  assert.ok(stderr.includes(warning), stderr);
  assert.match(stderr, /TypeError: thrown by the handler\n +at .*faulty\.js/);

  const warnings = await warningsOf(async (heard) => {
    const { ph, close } = await browser();
    try {
      const page = await ph.createPage();
      page.evaluate("function () { throw new Error('dropped'); }");
      await until(() => heard.length > 0, "the warning");
    } finally {
      await close();
    }
  });
  const [{ name, code, message, cause }] = warnings;
  assert.deepEqual(
    [name, code, cause.code],
    ["PhantomClusterWarning", "PHANTOM_CLUSTER_ERROR_IGNORED", "ERR_EVALUATE"],
  );
  assert.match(message, /dropped/);
  assert.equal(warnings.length, 1);
});
