// The documents: docs/api.md names what the typings declare, and nothing else; code parses, links lead somewhere, and
// what is said of commands and dependencies is there.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import engine from "../../index.js";
import { engines, find, isPublic, published, standalone } from "../types/declarations.mjs";
import "../leftovers.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (file) => fs.readFileSync(path.join(root, file), "utf8");

/** The scripts of a folder and, but for the root's, of the folders in it. */
function scriptsOf(folder) {
  const files = fs.readdirSync(path.join(root, folder), { recursive: folder !== "." });
  return files.filter((file) => file.endsWith(".js")).map((file) => path.join(folder, file));
}

const DOCUMENTS = [
  ...["README.md", "CHANGELOG.md", "CONTRIBUTING.md"],
  ...fs.readdirSync(path.join(root, "docs")).map((file) => `docs/${file}`),
].filter((file) => file.endsWith(".md") && fs.existsSync(path.join(root, file)));

// ---------------------------------------------------------------------------------------------------------------------
// What is declared

const isMethod = (node) => ts.isMethodDeclaration(node) || ts.isMethodSignature(node);
const isProperty = (node) => ts.isPropertyDeclaration(node) || ts.isPropertySignature(node);

function formOf(name, parameters) {
  const list = parameters.map(({ name: parameter, questionToken, dotDotDotToken }) => {
    return `${dotDotDotToken ? "..." : ""}${parameter.getText()}${questionToken ? "?" : ""}`;
  });
  return `${name}(${list.join(", ")})`;
}

/** A class's own members, or an interface's: `methods` as calls, `properties` by name. */
function partsOfClass(name) {
  const members = find(name).members.filter(({ name: member }) => member && !ts.isComputedPropertyName(member));
  const methods = members.filter(isMethod).map((node) => formOf(node.name.text, node.parameters));
  const properties = members.filter(isProperty).map((node) => node.name.text);
  return { methods: [...new Set(methods)], properties };
}

/** An interface of events: name to the names of its arguments. */
function eventsOf(name) {
  const members = find(name).members;
  return Object.fromEntries(
    members.map((node) => [node.name.text, node.type.elements.map((part) => part.name.text).join(", ")]),
  );
}

/** Options, inherited ones too, with what their comments give as default, where that is plain. */
function optionsOf(name) {
  const { members, heritageClauses = [] } = find(name);
  const parents = heritageClauses.flatMap(({ types }) => types.map((type) => type.expression.getText()));
  return Object.fromEntries([
    ...parents.flatMap((parent) => Object.entries(optionsOf(parent))),
    ...members.map((node) => {
      const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === "default");
      return [node.name.text, ts.getTextOfJSDocComment(tag?.comment)?.trim()];
    }),
  ]);
}

/** The texts of a type that is one of some texts. */
function textsOf(name) {
  return find(name).type.types.map((node) => node.literal.text);
}

/** Name of an error's class to its codes. */
function codesByClass() {
  const given = ["Engine", "Phantom", "Page", "Item", "Store"].map((name) => [
    `${name}Error`,
    textsOf(`${name}ErrorCode`),
  ]);
  const fixed = ["RequestError", "OptionTypeError", "OptionRangeError"].map((name) => {
    const code = find(name).members.find((node) => node.name?.text === "code");
    return [name, [code.type.literal.text]];
  });
  return Object.fromEntries([...given, ...fixed]);
}

// ---------------------------------------------------------------------------------------------------------------------
// What is documented

/** The lines of a document outside of its blocks of code, and those blocks: `{ prose, blocks: [{ language, text }] }`. */
function partsOf(file) {
  const blocks = [];
  const prose = read(file).replace(/^```(\w*)\n(.*?)^```$/gms, (all, language, text) => {
    blocks.push({ language, text });
    return all.replace(/[^\n]+/g, "");
  });
  return { prose, blocks };
}

const cellsOf = (line) =>
  line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

/** The tables of a document: `{ section, head, rows }`; the section is the nearest heading of the second level. */
function tablesOf(file) {
  const tables = [];
  let section = "";
  for (const block of partsOf(file).prose.split(/\n(?=#)|\n\n/)) {
    const [first] = block.split("\n");
    if (/^## /.test(first)) {
      section = first.slice(3).replaceAll("`", "");
    }
    const lines = block.split("\n").filter((line) => line.startsWith("|"));
    if (lines.length > 0) {
      assert.match(lines[1] ?? "", /^\|( -+ \|)+$/, `${file}: ${lines[0]}`);
      const [head, , ...rows] = lines.map(cellsOf);
      assert.ok(
        rows.every((row) => row.length === head.length),
        `${file}: the rows under ${lines[0]} have as many cells`,
      );
      tables.push({ section, head, rows });
    }
  }
  return tables;
}

const API = tablesOf("docs/api.md");
const plain = (cell) => cell.replaceAll("`", "");

/** The rows of the table in `section` whose first column is called `name`; none without such a table. */
function rowsOf(section, name) {
  const tables = API.filter((table) => table.section === section && table.head[0] === name);
  assert.ok(tables.length <= 1, `one table of ${name} in ${section}`);
  return (tables[0]?.rows ?? []).map((row) => row.map(plain));
}

const firstColumn = (rows) => rows.map(([first]) => first);
const sorted = (names) => [...names].sort();

// ---------------------------------------------------------------------------------------------------------------------

for (const name of [
  "PhantomClusterServer",
  "PhantomQueuedClusterServer",
  "PhantomClusterClient",
  "PhantomQueuedClusterClient",
  "QueueItem",
]) {
  test(`docs/api.md has the methods, properties and events of ${name}`, () => {
    const { methods, properties } = partsOfClass(name);
    assert.deepEqual(sorted(firstColumn(rowsOf(name, "method"))), sorted(methods));
    assert.deepEqual(sorted(firstColumn(rowsOf(name, "property"))), sorted(properties));
    const events = rowsOf(name, "event").map(([event, args]) => [event, args]);
    assert.deepEqual(sorted(events), sorted(Object.entries(eventsOf(`${name}Events`))));
  });
}

for (const [section, head, name] of [
  ["Options", "option", "PhantomClusterOptions"],
  ["Options", "option of restart", "RestartOptions"],
  ["Options", "option of a request", "EnqueueOptions"],
  ["Options", "option of a file", "FileStoreOptions"],
  ["Options", "option of Redis", "RedisStoreOptions"],
  ["phantom-cluster/phantom", "option of create", "CreateOptions"],
]) {
  test(`docs/api.md has the options of ${name}, and their defaults`, () => {
    const table = API.find((one) => one.section === section && plain(one.head[0]) === head);
    const declared = optionsOf(name);
    assert.deepEqual(sorted(table.rows.map(([option]) => plain(option))), sorted(Object.keys(declared)));
    for (const [option, fallback] of table.rows.map((row) => row.map(plain))) {
      // Longer ones are put in other words.
      if (/^(\S+|-)$/.test(declared[option] ?? "")) {
        assert.equal(fallback, declared[option], option);
      } else if (declared[option] === undefined) {
        assert.match(fallback, /^(–|none|see below)$/, option);
      }
    }
  });
}

test("docs/api.md has the functions, the classes of errors, and what the standalone ph has besides", () => {
  const functions = new Set(
    engines.filter(ts.isFunctionDeclaration).map((node) => formOf(node.name.text, node.parameters)),
  );
  assert.deepEqual(sorted(firstColumn(rowsOf("Functions", "function"))), sorted(functions));
  assert.deepEqual(firstColumn(rowsOf("phantom-cluster/phantom", "function")), [
    "create(...args)",
    "stderrHandler(message)",
  ]);
  const { methods, properties } = partsOfClass("StandalonePhantom");
  const members = [...methods.map((call) => call.replace(/\(.*/, "")), ...properties];
  assert.deepEqual(sorted(firstColumn(rowsOf("phantom-cluster/phantom", "member"))), sorted(members));

  const errors = engines
    .filter((node) => ts.isClassDeclaration(node) && isPublic(node) && node.name.text.endsWith("Error"))
    .map((node) => [node.name.text, node.heritageClauses[0].types[0].getText()]);
  assert.deepEqual(sorted(rowsOf("Errors", "class")), sorted(errors));
});

test("docs/api.md names all exported classes", () => {
  const text = read("docs/api.md");
  const classes = new Set(engines.filter(ts.isClassDeclaration).map((node) => node.name.text));
  const names = published.filter(({ declared }) => classes.has(declared)).map(({ name }) => name);
  for (const name of names) {
    assert.ok(text.includes(`\`${name}\``) || text.includes(`\`new ${name}(`), name);
  }
});

test("docs/api.md has the codes of errors and warnings, the states of items, and the reasons of retirement", () => {
  const documented = rowsOf("Errors", "code").flatMap(([code, classes]) =>
    classes.split(", ").map((name) => `${name} ${code}`),
  );
  const declared = Object.entries(codesByClass()).flatMap(([name, codes]) => codes.map((code) => `${name} ${code}`));
  assert.deepEqual(sorted(documented), sorted(declared));

  const lib = scriptsOf("lib").map(read);
  const warnings = new Set(lib.join("").match(/(?<=(?:\b(?:warn(?:Once)?|say)\(|\bcode:)\s*")PHANTOM_CLUSTER_\w+/g));
  assert.deepEqual(sorted(firstColumn(rowsOf("Warnings", "warning"))), sorted(warnings));

  assert.deepEqual(firstColumn(rowsOf("QueueItem", "state")), textsOf("QueueItemState"));
  const retired = find("PhantomClusterServerEvents").members.find(({ name }) => name.text === "workerRetired");
  const reasons = retired.type.elements[1].type.types.map(({ literal }) => literal.text);
  const sentence = /The `reason` of `workerRetired` is ([^.]*)\./.exec(read("docs/api.md").replace(/\s+/g, " "))[1];
  assert.deepEqual(sorted(sentence.match(/(?<=`")\w+(?="`)/g)), sorted(reasons));
});

test("no document names a code that is not there", () => {
  const known = new Set([
    ...Object.values(codesByClass()).flat(),
    ...firstColumn(rowsOf("Warnings", "warning")),
    // For the processes that the engine starts.
    "PHANTOM_CLUSTER_WORKER",
    "PHANTOM_CLUSTER_TOKEN",
    // For users.
    "PHANTOM_CLUSTER_BROWSER",
    // For tests.
    "PHANTOM_CLUSTER_TEST_BROWSERS",
  ]);
  for (const file of DOCUMENTS) {
    for (const code of read(file).match(/\b(ERR|PHANTOM_CLUSTER)_[A-Z_]+\b/g) ?? []) {
      assert.ok(known.has(code), `${file}: ${code}`);
    }
  }
});

test("docs/api.md has all figures of stats(), and where they are", () => {
  const figures = (name, prefix) =>
    find(name).members.flatMap((node) => {
      const path = prefix + node.name.text;
      const [type] = /\w+Stats\b/.exec(node.type.getText()) ?? [];
      return type ? figures(type, `${path}${/\[\]/.test(node.type.getText()) ? "[]" : ""}.`) : [path];
    });
  const own = (name) => find(name).heritageClauses?.flatMap(({ types }) => types.map((one) => one.getText()));
  assert.deepEqual(own("QueuedEngineStats"), ["EngineStats"]);
  assert.deepEqual(own("WorkerStats"), ["ProcessStats"]);
  const processes = ["workers[].pid", "workers[].rss"];
  const declared = [...figures("EngineStats", ""), ...processes, ...figures("QueuedEngineStats", "")];
  // One table row for both kinds of spans.
  const spans = declared.map((path) => path.replace(/^latency\.(wait|run)\./, "latency.*."));
  assert.deepEqual(sorted(firstColumn(rowsOf("Figures", "figure"))), sorted(new Set(spans)));
});

const hasComment = (node) =>
  ts.getJSDocCommentsAndTags(node).some((doc) => ts.isJSDoc(doc) && ts.getTextOfJSDocComment(doc.comment)?.trim());

test("every public declaration and every member has a comment", () => {
  const nameOf = ({ name }) => name?.getText() ?? "(form)";
  // The base classes are not public; their members are those of the public ones.
  const isSeen = (node) => isPublic(node) || ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node);
  const bare = [...engines, ...standalone].filter(isSeen).flatMap((node) => {
    const members = (node.members ?? node.type?.members ?? []).filter(
      ({ name }) => !name || !ts.isComputedPropertyName(name),
    );
    const parts = [node, ...members].filter((part) => !hasComment(part));
    return parts.map(
      (part) => `${node.getSourceFile().fileName}: ${nameOf(node)} ${part === node ? "" : nameOf(part)}`,
    );
  });
  assert.deepEqual(bare, []);
});

test("index.d.ts gives what its files declare, and the values that index.js has", () => {
  const values = published.filter(({ declared, file }) => {
    const node = engines.find(({ name }) => name?.text === declared);
    assert.equal(node?.getSourceFile().fileName, file, declared);
    return ts.isClassDeclaration(node) || ts.isFunctionDeclaration(node);
  });
  assert.deepEqual(sorted(values.map(({ name }) => name)), sorted(Object.keys(engine)));
});

test("every warning goes through lib/warn.js, and so has a code", () => {
  for (const folder of ["lib", "cli", "."]) {
    for (const name of scriptsOf(folder)) {
      assert.ok(name === path.join("lib", "warn.js") || !read(name).includes("emitWarning"), name);
    }
  }
});

// ---------------------------------------------------------------------------------------------------------------------
// All documents

for (const file of DOCUMENTS) {
  test(`${file}: its code parses`, () => {
    for (const { language, text } of partsOf(file).blocks.filter((block) => ["js", "ts"].includes(block.language))) {
      const { diagnostics } = ts.transpileModule(text, {
        fileName: `block.${language === "js" ? "mjs" : "mts"}`,
        reportDiagnostics: true,
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext, allowJs: true },
      });
      const found = diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
      assert.deepEqual(found, [], text);
    }
    assert.equal((read(file).match(/^```/gm) ?? []).length % 2, 0, "every block ends");
  });

  test(`${file}: its links lead somewhere`, () => {
    for (const [, target] of partsOf(file).prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) {
        continue;
      }
      const [name, anchor] = target.split("#");
      const linked = name === "" ? file : path.join(path.dirname(file), name);
      assert.ok(fs.existsSync(path.join(root, linked)), `${target} is there`);
      if (anchor !== undefined) {
        assert.ok(anchorsOf(linked).includes(anchor), `${linked} has a heading #${anchor}`);
      }
    }
  });

  test(`${file}: the scripts, examples and sources that it names are there`, () => {
    const text = read(file);
    const { scripts } = JSON.parse(read("package.json"));
    for (const [, script] of text.matchAll(/npm run ([\w:]+)/g)) {
      assert.ok(Object.hasOwn(scripts, script), `npm run ${script}`);
    }
    for (const [, name] of text.matchAll(/`((?:lib|src|driver|examples|__test__|docs)\/[\w./-]+)`/g)) {
      assert.ok(fs.existsSync(path.join(root, name)), name);
    }
  });
}

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(file) {
  return [...partsOf(file).prose.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-"),
  );
}

test("docs/architecture.md says why each dependency is there", () => {
  const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(read("package.json"));
  const sections = read("Cargo.toml").split(/^(?=\[)/m);
  const crates = sections
    .filter((section) => /^\[(target\..*\.)?(dev-|build-)?dependencies\]/.test(section))
    .flatMap((section) => section.match(/^[\w-]+(?= = )/gm));
  assert.ok(crates.length > 20, `${crates}`);
  const tables = tablesOf("docs/architecture.md");
  const named = (head) =>
    tables.find((table) => table.head[0] === head).rows.flatMap(([first]) => plain(first).split(", "));
  assert.deepEqual(
    sorted(named("package")),
    sorted([dependencies, optionalDependencies, peerDependencies].flatMap((list) => Object.keys(list))),
  );
  assert.deepEqual(sorted(named("crate")), sorted(new Set(crates)));
});
