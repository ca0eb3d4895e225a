// Every public method of `ph` and `page`, every event and every property: a row for each in methods/, with a check of what
// it does. A method without a row fails, and so does a row without a method. docs/page-api.md is written from the same
// rows: UPDATE_DOCS=1 writes it.

import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, describe, test } from "node:test";
import { BROWSERS } from "../helpers.mjs";
import { membersOf } from "../types/declarations.mjs";
import { INTERFACES, isEvent, methodDocument, namesIn, propertyDocument } from "./methods/document.mjs";
import { Harness, holdsFor, STYLES } from "./methods/harness.mjs";
import { isSetting, METHODS, PROPERTIES, stylesOf } from "./methods/rows.mjs";

const given = (value, context) => (typeof value === "function" ? value(context) : value);

function methodCase(row, style, harness) {
  test(`${row.on}.${row.name}(${row.form ?? ""}) (${style})`, () =>
    harness.inContext(row, async (context) => {
      const args = given(row.args ?? [], context);
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

function propertyCases(row, style, harness) {
  const call = (name, context, ...args) => STYLES[style](context.page, name, args);
  const inContext = (body) => () => harness.inContext(row, body);
  test(
    `page.${row.name}: get (${style})`,
    inContext(async (context) => {
      await checkValue(row, await call("get", context, row.name), context);
    }),
  );
  if ("set" in row) {
    test(
      `page.${row.name}: set (${style})`,
      inContext(async (context) => {
        const value = await given(row.set, context);
        assert.deepEqual(await call("set", context, row.name, value), value);
        assert.deepEqual(await context.page.get(row.name), value);
        await row.effect(context);
      }),
    );
  } else if (!row.isPlain) {
    test(
      `page.${row.name} cannot be set (${style})`,
      inContext(async (context) => {
        await call("set", context, row.name, "other");
        await checkValue(row, await context.page.get(row.name), context);
      }),
    );
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

    for (const row of METHODS.filter((each) => holdsFor(name, each))) {
      for (const style of stylesOf(row)) {
        methodCase(row, style, harness);
      }
    }
    for (const row of PROPERTIES.filter((each) => holdsFor(name, each))) {
      for (const style of ["callback", "promise"]) {
        propertyCases(row, style, harness);
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

test("every row is for a browser that there is", () => {
  for (const { name, browsers = [] } of [...METHODS, ...PROPERTIES]) {
    for (const browser of browsers) {
      assert.ok(Object.hasOwn(BROWSERS, browser), `${name}: ${browser}`);
    }
  }
});

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

describe("PhantomJS's own page", () => {
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

const DOCUMENT = new URL("../../docs/page-api.md", import.meta.url);

test("docs/page-api.md has the tables of these tests", () => {
  let text = fs.readFileSync(DOCUMENT, "utf8");
  for (const [part, made] of [
    ["methods", methodDocument()],
    ["properties", propertyDocument()],
  ]) {
    const marked = new RegExp(`(<!-- ${part} -->\n)[^]*?(\n<!-- /${part} -->)`);
    assert.match(text, marked);
    text = text.replace(marked, (_all, begin, end) => `${begin}\n${made}\n${end}`);
  }
  if (process.env.UPDATE_DOCS) {
    fs.writeFileSync(DOCUMENT, text);
  }
  // By line, so that a failure shows the lines that differ and not the whole.
  assert.deepEqual(fs.readFileSync(DOCUMENT, "utf8").split("\n"), text.split("\n"));
});
