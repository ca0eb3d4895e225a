// Requests and their events. facts.mjs says what a fact is.

import assert from "node:assert/strict";
import { bodyOf, LATE, read } from "../methods/checks.mjs";
import { requested } from "../methods/site.mjs";

const EVENTS = ["onResourceRequested", "onResourceReceived", "onResourceError", "onResourceTimeout"];

/** What is heard of requests, by event. */
async function heardOf(page) {
  const heard = Object.fromEntries(EVENTS.map((name) => [name, []]));
  await Promise.all(EVENTS.map((name) => page.on(name, (data) => heard[name].push(data))));
  return heard;
}

const stagesOf = (received, url) => received.filter((data) => data.url === url).map(({ stage }) => stage);

/** PhantomJS's function that does this to a request whose address has `part`. */
const inside = (part, action) => `function (data, request) { if (data.url.indexOf("${part}") > 0) { ${action} } }`;

const postsTo = async (page, data) => {
  const { method, body, "content-type": type } = await bodyOf(page);
  assert.deepEqual(
    [method, Buffer.from(body, "latin1").toString(), type],
    ["POST", data, "application/x-www-form-urlencoded"],
  );
};

export const facts = [
  {
    of: ["abort-network-request"],
    fact: "request.abort() is one onResourceError, with the request's id, and no onResourceReceived",
    prepare: ({ page }) => page.clearMemoryCache(),
    check: async ({ page, url }) => {
      const heard = await heardOf(page);
      await page.on("onResourceRequested", true, inside("logo", "request.abort();"));
      assert.equal(await page.open(`${url}/picture`), "success");
      const aborted = heard.onResourceRequested.filter((data) => data.url === `${url}/logo.png`);
      assert.equal(aborted.length, 1);
      assert.deepEqual(
        heard.onResourceError.map(({ id }) => id),
        [aborted[0].id],
      );
      assert.deepEqual(stagesOf(heard.onResourceReceived, `${url}/logo.png`), []);
      assert.deepEqual(requested("/logo.png"), []);
    },
  },
  {
    of: ["change-request-url"],
    fact: "request.changeUrl(): the answer comes from there, once, and the document says what it said",
    prepare: ({ page }) => page.clearMemoryCache(),
    check: async ({ page, url }) => {
      const heard = await heardOf(page);
      await page.on("onResourceRequested", true, inside("logo", `request.changeUrl("${url}/two");`));
      assert.equal(await page.open(`${url}/picture`), "success");
      assert.deepEqual(stagesOf(heard.onResourceReceived, `${url}/two`), ["start", "end"]);
      assert.match(await page.get("content"), /logo\.png/);
      assert.doesNotMatch(await page.get("content"), /two/);
    },
  },
  {
    of: ["change-request-encoded-url"],
    fact: "request.changeUrl() takes an encoded address as it is",
    check: async ({ page, url }) => {
      const address = `${url}/two?r%5B%5D=http%3A%2F%2Fwww.example.org%2Fcdn%2Fabv%3D927102467%2Fapps.js`;
      const heard = await heardOf(page);
      await page.on("onResourceRequested", true, inside("two", "request.changeUrl(data.url);"));
      assert.equal(await page.open(address), "success");
      assert.deepEqual(stagesOf(heard.onResourceReceived, address), ["start", "end"]);
    },
  },
  {
    of: ["postdata"],
    fact: "openUrl(url, { operation, data, encoding }) posts text as UTF-8",
    check: async ({ page, url }) => {
      const loaded = new Promise((resolve) => page.set("onLoadFinished", resolve));
      await page.openUrl(`${url}/echo`, { operation: "POST", data: "안녕", encoding: "utf8" }, {});
      assert.equal(await loaded, "success");
      await postsTo(page, "안녕");
    },
  },
  {
    of: ["postdata"],
    fact: "what is posted is onResourceRequested's postData",
    check: async ({ page, url }) => {
      const heard = await heardOf(page);
      assert.equal(await page.open(`${url}/echo`, "post", "ab=cd"), "success");
      await postsTo(page, "ab=cd");
      assert.deepEqual(
        heard.onResourceRequested.map(({ postData }) => postData),
        ["ab=cd"],
      );
    },
  },
  {
    of: ["http-response-encoding"],
    fact: "headers of an answer are read as UTF-8, its status text as Latin-1",
    check: async ({ page, url }) => {
      const heard = await heardOf(page);
      assert.equal(await page.open(`${url}/words`), "success");
      const [{ status, statusText, headers }] = heard.onResourceReceived;
      assert.equal(status, 200);
      assert.equal(Buffer.from(statusText, "latin1").toString(), "行");
      assert.equal(headers.find(({ name }) => name === "X-Word").value, "κουλουράκι");
    },
    differs: {
      chromium: {
        how: "a status text that is UTF-8 is read as that, so nothing needs to be decoded",
        check: async ({ page, url }) => {
          const heard = await heardOf(page);
          assert.equal(await page.open(`${url}/words`), "success");
          const [{ statusText, headers }] = heard.onResourceReceived;
          assert.equal(statusText, "行");
          assert.equal(headers.find(({ name }) => name === "X-Word").value, "κουλουράκι");
        },
      },
    },
  },
  {
    of: ["resource-received-error"],
    fact: "an answer that is an error is received as any other, and is one onResourceError",
    check: async ({ page, url }) => {
      const heard = await heardOf(page);
      assert.equal(await page.open(`${url}/bad`), "success");
      assert.deepEqual(stagesOf(heard.onResourceReceived, `${url}/bad`), ["start", "end"]);
      assert.deepEqual(
        heard.onResourceError.map((error) => [error.url, error.status]),
        [[`${url}/bad`, 400]],
      );
    },
  },
  {
    of: ["resource-request-error"],
    fact: "a part that is missing is an onResourceError with its status, and no failure of the page",
    check: async ({ page, url }) => {
      const heard = await heardOf(page);
      assert.equal(await page.open(`${url}/lacks`), "success");
      const [error, ...more] = heard.onResourceError;
      assert.deepEqual(more, []);
      const address = `${url}/missing.png`;
      assert.deepEqual(
        [error.url, error.status, error.statusText, error.errorCode],
        [address, 404, "File not found", 203],
      );
      assert.equal(error.errorString, `Error downloading ${address} - server replied: File not found`);
    },
  },
  ...[true, false].map((isOn) => ({
    of: [`load-images-${isOn ? "yes" : "no"}`],
    fact: `--load-images=${isOn ? "yes" : "no"}: ${isOn ? "each" : "no"} picture is asked for`,
    options: { phantomArguments: [`--load-images=${isOn}`] },
    check: async ({ page, url }) => {
      const heard = await heardOf(page);
      assert.equal(await page.open(`${url}/images`), "success");
      const pictures = (name, isWanted = () => true) =>
        heard[name].filter((data) => data.url.includes("/logo.png") && isWanted(data)).length;
      const count = isOn ? 2 : 0;
      assert.deepEqual(
        [pictures("onResourceRequested"), pictures("onResourceReceived", ({ stage }) => stage === "end")],
        [count, count],
      );
      assert.equal(await read(page, "document.images.length"), 2);
    },
  })),
  {
    of: ["url-encoding"],
    fact: "addresses that are encoded in no UTF-8 stay as they are: of the page, of frames, in all events",
    check: async ({ page, url }) => {
      const heard = await heardOf(page);
      const asked = [];
      await page.set("onNavigationRequested", (...args) => asked.push(args));
      assert.equal(await page.open(`${url}/jis`), "success");
      const there = `${url}/jis/%8F%91?%83y=%81[`;
      assert.equal(await page.get("url"), there);
      assert.deepEqual(asked, [
        [`${url}/jis`, "Other", true, true],
        [there, "Other", true, true],
      ]);
      assert.deepEqual(
        heard.onResourceRequested.map((data) => data.url),
        [`${url}/jis`, there],
      );
      assert.deepEqual(stagesOf(heard.onResourceReceived, there), ["start", "end"]);
      await page.open(`${url}/jis-frame`);
      await page.switchToFrame("jis");
      assert.equal(await page.get("frameUrl"), `${url}/jis/%8F%91?%98g`);
    },
  },
  {
    of: ["url-encoding"],
    fact: "a resource that is late is onResourceTimeout, then onResourceError, with the address as it is",
    prepare: ({ page }) => page.set("settings.resourceTimeout", LATE),
    check: async ({ page, url }) => {
      const heard = await heardOf(page);
      assert.equal(await page.open(`${url}/late`), "success");
      const address = `${url}/never?%89i%8Bv`;
      assert.deepEqual(
        ["onResourceTimeout", "onResourceError"].map((name) => heard[name].map((data) => data.url)),
        [[address], [address]],
      );
    },
  },
];
