// Every public method of `ph` and `page`, every event and every property: a row for each in methods/, with a check of what
// it does. A method without a row fails, and so does a row without a method. docs/page-api.md is written from the same
// rows: UPDATE_DOCS=1 writes it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { BROWSERS } from "../helpers.mjs";
import { membersOf } from "../types/declarations.mjs";
import { holdsTables, INTERFACES, isEvent, methodDocument, namesIn, propertyDocument } from "./methods/document.mjs";
import { Harness, isRefused, STYLES } from "./methods/harness.mjs";
import { rowOn } from "./methods/outcome.mjs";
import { isSetting, METHODS, PROPERTIES, stylesOf } from "./methods/rows.mjs";

const given = (value, context) => (typeof value === "function" ? value(context) : value);

function methodCase(row, remedy, style, harness) {
  test(`${row.on}.${row.name}(${row.form ?? ""}) (${style})`, () =>
    harness.inContext(row, async (context) => {
      const args = given(row.args ?? [], context);
      if (remedy) {
        await isRefused(style, context[row.on], row.name, args, row.callbackAt, remedy);
        return;
      }
      const value = await STYLES[style](context[row.on], row.name, args, row.callbackAt);
      await row.check(value, context);
    }));
}

async function checkValue(row, value, context) {
  if (typeof row.get === "function") {
    await row.get(value, context);
  } else {
    assert.deepEqual(value, row.get);
  }
}

function propertyCases(row, remedy, style, harness) {
  const call = (name, context, ...args) => STYLES[style](context.page, name, args);
  const refused = (name, context, ...args) => isRefused(style, context.page, name, args, undefined, remedy);
  const inContext = (what, body) => test(`page.${row.name}: ${what} (${style})`, () => harness.inContext(row, body));
  if (remedy && !("set" in row)) {
    inContext("get", (context) => refused("get", context, row.name));
    return;
  }
  inContext("get", async (context) => {
    await checkValue(row, await call("get", context, row.name), context);
  });
  if (remedy) {
    inContext("set", async (context) => refused("set", context, row.name, await given(row.set, context)));
  } else if ("set" in row) {
    inContext("set", async (context) => {
      const value = await given(row.set, context);
      assert.deepEqual(await call("set", context, row.name, value), value);
      assert.deepEqual(await context.page.get(row.name), value);
      await row.effect(context);
    });
  } else if (!row.isPlain) {
    inContext("cannot be set", async (context) => {
      await call("set", context, row.name, "other");
      await checkValue(row, await context.page.get(row.name), context);
    });
  }
}

/** The public members of an object's class, and its own. */
function publicNames(subject) {
  const names = [...Object.getOwnPropertyNames(Object.getPrototypeOf(subject)), ...Object.getOwnPropertyNames(subject)];
  return names.filter((name) => !/^(_|constructor$|toJSON$)/.test(name));
}

for (const name of Object.keys(BROWSERS)) {
  describe(name, () => {
    const harness = new Harness(name);
    before(() => harness.start());
    after(() => harness.close());

    for (const row of METHODS) {
      for (const style of stylesOf(row)) {
        methodCase(rowOn(name, row), row.unsupported?.[name], style, harness);
      }
    }
    for (const row of PROPERTIES) {
      for (const style of ["callback", "promise"]) {
        propertyCases(rowOn(name, row), row.unsupported?.[name], style, harness);
      }
    }

    for (const [on, declared] of Object.entries(INTERFACES)) {
      test(`${on}: the rows, the public members and the type ${declared} are the same`, () =>
        harness.inContext({}, (context) => {
          assert.deepEqual(namesIn(on), publicNames(context[on]).sort(), "rows and members");
          assert.deepEqual(namesIn(on), [...membersOf(declared).keys()].sort(), "rows and declarations");
        }));
    }
  });
}

test("every event of PhantomJS is declared, and has a row", () => {
  const events = namesIn("page").filter(isEvent);
  assert.deepEqual([...membersOf("PageEvents").keys()].sort(), events);
  for (const name of membersOf("PageEventsInside").keys()) {
    assert.ok(events.includes(name), name);
  }
});

const writable = (rows) => rows.filter((row) => "set" in row).map(({ name }) => name.replace("settings.", ""));
const settings = PROPERTIES.filter(isSetting);
const properties = PROPERTIES.filter((row) => !isSetting(row));
const propertyNames = [...new Set(properties.map(({ name }) => name))].sort();

test("the property rows and the types are the same", () => {
  assert.deepEqual([...membersOf("PageProperties").keys()].sort(), propertyNames);
  assert.deepEqual([...membersOf("WritablePageProperties").keys()].sort(), writable(properties).sort());
  assert.deepEqual([...membersOf("PageSettings").keys()].sort(), writable(settings).sort());
  assert.equal(settings.length, writable(settings).length);
});

describe("PhantomJS's own page", { skip: !Object.hasOwn(BROWSERS, "phantomjs") }, () => {
  const harness = new Harness("phantomjs");
  before(() => harness.start());
  after(() => harness.close());

  test("has no property without a row", () =>
    harness.inContext({}, async ({ page }) => {
      await page.defineMethod(
        "names",
        "function () { var names = []; for (var key in this) { if (typeof this[key] !== 'function') { " +
          "names.push(key); } } return names; }",
      );
      // Qt's name of the object, and a handle that only PhantomJS's own scripts can use.
      const internal = ["objectName", "cookieJar"];
      for (const name of await page.invokeMethod("names")) {
        assert.ok(propertyNames.includes(name) || internal.includes(name), `PhantomJS has ${name}`);
      }
    }));
});

test("docs/page-api.md has the tables of these tests", () => {
  holdsTables("page-api.md", { methods: methodDocument(), properties: propertyDocument() });
});
