// What index.d.ts declares, for tests and documents that must not fall behind it.

import fs from "node:fs";
import ts from "typescript";

const file = new URL("../../index.d.ts", import.meta.url);
const source = ts.createSourceFile("index.d.ts", fs.readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);

/** The first sentence of a declaration's comment, as Markdown. */
function firstSentence(node) {
  const [comment] = ts.getJSDocCommentsAndTags(node);
  const text = (ts.getTextOfJSDocComment(comment?.comment) ?? "").replace(/\s+/g, " ");
  return text.replace(/\{@link ([\w.]+)\}/g, "`$1`").replace(/\. [A-Z`].*$/, ".");
}

/** The members of an interface, those it inherits from one of this file included: name to `{ type, summary }`. */
export function membersOf(name) {
  const found = source.statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === name);
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
