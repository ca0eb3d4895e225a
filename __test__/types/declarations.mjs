// What the type files declare, for tests and documents that must not fall behind them.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));

function parse(file) {
  return ts.createSourceFile(file, fs.readFileSync(path.join(root, file), "utf8"), ts.ScriptTarget.Latest, true);
}

const hasExport = (node) =>
  ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

/** What index.d.ts gives to users: the name for them, and the name and file of the declaration. */
export const published = parse("index.d.ts").statements.flatMap(({ exportClause, moduleSpecifier }) =>
  exportClause.elements.map(({ name, propertyName }) => ({
    name: name.text,
    declared: (propertyName ?? name).text,
    file: moduleSpecifier.text.replace(/^\.\/(.*)\.js$/, "$1.d.ts"),
  })),
);

/** The statements of all files behind index.d.ts, and those of phantom.d.ts. */
export const engines = fs
  .readdirSync(path.join(root, "types"))
  .flatMap((name) => [...parse(`types/${name}`).statements]);
export const standalone = [...parse("phantom.d.ts").statements];

const declaredNames = new Set(published.map(({ declared }) => declared));

/** Whether users can import it. */
export const isPublic = (node) =>
  hasExport(node) && (standalone.includes(node) || (node.name !== undefined && declaredNames.has(node.name.text)));

/** The class, interface or type of that name, in whatever file it is. */
export function find(name) {
  const found = [...engines, ...standalone].filter((node) => node.name?.text === name);
  assert.equal(found.length, 1, `${name} is declared once`);
  return found[0];
}

/** The first sentence of a declaration's comment, as Markdown. */
function firstSentence(node) {
  const [comment] = ts.getJSDocCommentsAndTags(node);
  const text = (ts.getTextOfJSDocComment(comment?.comment) ?? "").replace(/\s+/g, " ");
  return text.replace(/\{@link ([\w.]+)\}/g, "`$1`").replace(/\. [A-Z`].*$/, ".");
}

/** The members of an interface, those it inherits from one of ours included: name to `{ type, summary }`. */
export function membersOf(name) {
  const found = find(name);
  const parents = (found.heritageClauses ?? []).flatMap(({ types }) =>
    types.filter((type) => !type.typeArguments).map((type) => type.expression.getText()),
  );
  const members = new Map(parents.flatMap((parent) => [...membersOf(parent)]));
  const named = found.members.filter((member) => !ts.isComputedPropertyName(member.name));
  for (const key of new Set(named.map((member) => member.name.getText()))) {
    const forms = named.filter((member) => member.name.getText() === key);
    const sentences = new Set(forms.map(firstSentence).filter(Boolean));
    members.set(key, { type: forms[0].type?.getText() ?? "", summary: [...sentences].join(" ") });
  }
  return members;
}
