// All rows, of all themes.
//
// A row of `methods`: `on`, "ph", "page" or "out"; `form`, the arguments as the documents name them; `at`, the page to
// open before; `prepare`, what else comes before; `args`, which a property has none of; and `check(value, context)`,
// which asserts what the method gave and did. `callbackAt` is the place of a callback that is not the last argument.
// `styles` says where not both styles exist: "promise", or "value" for what gives its value at once. `own` asks for a
// browser of its own.
//
// A row of `properties` of a page: `at` and `prepare` as above; `get`, the expected value or a check of it; for one that
// can be set, `set`, the value or what gives it, and `effect(context)`, which asserts what that did.
//
// A row holds on every browser (helpers.mjs), as it does on PhantomJS, unless it says otherwise; docs/browsers.md is made
// of what it says:
//
// - `differs: { chromium: "how, in one sentence" }`, when `check` itself looks at `context.browser`, or
//   `differs: { chromium: { how: "…", check, … } }`, with all fields of the row that are others there.
// - `unsupported: { chromium: "what to use instead" }`: the call is refused there with ERR_UNSUPPORTED, in a message that
//   has these words. Of a property that can be set, `set` is refused and `get` works; of any other, `get` is refused.
//
// One row on one browser:
// PHANTOM_CLUSTER_TEST_BROWSERS=chromium node --test --test-name-pattern="page.render(file)" __test__/page/methods.test.mjs

import * as content from "./content.mjs";
import * as cookies from "./cookies.mjs";
import * as evaluate from "./evaluate.mjs";
import * as events from "./events.mjs";
import * as frames from "./frames.mjs";
import * as input from "./input.mjs";
import * as modern from "./modern.mjs";
import * as navigation from "./navigation.mjs";
import * as phantom from "./phantom.mjs";
import * as rendering from "./rendering.mjs";
import * as requests from "./requests.mjs";
import * as settings from "./settings.mjs";

const THEMES = [
  phantom,
  navigation,
  content,
  evaluate,
  settings,
  events,
  requests,
  rendering,
  cookies,
  input,
  frames,
  modern,
];

export const METHODS = THEMES.flatMap(({ methods = [] }) => methods);

/** By name, the settings last. */
export const PROPERTIES = THEMES.flatMap(({ properties = [] }) => properties).sort((one, other) =>
  placeOf(one).localeCompare(placeOf(other), "en"),
);

function placeOf({ name }) {
  return `${isSetting({ name }) ? 1 : 0} ${name.toLowerCase()}`;
}

export function isSetting({ name }) {
  return name.startsWith("settings.");
}

export function stylesOf({ styles = ["callback", "promise"] }) {
  return styles;
}
