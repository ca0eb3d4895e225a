// The tables of docs/page-api.md, made of the rows.

import assert from "node:assert/strict";
import fs from "node:fs";
import { membersOf } from "../../types/declarations.mjs";
import { METHODS, PROPERTIES, stylesOf } from "./rows.mjs";

/** The interface that declares what a row is `on`. */
export const INTERFACES = { ph: "Phantom", page: "Page", out: "OutObject" };

export const cell = (text) => text.replace(/\s+/g, " ").replaceAll("|", "\\|");
export const code = (text) => `\`${cell(text)}\``;
export const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** `page.open(url, callback)`; what has no arguments is a property. */
function callForm({ on, name, form, args, callbackAt = Infinity }, style) {
  const params = form ? form.split(", ") : [];
  if (style === "callback") {
    params.splice(callbackAt, 0, "callback");
  }
  return code(`${on}.${name}${args ? `(${params.join(", ")})` : ""}`);
}

/** The forms of one method in each style, and how many cases test them. */
function formsOf(on, name) {
  const cases = METHODS.filter((row) => row.on === on && row.name === name);
  const inStyle = (style) => cases.filter((row) => stylesOf(row).includes(style));
  const forms = (style) => [...new Set(inStyle(style).map((row) => callForm(row, style)))].join("<br>") || "–";
  const tested = { callback: "callback", promise: "promise", value: "at once" };
  return {
    callback: forms("callback"),
    promise: inStyle("value").length ? forms("value") : forms("promise"),
    tested: Object.entries(tested)
      .filter(([style]) => inStyle(style).length > 0)
      .map(([style, text]) => `${text} ${inStyle(style).length}`)
      .join(", "),
  };
}

export const isEvent = (name) => /^on[A-Z]/.test(name) && name !== "onExit";
export const namesIn = (on) => [...new Set(METHODS.filter((row) => row.on === on).map(({ name }) => name))].sort();

function methodTable(on) {
  const declared = membersOf(INTERFACES[on]);
  const rows = namesIn(on)
    .filter((name) => !isEvent(name))
    .map((name) => {
      const { callback, promise, tested } = formsOf(on, name);
      return [code(name), callback, promise, cell(declared.get(name)?.summary ?? ""), tested];
    });
  return table(["method", "with a callback", "with a promise", "what it does", "tested cases"], rows);
}

function eventTable() {
  const events = membersOf("PageEvents");
  const rows = namesIn("page")
    .filter(isEvent)
    .map((name) => {
      const { callback, promise, tested } = formsOf("page", name);
      const { type, summary } = events.get(name);
      const args = type === "[]" ? "" : code(type.slice(1, -1).replaceAll("Untyped", "any"));
      return [code(name), callback, promise, args, cell(summary), tested];
    });
  return table(["event", "with a callback", "with a promise", "arguments in Node", "when", "tested cases"], rows);
}

export function methodDocument() {
  return [
    "### `ph`",
    methodTable("ph"),
    "### `page`",
    methodTable("page"),
    "### `page.onX`",
    eventTable(),
    "### `out = ph.createOutObject()`",
    methodTable("out"),
  ].join("\n\n");
}

export function propertyDocument() {
  const settings = [...membersOf("PageSettings")].map(([name, value]) => [`settings.${name}`, value]);
  const declared = new Map([...membersOf("PageProperties"), ...settings]);
  const rows = PROPERTIES.map((row) => [
    code(row.name),
    cell(declared.get(row.name)?.summary ?? ""),
    "set" in row ? "get, set" : "get",
  ]);
  return table(["property", "what it is", "tested"], rows);
}

/** That docs/NAME has these texts between the marks of their names; UPDATE_DOCS=1 puts them there. */
export function holdsTables(name, parts) {
  const file = new URL(`../../../docs/${name}`, import.meta.url);
  let text = fs.readFileSync(file, "utf8");
  for (const [part, made] of Object.entries(parts)) {
    const marked = new RegExp(`(<!-- ${part} -->\n)[^]*?(\n<!-- /${part} -->)`);
    assert.match(text, marked);
    text = text.replace(marked, (_all, begin, end) => `${begin}\n${made}\n${end}`);
  }
  if (process.env.UPDATE_DOCS) {
    fs.writeFileSync(file, text);
  }
  // By line, so that a failure shows the lines that differ and not the whole.
  assert.deepEqual(fs.readFileSync(file, "utf8").split("\n"), text.split("\n"));
}
