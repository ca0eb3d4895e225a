// The command line on a terminal: Ctrl-C, and the bar.

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { site, until } from "../helpers.mjs";
import { cli, DEADLINE, folder, html, MAIN, render } from "./helpers.mjs";

const execute = promisify(execFile);
const require = createRequire(import.meta.url);
const { showProgress } = require("../../cli/progress");
const { newPage } = require("../../cli/run");

const noTerminal =
  spawnSync("script", ["-qec", "true", "/dev/null"]).status !== 0 && "there is no script(1), or it has no terminal";
/** ms. */
const SLOW = 2_000;
/** The addresses that were asked for. */
const asked = new Set();
let local;

before(async () => {
  local = await site({
    "/slow": (request, response) => {
      asked.add(request.url);
      setTimeout(() => response.end(html("slow")), SLOW);
    },
    "/never": ({ url }) => asked.add(url),
  });
});
after(() => local.close());

const urls = (...paths) => paths.map((place) => local.url + place);

describe("signals", () => {
  const many = () => urls(...[1, 2, 3, 4, 5, 6].map((i) => `/slow?${i}`));

  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ]) {
    test(`${signal} to the whole group lets the pages under way finish`, async () => {
      asked.clear();
      const { code, report, stdout, text } = await render([...many(), "-w", "2"], {
        env: { npm_config_user_agent: "npm" },
        whileRunning: async (child) => {
          await until(() => asked.size === 2, "two pages under way");
          process.kill(-child.pid, signal);
          // As npx does.
          process.kill(child.pid, signal);
        },
      });
      assert.equal(code, exitCode, text);
      assert.deepEqual([report.failed, report.signal], [0, signal]);
      assert.ok(report.ok >= 2 && report.notDone > 0, text);
      assert.equal(report.ok + report.notDone, many().length);
      // No page was begun and not finished, and none begun afterwards.
      assert.equal(asked.size, report.ok);
      assert.match(stdout, new RegExp(`^${signal}: the pages under way are finished`, "m"));
      assert.match(stdout, /^ *ok +failed +not done/m);
    });
  }

  test("a second Ctrl-C stops at once, however soon it comes, with the report written", async () => {
    asked.clear();
    let end;
    const { code, report, text } = await render([...urls("/never", "/slow"), "-w", "1"], {
      whileRunning: async (child) => {
        await until(() => asked.has("/never"), "the page under way");
        let shown = "";
        child.stdout.on("data", (data) => {
          shown += data;
        });
        process.kill(-child.pid, "SIGINT");
        await until(() => shown.includes("once more stops at once"), "word of the first");
        // Sooner it could be the first one, passed on.
        await sleep(300);
        process.kill(-child.pid, "SIGINT");
        end = Date.now();
      },
    });
    assert.equal(code, 130, text);
    // The page's own time would have been 30 s.
    assert.ok(Date.now() - end < 10_000);
    assert.deepEqual([report.notDone, report.signal], [2, "SIGINT"]);
  });

  test("one ends the doctor, and nothing stays", async () => {
    const temporary = folder();
    const files = () => fs.readdirSync(temporary);
    const { code, text } = await cli(["doctor"], {
      env: { TMPDIR: temporary },
      whileRunning: async (child) => {
        await until(() => files().some((name) => name.startsWith("phantom-cluster-doctor-")), "the page's check");
        process.kill(-child.pid, "SIGINT");
      },
    });
    // It may have been done already.
    assert.ok(code === 130 || code === 0, text);
    assert.deepEqual(files(), []);
  });
});

test("on a terminal there is a bar, with the failures above it", () => {
  let text = "";
  const note = (what) => () => {
    text += what;
  };
  const stream = {
    isTTY: true,
    columns: 80,
    write: (part) => note(part)(),
    cursorTo: note("\r"),
    clearLine: note("\x1b[K"),
  };
  const progress = showProgress(2, stream);
  progress.page({ ...newPage("http://h/1"), state: "failed", reason: "two\n\x1b[2Jlines" });
  progress.note("a note");
  progress.page({ ...newPage("http://h/2"), state: "ok" });
  progress.end();
  const shown = text.split(/\r|\n/);
  assert.equal(shown[1], "[----------------------------------------] 0/2  0 failed\x1b[K\x1b[K");
  assert.ok(shown.includes("failed - - http://h/1: two [2Jlines"), text);
  assert.ok(shown.includes("a note"));
  assert.match(text, /\[={20}-{20}\] 1\/2 {2}1 failed {2}\d+ s left/);
  assert.ok(!text.includes("http://h/2"));
  // The bar is gone at the end.
  assert.ok(text.endsWith("\x1b[K\r"));
});

test("on a terminal the estimate of the time left counts down between two pages", { skip: noTerminal }, async () => {
  const command = `stty cols 100; exec "${process.execPath}" "${MAIN}" render ${urls("/slow?1", "/slow?2", "/slow?3").join(" ")} -w 1 -f text`;
  // Fails unless it ends with 0.
  const { stdout } = await execute("script", ["-qec", command, "/dev/null"], { cwd: folder(), timeout: DEADLINE });
  const estimates = [...stdout.matchAll(/ 1\/3 {2}0 failed {2}(\d+) s left/g)].map(([, left]) => Number(left));
  assert.ok(new Set(estimates).size > 1, stdout);
  assert.deepEqual(
    estimates,
    estimates.toSorted((a, b) => b - a),
    stdout,
  );
  // Nothing is known before the first page, and nothing is left after the last.
  assert.doesNotMatch(stdout, / 0\/3 {2}0 failed {2}\d/);
  assert.match(stdout, /3 files in /);
});
