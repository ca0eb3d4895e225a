// `render` of files: what of its arguments is a path, and what a host.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { cli, folder, html, render } from "./helpers.mjs";

let cwd;
before(() => {
  cwd = folder();
  const names = ["page.html", "a b.html", "100%25.html", "ha#sh.html", "q?x.html", "ü.html", "docs/in.html"];
  fs.mkdirSync(path.join(cwd, "docs"));
  fs.mkdirSync(path.join(cwd, "127.0.0.1"));
  for (const name of names) {
    fs.writeFileSync(path.join(cwd, name), html(`<title>${name}</title>${name}`));
  }
});

const urlOf = (name) => pathToFileURL(path.join(cwd, name)).href;

describe("a file", () => {
  test("is rendered by its path, whatever is in its name", async () => {
    const expected = [
      ["./page.html", "page.html"],
      ["a b.html", "a b.html"],
      ["./100%25.html", "100%25.html"],
      ["ha#sh.html", "ha#sh.html"],
      ["./q?x.html", "q?x.html"],
      ["ü.html", "ü.html"],
      ["docs/in.html", "docs/in.html"],
      ["docs/../docs/./in.html", "docs/in.html"],
      [path.join(cwd, "page.html"), "page.html"],
      [`../${path.basename(cwd)}/page.html`, "page.html"],
      ["file:docs/in.html", "docs/in.html"],
      [urlOf("page.html").replace("file:///", "file://localhost/"), "page.html"],
    ];
    const { code, report, text } = await render([...expected.map(([given]) => given), "-f", "text"], { cwd });
    assert.equal(code, 0, text);
    // Each once, by its address.
    const names = [...new Set(expected.map(([, name]) => name))];
    assert.deepEqual(
      report.pages.map(({ url, title }) => [url, title]),
      names.map((name) => [urlOf(name), name]),
    );
  });

  test("may have a query and a fragment, and gets a short name", async () => {
    const { code, report, files, text } = await render(["./page.html?x=1#top", "docs/in.html"], { cwd });
    assert.equal(code, 0, text);
    assert.deepEqual(
      report.pages.map(({ url }) => url),
      [`${urlOf("page.html")}?x=1#top`, urlOf("docs/in.html")],
    );
    assert.deepEqual(files, ["docs-in.html.png", "page.html-x=1-top.png"]);
  });

  test("is found from a list", async () => {
    const list = path.join(folder(), "list.txt");
    fs.writeFileSync(list, "./page.html  # the first\ndocs/in.html\n");
    const { code, report, text } = await render(["-i", list, "-f", "text"], { cwd });
    assert.equal(code, 0, text);
    assert.equal(report.ok, 2);
  });
});

describe("what is neither a file nor a host", () => {
  const cases = [
    [".", /"\." is a directory: name a page in it\n$/],
    ["..", /"\.\." is a directory: name a page in it\n$/],
    ["./docs", /"\.\/docs" is a directory: name a page in it\n$/],
    ["docs", /"docs" is a directory: name a page in it, or write http:\/\/docs for a host of that name\n$/],
    ["./127.0.0.1", /"\.\/127\.0\.0\.1" is a directory/],
    ["./nowhere.html", /there is no file "\.\/nowhere\.html" that can be read\n$/],
    ["/nowhere/page.html", /there is no file "\/nowhere\/page\.html" that can be read\n$/],
    ["...", /"\.\.\." has no host that there can be: "\.\.\."\n$/],
    [".hidden", /"\.hidden" has no host/],
    ["http://./", /"http:\/\/\.\/" has no host that there can be: "\."\n$/],
    ["https://../page", /has no host that there can be: "\.\."\n$/],
    ["http://a..b/", /has no host that there can be: "a\.\.b"\n$/],
    ["file://page.html", /names the host "page\.html": a file's URL has three slashes, file:\/\/\/\n$/],
    ["file:///", /"file:\/\/\/" is a directory/],
  ];
  test("is said in one line, with exit code 2", async () => {
    const results = await Promise.all(cases.map(([given]) => cli(["render", given], { cwd })));
    for (const [i, { code, stdout, stderr, text }] of results.entries()) {
      assert.equal(code, 2, text);
      assert.match(stderr, /^phantom-cluster: [^\n]+\n$/);
      assert.match(stderr, cases[i][1]);
      assert.equal(stdout, "");
    }
  });

  test("a directory with the name of a site leaves the site its name; so does what is too long for a file", async () => {
    // Nobody listens there: what counts is the address.
    const long = `127.0.0.1:1/${"a".repeat(5_000)}`;
    const { report, text } = await render(["127.0.0.1", long, "-t", "5000"], { cwd });
    assert.deepEqual(
      report?.pages.map(({ url }) => url),
      ["http://127.0.0.1/", `http://${long}`],
      text,
    );
  });
});
