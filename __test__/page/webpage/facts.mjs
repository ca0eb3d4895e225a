// What PhantomJS's own tests of its `webpage` module hold it to (github.com/ariya/phantomjs: test/module/webpage, and
// test/webpage-spec.js before that), in our words, through the bridge.
//
// A fact: `of`, the names of the files there that say it; `fact`, in a sentence; `at` and `prepare` as of a row
// (../methods/rows.mjs); `options`, those of a browser of its own; and `check(context)`. `differs` and `unsupported` as of
// a row: where a browser cannot, `check` is refused with ERR_UNSUPPORTED.

import { facts as content } from "./content.mjs";
import { facts as cookies } from "./cookies.mjs";
import { facts as dialogs } from "./dialogs.mjs";
import { facts as frames } from "./frames.mjs";
import { facts as headers } from "./headers.mjs";
import { facts as input } from "./input.mjs";
import { facts as loads } from "./loads.mjs";
import { facts as rendering } from "./rendering.mjs";
import { facts as requests } from "./requests.mjs";
import { facts as windows } from "./windows.mjs";

export const FACTS = [
  ...loads,
  ...content,
  ...headers,
  ...cookies,
  ...requests,
  ...dialogs,
  ...input,
  ...frames,
  ...windows,
  ...rendering,
];

/** What they say of later PhantomJS, and 2.1.1 does not have: file to the member. */
export const LATER = {
  bodysize: "captureContent",
  "capture-content": "captureContent",
  "device-pixel-ratio": "devicePixelRatio",
  "render-buffer": "renderBuffer",
  "set-frame-content": "setFrameContent",
};

/** What only a script of PhantomJS's own can see: file to what it is about. */
export const INSIDE = {
  functions: "signals of the page's object; methods.test.mjs has its methods",
  "render-base64": "nothing, the file is empty",
  window: "WebPage, a global of PhantomJS's own script",
};

/** What another test holds: file to the test. */
export const ELSEWHERE = {
  "long-running-javascript": "methods/events.mjs, onLongRunningScript; methods/evaluate.mjs, stopJavaScript",
};

/** How many files there are: 69 and the one before them. */
export const FILES = 70;
