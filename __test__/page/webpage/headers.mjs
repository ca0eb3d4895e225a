// Headers of requests. facts.mjs says what a fact is.

import assert from "node:assert/strict";
import { bodyOf, read } from "../methods/checks.mjs";
import { requested } from "../methods/site.mjs";

const OWN = { "Custom-Key": "Custom-Value", "User-Agent": "Overriden-UA", Referer: "http://referer.test/" };

/** A function in onResourceRequested that sets the header; null removes it. */
const setsHeader = (value) =>
  `function (_data, request) { request.setHeader("CustomHeader", ${JSON.stringify(value)}); }`;

/** The header as it came to the site, when `customHeaders` are these and a function sets it. */
const headerWith = async ({ page, url }, customHeaders, value) => {
  await page.set("customHeaders", customHeaders);
  await page.on("onResourceRequested", true, setsHeader(value));
  assert.equal(await page.open(`${url}/echo`), "success");
  return (await bodyOf(page)).customheader;
};

export const facts = [
  {
    of: ["add-header"],
    fact: "request.setHeader() adds a header",
    check: async (context) => {
      assert.deepEqual(await context.page.get("customHeaders"), {});
      assert.equal(await headerWith(context, {}, "CustomValue"), "CustomValue");
    },
  },
  {
    of: ["modify-header"],
    fact: "request.setHeader() goes before customHeaders",
    check: async (context) => assert.equal(await headerWith(context, { CustomHeader: "one" }, "other"), "other"),
  },
  {
    of: ["remove-header"],
    fact: "request.setHeader(name, null) takes a header of customHeaders away",
    check: async (context) => assert.equal(await headerWith(context, { CustomHeader: "one" }, null), undefined),
  },
  {
    of: ["custom-headers"],
    fact: "customHeaders go with the page's request, User-Agent and Referer too",
    check: async ({ page, url }) => {
      await page.set("customHeaders", OWN);
      assert.equal(await page.open(`${url}/echo`), "success");
      const sent = await bodyOf(page);
      for (const [name, value] of Object.entries(OWN)) {
        assert.equal(sent[name.toLowerCase()], value, name);
      }
    },
  },
  {
    of: ["custom-headers-referer"],
    fact: "customHeaders go with each other request of the page",
    check: async ({ page, url }) => {
      await page.set("customHeaders", OWN);
      assert.equal(await page.open(`${url}/echoes`), "success");
      const [{ headers }] = requested("/echo");
      for (const [name, value] of Object.entries(OWN)) {
        assert.equal(headers[name.toLowerCase()], value, name);
      }
    },
  },
  {
    of: ["custom-referrer"],
    fact: "a Referer of customHeaders is no document.referrer",
    check: async ({ page, url }) => {
      await page.set("customHeaders", OWN);
      await page.open(`${url}/`);
      assert.equal(await read(page, "document.referrer"), "");
    },
  },
];
