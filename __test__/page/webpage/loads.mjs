// Loads, and what is known of them. facts.mjs says what a fact is.

import assert from "node:assert/strict";
import fs from "node:fs";
import https from "node:https";
import { until } from "../../helpers.mjs";
import { read } from "../methods/checks.mjs";

const fixture = (name) => fs.readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));

/** Serves https with a certificate that nobody signed but itself; gives its address to `body`. */
async function withHttps(body) {
  const options = { key: fixture("self-signed.key"), cert: fixture("self-signed.crt") };
  const server = https.createServer(options, (_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<title>secret</title>");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await body(`https://localhost:${server.address().port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Opens the address; gives the status and the resource errors. */
async function opened(page, address) {
  const errors = [];
  await page.set("onResourceError", (error) => errors.push(error));
  return { status: await page.open(address), errors };
}

const LOCAL = "file:///nonexistent";

export const facts = [
  {
    of: ["open"],
    fact: "open() of a page is a success, with its title and its text",
    check: async ({ page, url }) => {
      assert.equal(await page.open(`${url}/`), "success");
      assert.deepEqual([await page.get("title"), await page.get("plainText")], ["start", "text"]);
    },
  },
  {
    of: ["loading"],
    fact: "loading and loadingProgress: false and 0 on a new page, true while it loads, false and 100 behind that",
    check: async ({ page, url }) => {
      const progress = async () => [await page.get("loading"), await page.get("loadingProgress")];
      assert.deepEqual(await progress(), [false, 0]);
      const opening = page.open(`${url}/never`);
      const [isLoading, percent] = await progress();
      assert.equal(isLoading, true);
      assert.ok(percent > 0 && percent < 100, `${percent}`);
      await page.stop();
      await opening;
      assert.equal(await page.open(`${url}/`), "success");
      assert.deepEqual(await progress(), [false, 100]);
    },
  },
  {
    of: ["navigation"],
    fact: "a script's relative location leads there, and onLoadFinished tells of its end",
    at: "/",
    check: async ({ page, url }) => {
      const ended = [];
      await page.set("onLoadFinished", async (status) => ended.push([status, await page.get("url")]));
      await read(page, "void (window.location = 'two')");
      await until(() => ended.length > 0, "the end of the load");
      assert.deepEqual(ended, [["success", `${url}/two`]]);
      assert.equal(await page.get("title"), "two");
    },
  },
  {
    of: ["webpage-spec"],
    fact: "a page that wants a password: the load fails, and the answer was received with its status",
    check: async ({ page, url }) => {
      const received = [];
      await page.set("onResourceReceived", ({ status }) => received.push(status));
      assert.equal(await page.open(`${url}/private`), "fail");
      assert.ok(received.length > 0 && received.every((status) => status === 401), `${received}`);
    },
  },
  ...["onLoadStarted", "onLoadFinished"].map((name) => ({
    of: ["construction-with-options"],
    fact: `${name} is heard of about:blank, once open() is called`,
    check: async ({ page }) => {
      const heard = [];
      await page.set(name, (...args) => heard.push(args));
      assert.deepEqual(heard, []);
      assert.equal(await page.open("about:blank"), "success");
      assert.deepEqual(heard, [name === "onLoadFinished" ? ["success"] : []]);
    },
  })),
  {
    of: ["https-bad-cert"],
    fact: "a certificate that is not trusted: the load fails, and the error says that it is the handshake",
    check: ({ page }) =>
      withHttps(async (address) => {
        const { status, errors } = await opened(page, address);
        assert.equal(status, "fail");
        assert.deepEqual(
          errors.map(({ url, errorCode, errorString }) => [url, errorCode, errorString]),
          [[address, 6, "SSL handshake failed"]],
        );
      }),
  },
  {
    of: ["https-good-cert"],
    fact: "a certificate that --ssl-certificates-path names is trusted",
    options: {
      phantomArguments: [
        `--ssl-certificates-path=${new URL("../../fixtures/self-signed.crt", import.meta.url).pathname}`,
      ],
    },
    check: ({ page }) =>
      withHttps(async (address) => {
        assert.deepEqual(await opened(page, address), { status: "success", errors: [] });
        assert.equal(await page.get("title"), "secret");
      }),
    differs: {
      chromium: {
        how: "Chromium trusts what its own store has: the warning PHANTOM_CLUSTER_SWITCH_IGNORED says how to add to it",
        check: ({ page }) =>
          withHttps(async (address) => {
            const { status, errors } = await opened(page, address);
            assert.deepEqual([status, errors.map(({ errorCode }) => errorCode)], ["fail", [6]]);
          }),
      },
    },
  },
  {
    of: ["local-urls-enabled"],
    fact: "a local file that is not there: the load fails, with error 203",
    check: async ({ page }) => {
      const { status, errors } = await opened(page, LOCAL);
      assert.equal(status, "fail");
      assert.deepEqual(
        errors.map(({ url, errorCode }) => [url, errorCode]),
        [[LOCAL, 203]],
      );
      assert.match(errors[0].errorString, /^Error opening .*nonexistent:/);
    },
  },
  {
    of: ["local-urls-enabled-iframe"],
    fact: "the same in a frame, without web security: the page's own load is a success",
    prepare: ({ page }) => page.setting("webSecurityEnabled", false),
    check: async ({ page, url }) => {
      const { status, errors } = await opened(page, `${url}/local`);
      assert.equal(status, "success");
      assert.deepEqual(
        errors.map((error) => [error.url, error.errorCode]),
        [[LOCAL, 203]],
      );
    },
    differs: {
      chromium: {
        how: "a page of a site has no frames of files, and no error tells of one",
        check: async ({ page, url }) => {
          assert.deepEqual(await opened(page, `${url}/local`), { status: "success", errors: [] });
        },
      },
    },
  },
  {
    of: ["local-urls-disabled", "local-urls-disabled-iframe"],
    fact: "with --local-url-access=no there is no protocol of files: error 301, of a page and of a frame",
    options: { phantomArguments: ["--local-url-access=no", "--web-security=no"] },
    check: async ({ page, url }) => {
      for (const [address, expected] of [
        [LOCAL, "fail"],
        [`${url}/local`, "success"],
      ]) {
        const { status, errors } = await opened(page, address);
        assert.equal(status, expected);
        assert.deepEqual(
          errors.map((error) => [error.url, error.errorCode, error.errorString]),
          [[LOCAL, 301, 'Protocol "file" is unknown']],
        );
      }
    },
    differs: {
      chromium: {
        how: "of a page it is the same; a page of a site has no frames of files, and no error tells of one",
        check: async ({ page, url }) => {
          const { status, errors } = await opened(page, LOCAL);
          assert.deepEqual(
            [status, errors.map(({ url: address, errorCode, errorString }) => [address, errorCode, errorString])],
            ["fail", [[LOCAL, 301, 'Protocol "file" is unknown']]],
          );
          assert.deepEqual(await opened(page, `${url}/local`), { status: "success", errors: [] });
        },
      },
    },
  },
];
