// Cookies with the option isolate: each page has its own, and those of `ph` are for all.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { browser, onEachBrowser, site, until } from "../helpers.mjs";

onEachBrowser((options) => {
  let started;
  let ph;
  let pages;

  before(async () => {
    pages = await site({
      "/": (request, response) => {
        response.setHeader("cache-control", "no-store");
        response.setHeader("content-type", "text/html");
        response.end(`<title>${request.headers.cookie ?? ""}</title>`);
      },
      "/set": (_request, response) => {
        response.setHeader("set-cookie", ["own=1; path=/", "hidden=2; path=/; HttpOnly"]);
        response.end("set");
      },
    });
    started = await browser({ ...options, isolate: true });
    ph = started.ph;
  });
  after(async () => {
    await started.close();
    await pages.close();
  });
  beforeEach(() => ph.clearCookies());

  const names = (cookies) => cookies.map(({ name }) => name).sort();

  // PhantomJS sends one request for two pages that load the same address at the same time.
  let addresses = 0;

  /** The names of the cookies that the page sends. */
  async function sent(page) {
    addresses += 1;
    assert.equal(await page.open(`${pages.url}/?${addresses}`), "success");
    const title = await page.get("title");
    return title
      .split("; ")
      .map((pair) => pair.split("=")[0])
      .filter(Boolean)
      .sort();
  }

  /** A page that was there before, one that is made after `act`, and a pop-up of the first. */
  async function pagesAround(act) {
    const existing = await ph.createPage();
    let popup;
    await existing.on("onPageCreated", (child) => {
      popup = child;
    });
    await existing.open(pages.url);
    await existing.evaluate("function (url) { window.open(url); }", pages.url);
    await until(() => popup, "the pop-up");
    await act();
    const later = await ph.createPage();
    return { existing, later, popup };
  }

  async function closeAll(all) {
    await all.existing.close();
    await all.later.close();
  }

  const shared = (name) => ({ name, value: "1", domain: "127.0.0.1" });
  const WAYS = {
    "ph.addCookie(cookie)": () => ph.addCookie(shared("a")),
    "ph.addCookie(name, value, domain)": () => ph.addCookie("a", "1", "127.0.0.1"),
    'ph.set("cookies", …)': () => ph.set("cookies", [shared("a")]),
  };
  for (const [way, add] of Object.entries(WAYS)) {
    test(`${way} is for all pages: those that are there, later ones, pop-ups`, async () => {
      let answer;
      const all = await pagesAround(async () => {
        answer = await add();
      });
      assert.ok(answer === true || names(answer).includes("a"));
      for (const [which, page] of Object.entries(all)) {
        assert.deepEqual(await sent(page), ["a"], which);
      }
      assert.deepEqual(names(await ph.cookies()), ["a"]);
      await closeAll(all);
    });
  }

  test("a page's own cookies are not another's, and ph.cookies() has them all", async () => {
    await ph.addCookie(shared("a"));
    const [one, two] = [await ph.createPage(), await ph.createPage()];
    await one.open(`${pages.url}/set`);
    await two.addCookie(shared("b"));
    assert.deepEqual(await sent(one), ["a", "hidden", "own"]);
    assert.deepEqual(await sent(two), ["a", "b"]);
    for (const read of [
      () => ph.cookies(),
      () => ph.getCookies(),
      () => ph.get("cookies"),
      () => ph.property("cookies"),
    ]) {
      assert.deepEqual(names(await read()), ["a", "b", "hidden", "own"]);
    }
    await one.close();
    assert.deepEqual(names(await ph.cookies()), ["a", "b"]);
    await two.close();
  });

  test("ph.deleteCookie() and ph.clearCookies() act on all pages", async () => {
    const all = await pagesAround(() => ph.addCookie(shared("a")));
    await all.existing.open(`${pages.url}/set`);
    assert.equal(await ph.deleteCookie("own"), true);
    assert.equal(await ph.deleteCookie("own"), false);
    assert.deepEqual(await sent(all.existing), ["a", "hidden"]);
    assert.equal(await ph.deleteCookie("a"), true);
    assert.deepEqual(await sent(all.existing), ["hidden"]);
    assert.deepEqual(await sent(all.later), []);
    await all.later.addCookie(shared("b"));
    await ph.clearCookies();
    for (const page of Object.values(all)) {
      assert.deepEqual(await sent(page), []);
    }
    assert.deepEqual(await ph.cookies(), []);
    await closeAll(all);
  });

  test("a pop-up has the cookies of its opener", async () => {
    const all = await pagesAround(() => {});
    await all.existing.open(`${pages.url}/set`);
    assert.deepEqual(await sent(all.popup), ["hidden", "own"]);
    assert.deepEqual(await sent(all.later), []);
    await all.popup.addCookie(shared("b"));
    assert.deepEqual(await sent(all.existing), ["b", "hidden", "own"]);
    await closeAll(all);
  });

  test("cookies that are off are off for all pages", async () => {
    const all = await pagesAround(() => ph.addCookie(shared("a")));
    assert.equal(await ph.set("cookiesEnabled", false), false);
    const made = await ph.createPage();
    for (const page of [all.existing, all.later, made]) {
      assert.deepEqual(await sent(page), []);
    }
    assert.equal(await ph.set("cookiesEnabled", true), true);
    for (const page of [all.existing, all.later, made]) {
      assert.deepEqual(await sent(page), ["a"]);
    }
    await closeAll(all);
    await made.close();
  });

  test("without isolate pages share their cookies, as they did", async () => {
    const own = await browser(options);
    try {
      const [one, two] = [await own.ph.createPage(), await own.ph.createPage()];
      await one.open(`${pages.url}/set`);
      assert.deepEqual(await sent(two), ["hidden", "own"]);
      assert.deepEqual(names(await own.ph.cookies()), ["hidden", "own"]);
      await own.ph.clearCookies();
      assert.deepEqual(await sent(one), []);
      assert.equal(await own.ph.set("cookiesEnabled", false), false);
      await one.open(`${pages.url}/set`);
      assert.deepEqual(await sent(one), []);
    } finally {
      await own.close();
    }
  });
});
