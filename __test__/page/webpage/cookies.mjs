// Cookies. facts.mjs says what a fact is.

import assert from "node:assert/strict";
import { bodyOf, namesOf } from "../methods/checks.mjs";

const HOUR = 3_600_000;
const PAST = Date.UTC(2000, 0, 1);
const domain = "127.0.0.1";

/** The cookies that a request carries. */
async function sentTo({ page, url }) {
  assert.equal(await page.open(`${url}/echo`), "success");
  return (await bodyOf(page)).cookie?.split("; ").sort();
}

const expired = (field, time) => ({ name: "late", value: "1", domain, [field]: time });

/** Cookies that no request to the site carries: what they are, and how many are kept. */
const UNFIT = {
  "of another host": { cookie: { name: "far", value: "1", domain: "foo.example" }, kept: 1 },
  "of another path": { cookie: { name: "deep", value: "1", domain, path: "/bar" }, kept: 1 },
  "for https alone": {
    cookie: { name: "safe", value: "1", domain, secure: true },
    kept: 1,
    differs: {
      chromium: {
        how: "it goes to this machine itself (localhost, 127.0.0.1) without https, too",
        check: async (context) => {
          await context.page.set("cookies", [UNFIT["for https alone"].cookie]);
          assert.deepEqual(await sentTo(context), ["safe=1"]);
        },
      },
    },
  },
  "that expired, as text": { cookie: expired("expires", "Sat, 01 Jan 2000 00:00:00 GMT"), kept: 0 },
  "that expired, in milliseconds": { cookie: expired("expires", PAST), kept: 0 },
  "that expired, in milliseconds as expiry": { cookie: expired("expiry", PAST), kept: 0 },
};

export const facts = [
  {
    of: ["cookies"],
    fact: "page.cookies sets several, which requests carry until an empty list takes them away",
    at: "/",
    check: async (context) => {
      const { page } = context;
      await page.set("cookies", [
        { name: "a", value: "1", domain, path: "/", httponly: true, secure: false },
        { name: "b", value: "2", domain, path: "/", httponly: true, secure: false, expires: Date.now() + HOUR },
      ]);
      assert.deepEqual(await sentTo(context), ["a=1", "b=2"]);
      const [first, second] = (await page.get("cookies")).sort((one, other) => one.name.localeCompare(other.name));
      assert.deepEqual(first, { name: "a", value: "1", domain, path: "/", httponly: true, secure: false });
      assert.ok(second.expiry * 1000 > Date.now() && second.expiry * 1000 <= Date.now() + HOUR, `${second.expiry}`);
      assert.equal(Date.parse(second.expires), second.expiry * 1000);
      await page.set("cookies", []);
      assert.equal(await sentTo(context), undefined);
    },
  },
  {
    of: ["cookies"],
    fact: "addCookie() before the first load counts for it, and deleteCookie() ends that",
    check: async (context) => {
      assert.equal(await context.page.addCookie({ name: "added", value: "1", domain }), true);
      assert.deepEqual(await sentTo(context), ["added=1"]);
      assert.equal(await context.page.deleteCookie("added"), true);
      assert.equal(await sentTo(context), undefined);
    },
  },
  ...Object.entries(UNFIT).map(([what, { cookie, kept, differs }]) => ({
    of: ["cookies"],
    differs,
    fact: `a cookie ${what} goes with no request; ${kept ? "it is kept" : "it is not kept"}`,
    check: async (context) => {
      await context.page.set("cookies", [cookie]);
      assert.equal(await sentTo(context), undefined);
      assert.equal(namesOf(await context.ph.getCookies()).length, kept);
    },
  })),
];
