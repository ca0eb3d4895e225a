"use strict";

const { warnOnce } = require("./warn");

// Functions for `evaluate` run in PhantomJS, whose JavaScript is ES5. When it cannot parse one, this says what is too new.

const always = () => true;

/** Nodes of newer syntax by type: what they are called, and when they are newer. */
const NEWER = {
  ArrayPattern: ["destructuring", always],
  ArrowFunctionExpression: ["an arrow function", always],
  AssignmentExpression: ["the operator", ({ operator }) => ["**=", "&&=", "||=", "??="].includes(operator)],
  AssignmentPattern: ["a default value", always],
  AwaitExpression: ["await", always],
  BinaryExpression: ["the operator", ({ operator }) => operator === "**"],
  CatchClause: ["catch without a parameter", ({ param }) => param === null],
  ChainExpression: ["optional chaining (?.)", always],
  ClassDeclaration: ["a class", always],
  ClassExpression: ["a class", always],
  ForOfStatement: ["for … of", always],
  FunctionDeclaration: ["an async function or a generator", (node) => node.async || node.generator],
  FunctionExpression: ["an async function or a generator", (node) => node.async || node.generator],
  ImportExpression: ["import()", always],
  Literal: ["a number literal", ({ raw }) => /^(0[bo]|\d[\d.]*_|\d+n$)/i.test(raw)],
  LogicalExpression: ["the operator", ({ operator }) => operator === "??"],
  MetaProperty: ["new.target", always],
  ObjectPattern: ["destructuring", always],
  Property: [
    "a short method, short property or computed key",
    (node) => node.shorthand || node.computed || node.method,
  ],
  RestElement: ["a rest parameter (…)", always],
  SpreadElement: ["a spread (…)", always],
  TemplateLiteral: ["a template string", always],
  // PhantomJS knows `const`.
  VariableDeclaration: ["let", ({ kind }) => kind === "let"],
  YieldExpression: ["yield", always],
};

function describe(node) {
  const [name, isNewer] = NEWER[node.type] ?? [];
  if (!name || !isNewer(node)) {
    return null;
  }
  const { line, column } = node.loc.start;
  return `${node.operator ? `${name} ${node.operator}` : name} at line ${line - 1}, column ${column}`;
}

/** The first node of newer syntax, in the order of the source. */
function findNewer(node) {
  if (typeof node?.type !== "string") {
    return null;
  }
  const found = describe(node);
  if (found) {
    return found;
  }
  const children = Object.values(node)
    .flat()
    .filter((child) => typeof child?.type === "string")
    .sort((a, b) => a.start - b.start);
  for (const child of children) {
    const inside = findNewer(child);
    if (inside) {
      return inside;
    }
  }
  return null;
}

/** What in a function's source is newer than ES5, as "an arrow function at line 1, column 0"; null when nothing is. */
function newerSyntax(source) {
  // Loaded only when something is wrong.
  const { parse } = require("acorn");
  try {
    // In parentheses it must be one whole expression; the line before keeps columns what they are.
    return findNewer(parse(`(\n${source}\n)`, { ecmaVersion: "latest", locations: true }));
  } catch (error) {
    // Not JavaScript at all, or a method that was taken out of its class.
    return `what is no function expression (${error.message.replace(/ \(.*\)$/, "")})`;
  }
}

/** For `evaluate` with a callback, which gets null: the page's `onError` knows only of an unexpected token. */
function warnOfNewerSyntax(source) {
  const newer = newerSyntax(source);
  if (newer) {
    const message = `evaluate gives null, as PhantomJS 2.1 runs ES5 and cannot parse ${newer}`;
    warnOnce("PHANTOM_CLUSTER_NOT_ES5", newer, message);
  }
}

module.exports = { newerSyntax, warnOfNewerSyntax };
