// Pop-ups. facts.mjs says what a fact is.

import assert from "node:assert/strict";
import { until } from "../../helpers.mjs";
import { ifClosed, read } from "../methods/checks.mjs";

const NAMES = ["A", "B", "C"];

/** Opens three pop-ups, and gives them as `onPageCreated` gave them. */
async function openThree(page, addressOf = (name) => `data:text/html,<title>${name}</title>`) {
  const created = [];
  await page.set("onPageCreated", (child) => created.push(child));
  const opening = NAMES.map((name) => `w${name} = window.open('${addressOf(name)}', '${name}')`);
  await read(page, `!!(${opening.join(", ")})`);
  await until(() => created.length === NAMES.length, "the pop-ups");
  return created;
}

/** Closes the page; its pop-ups stay. */
async function outlives(page, addressOf) {
  const created = await openThree(page, addressOf);
  const closed = [];
  await Promise.all(created.map((child) => child.set("onClosing", () => closed.push(child))));
  assert.deepEqual([await page.get("pages"), await namesOf(page)], [[], []]);
  await page.close();
  const titles = () => Promise.all(created.map((child) => child.get("title")));
  await until(async () => (await titles()).join() === NAMES.join(), "the titles of the pop-ups");
  assert.deepEqual(closed, []);
  await Promise.all(created.map((child) => child.close().catch(ifClosed)));
}

const namesOf = (page) => page.get("pagesWindowName");
const closesTo = (page, names) =>
  until(async () => (await namesOf(page)).join() === names.join(), `the end of all pop-ups but ${names}`);

export const facts = [
  {
    of: ["subwindows"],
    fact: "pages and pagesWindowName have the pop-ups in their order, without those that closed",
    check: async ({ page }) => {
      await openThree(page);
      assert.deepEqual([(await page.get("pages")).length, await namesOf(page)], [3, NAMES]);
      await read(page, "wA.close()");
      await closesTo(page, ["B", "C"]);
      const other = await page.getPage("B");
      await other.close();
      assert.deepEqual([(await page.get("pages")).length, await namesOf(page)], [1, ["C"]]);
    },
  },
  {
    of: ["subwindows"],
    fact: "onClosing comes for each page that closes, whoever closes it, with that page",
    check: async ({ page }) => {
      const closed = [];
      const note = (child) => child.set("onClosing", (closing) => closed.push(closing));
      const [first, second, third] = await openThree(page);
      await Promise.all([page, first, second, third].map(note));
      await read(page, "wA.close()");
      await until(() => closed.length === 1, "onClosing of the first");
      await second.close();
      await page.close();
      await until(() => closed.length === 4, "onClosing of all");
      assert.deepEqual(closed.slice(0, 2), [first, second]);
      assert.ok(closed.includes(third) && closed.includes(page));
    },
  },
  {
    of: ["subwindows"],
    fact: "without ownsPages pop-ups are not the page's, and outlive it",
    prepare: ({ page }) => page.set("ownsPages", false),
    check: ({ page }) => outlives(page),
    differs: {
      chromium: {
        how: "a script opens no window of a data: address, which stays empty; other pop-ups are the same",
        check: ({ page, url }) => outlives(page, (name) => `${url}/titled?${name}`),
      },
    },
  },
];
