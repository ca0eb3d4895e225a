// phantom-cluster/phantom: how a browser ends, and what a script that ends leaves.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { PhantomError } from "../../index.js";
import { create } from "../../phantom.js";
import { basePort, isGone, isLinux, onEachBrowser, run, site, until, warningsOf } from "../helpers.mjs";
import { listener } from "./helpers.mjs";

/** A warning that is no matter here. */
const ROOTS_OWN = "PHANTOM_CLUSTER_NO_SANDBOX";

let pages;

before(async () => {
  pages = await site({ "/": "<title>start</title>", "/hanging": () => {} });
});
after(async () => {
  await pages.close();
});

onEachBrowser((chosen, name) => {
  const options = { ...chosen, port: basePort() };
  const said = name === "chromium" ? "Chromium" : "PhantomJS";

  test("exit(code) is heard by ph.onExit and option onExit, once, before exit() resolves", async () => {
    const heard = [];
    const ph = await create({ ...options, onExit: (...end) => heard.push(["option", ...end]) });
    ph.onExit = function (...end) {
      assert.equal(this, ph);
      heard.push(["ph", ...end]);
    };
    await ph.exit(3);
    assert.deepEqual(heard, [
      ["ph", 3, null],
      ["option", 3, null],
    ]);
    await ph.exit(4);
    await ph.kill();
    assert.equal(heard.length, 2);
  });

  for (const [how, kill] of [
    ["kill()", (ph) => ph.kill("not needed any more")],
    ["process.kill()", (ph) => ph.process.kill()],
  ]) {
    test(`${how} is SIGKILL`, async () => {
      const { onExit, calls } = listener();
      const ph = await create({ ...options, onExit });
      const page = await ph.createPage();
      const pending = assert.rejects(page.open(`${pages.url}/hanging`), { code: "ERR_BROWSER_GONE" });
      await kill(ph);
      assert.deepEqual(calls, [[null, "SIGKILL"]]);
      assert.ok(isGone(ph.process.pid));
      await pending;
    });
  }

  test("an end that was asked for is no warning", async () => {
    const warnings = await warningsOf(async () => {
      for (const end of ["exit", "kill"]) {
        const ph = await create(options);
        await ph[end]();
      }
    });
    assert.deepEqual(warnings, []);
  });

  test("a death rejects what waits, and is a warning where nobody listens", async () => {
    let ph;
    const warnings = await warningsOf(async () => {
      ph = await create(options);
      const page = await ph.createPage();
      const pending = page.open(`${pages.url}/hanging`);
      process.kill(ph.process.pid, "SIGKILL");
      await assert.rejects(pending, (error) => {
        assert.ok(error instanceof PhantomError);
        assert.equal(error.code, "ERR_BROWSER_GONE");
        assert.match(error.message, new RegExp(`open: ${said} is gone \\(signal 9\\)`));
        return true;
      });
      await ph.exit();
    });
    const [ended, ...more] = warnings.filter(({ code }) => code !== ROOTS_OWN);
    assert.deepEqual([ended.code, more], ["PHANTOM_CLUSTER_PHANTOM_ENDED", []]);
    assert.match(ended.message, new RegExp(`${said} ended \\(signal 9\\).*onExit`, "s"));
    await assert.rejects(ph.createPage(), { code: "ERR_BROWSER_GONE" });
  });

  test("a death that somebody listens to is theirs", async () => {
    const { onExit, calls } = listener();
    const warnings = await warningsOf(async () => {
      const ph = await create({ ...options, onExit });
      process.kill(ph.process.pid, "SIGTERM");
      await until(() => calls.length > 0, "onExit");
    });
    assert.deepEqual(calls, [[null, "SIGTERM"]]);
    assert.deepEqual(warnings, []);
  });

  /** Runs the script to its end; run() sees that it leaves no process. */
  async function script(how, more) {
    const ran = await run("standalone-script.js", { how, ...options }, more);
    const events = ran.events.filter(({ code }) => code !== ROOTS_OWN);
    const named = (event) => events.filter((each) => each.event === event);
    assert.equal(named("created").length, 1, ran.text);
    return { ...ran, named };
  }

  test("a script that calls ph.exit() ends by itself", async () => {
    const { code, named, text } = await script("ph.exit");
    assert.equal(code, 0, text);
    assert.deepEqual(named("warning"), []);
  });

  const abrupt = [
    ["process.exit", { code: 3, signal: null }],
    ["throw", { code: 1, signal: null }],
    ["SIGTERM", { code: null, signal: "SIGTERM" }],
    ["SIGKILL", { code: null, signal: "SIGKILL" }],
  ];
  for (const [how, expected] of abrupt) {
    // Without the kernel's help nobody is left to end it after a signal.
    const skip = expected.signal !== null && !isLinux;
    test(`a script that ends by ${how} leaves no browser`, { skip }, async () => {
      const { code, signal, text } = await script(how);
      assert.deepEqual({ code, signal }, expected, text);
    });
  }

  test("a script lives as long as its browser, and its death is no end with an error", { skip: !isLinux }, async () => {
    const { code, named, text } = await script("nothing", {
      whileRunning: async ({ child, output }) => {
        const line = await until(() => /\{"event":"created".*\}/.exec(output.stdout)?.[0], "the browser");
        // Nothing but the browser is there to keep it.
        await sleep(1500);
        assert.equal(child.exitCode, null, output.stderr);
        const closed = once(child, "close");
        process.kill(JSON.parse(line).pid, "SIGKILL");
        await closed;
      },
    });
    assert.equal(code, 0, text);
    assert.deepEqual(
      named("warning").map((warning) => warning.code),
      ["PHANTOM_CLUSTER_PHANTOM_ENDED"],
    );
  });
});
