// What the rows share.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { until } from "../../helpers.mjs";

export const PNG = "89504e470d0a1a0a";
export const PDF = "25504446";
export const LATE = 1_000;

/** The value of an expression in the page. */
export const read = (page, expression) => page.evaluate(`function () { return ${expression}; }`);
export const bodyOf = async (page) => JSON.parse(await page.get("plainText"));
export const namesOf = (cookies) => cookies.map(({ name, value }) => `${name}=${value}`).sort();
export const filesOf = (page, id) =>
  read(page, `[].map.call(document.getElementById('${id}').files, function (file) { return file.name; })`);
export const click = (page, id) => read(page, `document.getElementById('${id}').click()`);
export const magicOf = (bytes, magic) => bytes.subarray(0, magic.length / 2).toString("hex");
export const arrivesAt = (page, title) => until(async () => (await page.get("title")) === title, `the page "${title}"`);

/** Width and height of the picture of the page. */
export async function picture(page) {
  const bytes = Buffer.from(await page.renderBase64("PNG"), "base64");
  assert.equal(magicOf(bytes, PNG), PNG);
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

/** The PDF of the page as text: what describes the paper is not packed. */
export async function paper(page, folder) {
  const file = path.join(folder, "paper.pdf");
  assert.equal(await page.render(file), true);
  return fs.readFileSync(file, "latin1");
}

/** Through XMLHttpRequest: the text, or "refused". */
export const fetched = (page, url) =>
  page.evaluate(
    "function (url) { try { var x = new XMLHttpRequest(); x.open('GET', url, false); x.send(); " +
      "return x.responseText; } catch (error) { return 'refused'; } }",
    url,
  );

export const ifClosed = (error) => assert.equal(error.code, "ERR_PAGE_CLOSED");

export const COOKIE = { name: "c", value: "1", domain: "127.0.0.1", path: "/" };
export const TWICE = "function (number) { return number * 2; }";
export const twoPages = async ({ page, url }) => {
  await page.open(`${url}/`);
  await page.open(`${url}/two`);
};
export const scriptIn = (folder) => {
  const file = path.join(folder, "injected.js");
  fs.writeFileSync(file, "this.injected = 'é';");
  return file;
};

/**
 * A row of `page.onX(listener)`: `fire` makes the event happen, `expected` is what the listener gets. Where a browser
 * differs, these may too.
 */
export function eventRow(name, { fire, expected, differs = {}, ...rest }) {
  const own = Object.entries(differs).map(([browser, given]) => [
    browser,
    typeof given === "string" ? given : { ...given, check: checkEvent(name, { fire, expected, ...given }) },
  ]);
  return {
    on: "page",
    name,
    form: "listener",
    // It returns nothing: an answer from Node would be warned of.
    args: ({ heard }) => [(...args) => void heard.push(args)],
    check: checkEvent(name, { fire, expected }),
    differs: Object.fromEntries(own),
    ...rest,
  };
}

function checkEvent(name, { fire, expected }) {
  return async (value, context) => {
    assert.equal(value ?? null, null);
    await fire(context);
    await until(() => context.heard.length > 0, name);
    const [first] = context.heard;
    if (typeof expected === "function") {
      await expected(first, context);
    } else {
      assert.deepEqual(first, expected);
    }
    const count = context.heard.length;
    await context.page[name](null).catch(ifClosed);
    await fire(context).catch(ifClosed);
    assert.equal(context.heard.length, count, "null removes the listener");
  };
}

export const opens =
  (address) =>
  ({ page, url }) =>
    page.open(`${url}${address}`);

/** A row of a setting of a page. */
export const setting = (name, row) => ({ name: `settings.${name}`, ...row });
