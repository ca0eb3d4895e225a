// --cookies-file: what pages keep from one start of a browser to the next.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { browser, onChromium, onEachBrowser, site, until } from "../helpers.mjs";

let pages;
let folder;
before(async () => {
  pages = await site({
    "/set": (_request, response) => {
      response.setHeader("set-cookie", [
        "kept=1; Max-Age=3600; HttpOnly",
        'odd="é; Max-Age=3600; Path=/deep',
        "session=1",
        "over=1; Max-Age=1",
      ]);
      response.end("<title>set</title>");
    },
    "/echo": (request, response) => response.end(`<body>${request.headers.cookie ?? ""}</body>`),
  });
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "pc-cookies-"));
});
after(async () => {
  await pages.close();
  fs.rmSync(folder, { recursive: true });
});

/** Runs `body` with a browser that keeps its cookies in `file`. */
async function withFile(options, file, body) {
  const started = await browser({ ...options, phantomArguments: [`--cookies-file=${file}`] });
  try {
    return await body(started.ph);
  } finally {
    await started.close();
  }
}

async function fill(ph) {
  const page = await ph.createPage();
  assert.equal(await page.open(`${pages.url}/set`), "success");
}

/** The names of the cookies that there are, and what a request carries. */
async function look(ph) {
  const page = await ph.createPage();
  assert.equal(await page.open(`${pages.url}/echo`), "success");
  const names = (await ph.getCookies()).map(({ name }) => name).sort();
  return { names, sent: await page.get("plainText") };
}

const KEPT = { names: ["kept", "odd"], sent: "kept=1" };

onEachBrowser((options, name) => {
  test("cookies outlast the browser, but for those of its session", async () => {
    const file = path.join(folder, `${name}.txt`);
    await withFile(options, file, fill);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.deepEqual(await withFile(options, file, look), KEPT);
    assert.deepEqual(await withFile(options, file, look), KEPT, "and once more");
    assert.deepEqual(
      fs.readdirSync(folder).filter((entry) => entry.startsWith(name)),
      [`${name}.txt`],
    );
  });

  test("what was added counts, and what was cleared is gone", async () => {
    const file = path.join(folder, `${name}-added.txt`);
    const expiry = Date.now() + 3_600_000;
    await withFile(options, file, (ph) =>
      ph.addCookie({ name: "a", value: "1", domain: "127.0.0.1", expires: expiry }),
    );
    await withFile(options, file, async (ph) => {
      assert.deepEqual((await look(ph)).names, ["a"]);
      await ph.clearCookies();
    });
    assert.deepEqual((await withFile(options, file, look)).names, []);
  });

  test("they are there after a kill, too", async () => {
    const file = path.join(folder, `${name}-killed.txt`);
    await withFile(options, file, async (ph) => {
      await fill(ph);
      await until(() => fs.existsSync(file) && /kept=1/.test(fs.readFileSync(file, "latin1")), "the file");
      process.kill(ph.process.pid, "SIGKILL");
    });
    assert.ok((await withFile(options, file, look)).names.includes("kept"));
  });
});

test("a file of PhantomJS's serves Chromium, and back", onChromium({ timeout: 60_000 }), async () => {
  const file = path.join(folder, "both.txt");
  const chromium = { browser: "chromium" };
  await withFile({}, file, fill);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert.deepEqual(await withFile(chromium, file, look), KEPT);
  assert.deepEqual(await withFile({}, file, look), KEPT);
});

test("a file that nobody understands has no cookies", onChromium(), async () => {
  const file = path.join(folder, "other.txt");
  fs.writeFileSync(file, "no cookies\0");
  assert.deepEqual((await withFile({ browser: "chromium" }, file, look)).names, []);
});
