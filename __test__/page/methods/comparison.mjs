// The tables of docs/browsers.md, made of the rows: what each member does on Chromium, and the facts that do not hold.

import { FACTS } from "../webpage/facts.mjs";
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

const factOutcomes = FACTS.map((row) => ({ row, ...outcomeOf(BROWSER, row) }));

export const factCounts = () => countOutcomes(factOutcomes);

export function factDocument() {
  const rows = factOutcomes
    .filter(({ kind }) => kind !== "same")
    .map(({ row, kind, text }) => [row.of.map(code).join(", "), cell(row.fact), `**${kind}**: ${text}`]);
  return table(["PhantomJS's test", "on PhantomJS", "on Chromium"], rows);
}

/** One sentence with the figures. */
export function countText(what, { total, same, differs, none }) {
  const percent = Math.floor((1000 * (same + differs)) / total) / 10;
  return `Of ${total} ${what} ${same} are the same, ${differs} differ as said, ${none} are not there: ${percent} % work.`;
}
