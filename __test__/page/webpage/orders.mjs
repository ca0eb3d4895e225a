// The order of a page's events in each kind of load, as PhantomJS has it.

import assert from "node:assert/strict";
import { click, opens, read } from "../methods/checks.mjs";

export const PAGES = {
  "/": "<title>start</title><p>text</p>",
  "/two": "<title>two</title>",
  "/speaks": "<title>speaks</title><script>console.log('one', 2); alert('hi'); throw new Error('boo');</script>",
  "/moved": (_request, response) => response.writeHead(302, { location: "/two" }).end(),
  "/later": "<title>later</title><script>onload = function () { location = '/two'; };</script>",
  "/outer": "<title>outer</title><iframe src='/inner'></iframe>",
  "/inner": "<title>inner</title><script>console.log('inner');</script>",
  "/missing": (_request, response) => response.writeHead(404, { "content-type": "text/html" }).end("none"),
  "/lacks": "<title>lacks</title><img src='/missing'>",
  "/never": () => {},
  "/opener": "<title>opener</title><script>function go() { window.open('/two', 'kid'); }</script>",
  "/link": "<title>link</title><a id=a href='/two'>two</a>",
  "/form": "<title>form</title><form id=f method=post action='/two'><input name=a value=1></form>",
};

const RECEIVED = (address, status = 200) => [
  `onResourceReceived: start ${status} ${address}`,
  `onResourceReceived: end ${status} ${address}`,
];

/** The events of a load that goes well, with those between and those behind them. */
export const load = (address, { type = "Other", method = "GET", inside = [], last = [] } = {}) => [
  `onNavigationRequested: ${address} ${type}`,
  `onResourceRequested: ${method} ${address}`,
  "onLoadStarted",
  ...RECEIVED(address),
  `onUrlChanged: ${address}`,
  ...inside,
  "onInitialized",
  ...last,
  "onLoadFinished: success",
];

/** The events of an image that is missing, and of a frame. */
const LACKING = [
  "onResourceRequested: GET /missing",
  "onResourceReceived: start 404 /missing",
  "onResourceError: 203 /missing",
  "onResourceReceived: end 404 /missing",
];
const FRAME = [
  "onNavigationRequested: /inner Other in a frame",
  "onResourceRequested: GET /inner",
  ...RECEIVED("/inner"),
  "onConsoleMessage: inner",
];

const AT_ONCE = "onInitialized comes as soon as there is a document; on PhantomJS as late as its first script";

/**
 * Each: `what` happens, `before` somebody listens and in `act`, and the events in their `order`, or in any where that
 * `isLoose`. `differs` as of a row (../methods/rows.mjs).
 */
export const ORDERS = [
  { what: "open()", act: opens("/"), order: load("/") },
  { what: "a second open()", before: opens("/"), act: opens("/two"), order: load("/two") },
  {
    what: "a page that speaks and throws",
    act: opens("/speaks"),
    order: load("/speaks", { last: ["onConsoleMessage: one 2", "onAlert: hi", "onError: Error: boo"] }),
  },
  {
    what: "a redirect",
    act: opens("/moved"),
    order: [
      "onNavigationRequested: /moved Other",
      "onResourceRequested: GET /moved",
      "onLoadStarted",
      "onResourceReceived: end 302 /moved",
      ...load("/two").filter((event) => event !== "onLoadStarted"),
    ],
  },
  {
    what: "an answer that is an error",
    act: opens("/missing"),
    order: [
      "onNavigationRequested: /missing Other",
      "onResourceRequested: GET /missing",
      "onLoadStarted",
      "onResourceReceived: start 404 /missing",
      "onResourceError: 203 /missing",
      "onResourceReceived: end 404 /missing",
      "onUrlChanged: /missing",
      "onInitialized",
      "onLoadFinished: success",
    ],
    differs: {
      chromium: {
        how: "The end of an answer whose length nobody has said is told behind onUrlChanged and onInitialized",
        order: [
          "onNavigationRequested: /missing Other",
          "onResourceRequested: GET /missing",
          "onLoadStarted",
          "onResourceReceived: start 404 /missing",
          "onUrlChanged: /missing",
          "onInitialized",
          "onResourceError: 203 /missing",
          "onResourceReceived: end 404 /missing",
          "onLoadFinished: success",
        ],
      },
    },
  },
  {
    what: "a part that is missing",
    act: opens("/lacks"),
    order: load("/lacks", { inside: LACKING }),
    // Its request leaves before the document is there.
    differs: {
      chromium: { how: AT_ONCE, order: load("/lacks", { inside: LACKING.slice(0, 1), last: LACKING.slice(1) }) },
    },
  },
  {
    what: "a frame",
    act: opens("/outer"),
    order: load("/outer", { inside: FRAME }),
    differs: { chromium: { how: AT_ONCE, order: load("/outer", { last: FRAME }) } },
  },
  {
    what: "a frame that goes elsewhere",
    before: opens("/outer"),
    act: ({ page }) => read(page, "void (frames[0].location = '/two')"),
    order: [
      "onNavigationRequested: /two Other in a frame",
      "onResourceRequested: GET /two",
      "onLoadStarted",
      ...RECEIVED("/two"),
      "onLoadFinished: success",
    ],
  },
  {
    what: "a page that goes elsewhere when it is loaded",
    act: opens("/later"),
    order: [
      ...load("/later").slice(0, -1),
      "onNavigationRequested: /two Other",
      "onResourceRequested: GET /two",
      "onLoadFinished: success",
      "onLoadStarted",
      ...RECEIVED("/two"),
      "onUrlChanged: /two",
      "onInitialized",
      "onLoadFinished: success",
    ],
    differs: {
      chromium: {
        how: "onInitialized may come before what is told of the answer",
        isLoose: true,
      },
    },
  },
  {
    what: "a link",
    before: opens("/link"),
    act: ({ page }) => click(page, "a"),
    order: load("/two", { type: "LinkClicked" }),
  },
  {
    what: "a form",
    before: opens("/form"),
    act: ({ page }) => read(page, "document.getElementById('f').submit()"),
    order: load("/two", { type: "FormSubmitted", method: "POST" }),
  },
  {
    what: "goBack()",
    before: async (context) => {
      await opens("/")(context);
      await opens("/two")(context);
    },
    act: ({ page }) => page.goBack(),
    order: load("/", { type: "BackOrForward" }),
  },
  {
    what: "reload()",
    before: opens("/"),
    act: ({ page }) => page.reload(),
    order: load("/", { type: "Reload" }),
  },
  {
    what: "a script that sets a fragment",
    before: opens("/"),
    act: ({ page }) => read(page, "void (location.hash = 'part')"),
    order: ["onNavigationRequested: /#part Other", "onUrlChanged: /#part", "onUrlChanged: /#part"],
  },
  {
    what: "open() of another fragment",
    before: opens("/"),
    act: opens("/#part"),
    order: ["onNavigationRequested: /#part Other", "onUrlChanged: /#part", "onUrlChanged: /#part"],
  },
  {
    what: "history.pushState()",
    before: opens("/"),
    act: ({ page }) => read(page, "history.pushState(1, '', '/pushed')"),
    order: ["onUrlChanged: /pushed"],
  },
  {
    what: "setContent() with an address",
    act: ({ page, url }) => page.setContent("<title>set</title>", `${url}/set`),
    order: [
      "onNavigationRequested: /set Other",
      "onUrlChanged: /set",
      "onLoadStarted",
      "onInitialized",
      "onLoadFinished: success",
    ],
  },
  {
    what: "stop() of a load",
    act: async ({ page, url }) => {
      const opening = page.open(`${url}/never`);
      await page.stop();
      assert.equal(await opening, "fail");
    },
    order: [
      "onNavigationRequested: /never Other",
      "onResourceRequested: GET /never",
      "onResourceError: 5 /never",
      "onResourceReceived: end null /never",
      "onLoadStarted",
      "onLoadFinished: fail",
      "onInitialized",
    ],
    differs: {
      chromium: {
        how: "The end of the request is told before or behind that of the load, and no onInitialized comes",
        isLoose: true,
        order: [
          "onNavigationRequested: /never Other",
          "onResourceRequested: GET /never",
          "onLoadStarted",
          "onLoadFinished: fail",
          "onResourceError: 5 /never",
          "onResourceReceived: end null /never",
        ],
      },
    },
  },
  {
    what: "a request of a script",
    before: opens("/"),
    act: ({ page }) =>
      read(page, "(function () { var x = new XMLHttpRequest(); x.open('GET', '/two', false); x.send(); })()"),
    order: ["onResourceRequested: GET /two"],
    differs: {
      chromium: {
        how: "onResourceReceived comes for a request that a script waits for, too",
        order: ["onResourceRequested: GET /two", ...RECEIVED("/two")],
      },
    },
  },
];
