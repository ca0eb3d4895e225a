// The tables of docs/browsers.md, made of the rows: what each member does on Chromium, and the facts that do not hold.

import { FACTS } from "../webpage/facts.mjs";
import { ORDERS } from "../webpage/orders.mjs";
import { cell, code, isEvent, namesIn, table } from "./document.mjs";
import { countOutcomes, outcomeOf, outcomeOfAll } from "./outcome.mjs";
import { isSetting, METHODS, PROPERTIES } from "./rows.mjs";

const BROWSER = "chromium";

const methodsOf = (on, isWanted = () => true) =>
  namesIn(on)
    .filter(isWanted)
    .map((name) => ({ name: `${on}.${name}`, rows: METHODS.filter((row) => row.on === on && row.name === name) }));

const propertiesOf = (isWanted) =>
  [...new Set(PROPERTIES.filter(isWanted).map(({ name }) => name))].map((name) => ({
    name: `page.${name}`,
    rows: PROPERTIES.filter((row) => row.name === name),
  }));

/** Every member of the API, by kind. */
const KINDS = {
  "`ph`": methodsOf("ph"),
  "`page`": methodsOf("page", (name) => !isEvent(name)),
  Events: methodsOf("page", isEvent),
  Properties: propertiesOf((row) => !isSetting(row)),
  Settings: propertiesOf(isSetting),
  "`out`": methodsOf("out"),
};

const outcomeOfMember = ({ rows }) => outcomeOfAll(BROWSER, rows);

/** How many members are the same, differ, or are not there. */
export const memberCounts = () => countOutcomes(Object.values(KINDS).flat().map(outcomeOfMember));

/** "differs: how", with the form that it is about where the member has others. */
export function outcomeText({ kind, marked }, rows) {
  if (kind === "same") {
    return "same";
  }
  const texts = marked.map(({ row, kind: own, text }) => {
    const form = row.form !== undefined && rows.length > 1 ? `${code(`${row.name}(${row.form})`)}: ` : "";
    return `${form}${own === "none" && kind !== "none" ? "none: " : ""}${text}`;
  });
  return `**${kind}**: ${[...new Set(texts)].join("; ")}`;
}

export function memberDocument() {
  return Object.entries(KINDS)
    .map(([kind, members]) => {
      const rows = members.map((member) => [code(member.name), outcomeText(outcomeOfMember(member), member.rows)]);
      return `### ${kind}\n\n${table(["member", "on Chromium"], rows)}`;
    })
    .join("\n\n");
}

const outcomesOf = (rows) => rows.map((row) => ({ row, ...outcomeOf(BROWSER, row) }));
const factOutcomes = outcomesOf(FACTS);
const orderOutcomes = outcomesOf(ORDERS);

export const factCounts = () => countOutcomes(factOutcomes);
export const orderCounts = () => countOutcomes(orderOutcomes);

/** A table of those that are not the same; `cellsOf(row)` begins each line. */
function differences(head, outcomes, cellsOf) {
  const others = outcomes.filter(({ kind }) => kind !== "same");
  return table(
    [...head, "on Chromium"],
    others.map(({ row, kind, text }) => [...cellsOf(row), `**${kind}**: ${cell(text)}`]),
  );
}

export const factDocument = () =>
  differences(["PhantomJS's test", "on PhantomJS"], factOutcomes, ({ of, fact }) => [
    of.map(code).join(", "),
    cell(fact),
  ]);

export const orderDocument = () => differences(["events of"], orderOutcomes, ({ what }) => [cell(what)]);

/** One sentence with the figures. */
export function countText(what, { total, same, differs, none }) {
  const percent = Math.floor((1000 * (same + differs)) / total) / 10;
  return `Of ${total} ${what} ${same} are the same, ${differs} differ as said, ${none} are not there: ${percent} % work.`;
}
