// Classes of users' own: whatever they call their members, they do not meet ours.

import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "acorn";
import ts from "typescript";
import { basePort, browser, run, site } from "../helpers.mjs";

const api = createRequire(import.meta.url)("../../index.js");
const lib = fileURLToPath(new URL("../../lib", import.meta.url));
const declarations = fileURLToPath(new URL("../../index.d.ts", import.meta.url));

const program = ts.createProgram([declarations], { types: ["node"], strict: true });
const checker = program.getTypeChecker();
const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(declarations)));

/** The members that index.d.ts declares of a class or interface, those of its bases included. */
function documented(name) {
  const symbol = exported.find((candidate) => candidate.name === name);
  const own = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(own)).map((member) => member.name);
}

/** Calls `visit` on each node of a syntax tree. */
function walk(node, visit) {
  visit(node);
  for (const child of Object.values(node).flat()) {
    if (typeof child?.type === "string") {
      walk(child, visit);
    }
  }
}

/** Every name that lib/ gives to a member or takes one by, and the same with an underscore, as some mark their own. */
function namesInside() {
  const names = new Set();
  const files = fs.readdirSync(lib, { recursive: true }).filter((name) => name.endsWith(".js"));
  for (const file of files) {
    walk(parse(fs.readFileSync(`${lib}/${file}`, "utf8"), { ecmaVersion: "latest" }), (node) => {
      const member = node.type === "MemberExpression" && !node.computed ? node.property : node.key;
      if (member?.type === "Identifier" || member?.type === "PrivateIdentifier") {
        names.add(member.name);
        names.add(`_${member.name}`);
      }
    });
  }
  return [...names];
}

// Those of emitters, of all objects, and of JSON: no class is free to use them for anything else.
const ofNode = new Set(["toJSON", ...Object.keys(new EventEmitter()), ...Object.getOwnPropertyNames(Object.prototype)]);

/** The names that a subclass of any of the classes may use. */
function freeNames(...classes) {
  const taken = new Set(classes.flatMap(documented));
  return namesInside().filter((name) => !taken.has(name) && !ofNode.has(name));
}

let pages;
before(async () => {
  pages = await site();
});
after(() => pages.close());

const QUEUED = ["PhantomQueuedClusterServer", "PhantomQueuedClusterClient", "QueueItem"];
const BARE = ["PhantomClusterServer", "PhantomClusterClient"];

const named = (events, name) => events.filter(({ event }) => event === name);

/** The engine's own calls go by the methods of a subclass. */
function checkClients(events, text) {
  const workers = named(events, "worker");
  assert.ok(workers.length > 0, text);
  for (const { calls } of workers) {
    assert.deepEqual([calls.start, calls.stop > 0, calls.emit > 1], [1, true, true], text);
  }
  assert.ok(
    workers.some(({ calls }) => calls.next > 0),
    text,
  );
}

test("the names inside are found", () => {
  const names = freeNames(...QUEUED);
  assert.ok(names.length > 300, `${names.length} names`);
  for (const name of ["options", "_options", "native", "_native"]) {
    assert.ok(names.includes(name), name);
  }
});

for (const how of ["methods", "fields"]) {
  test(`queued engines whose classes have every name of ours as ${how} run the old example`, async () => {
    const names = freeNames(...QUEUED);
    const options = { url: pages.url, queued: true, names, how, workers: 1, workerIterations: 3 };
    const { code, events, text } = await run("any-names.js", { ...options, phantomBasePort: basePort() });
    assert.equal(code, 0, text);
    const [items] = named(events, "items");
    assert.deepEqual(items.states, ["done", "failed", "cancelled", "done"], text);
    assert.deepEqual(items.outcomes, ["answer", "failure", "item 3 was cancelled", "late"], text);
    const [{ responses, calls, stats }] = named(events, "end");
    assert.deepEqual(responses, ["page /a", "page /b", "page /c", "page /d", "page /run", "timeout"], text);
    assert.equal(stats.completed, 5, text);
    // run() enqueues by the method that a subclass may have in its place, close() stops by it.
    assert.deepEqual([calls.enqueue, calls.start, calls.stop], [6, 1, 1], text);
    assert.ok(calls.emit > 5, text);
    assert.equal(named(events, "stopped").length, 1, text);
    checkClients(events, text);
  });

  test(`bare-bones engines whose classes have every name of ours as ${how} work`, async () => {
    const options = { url: pages.url, names: freeNames(...BARE), how, workers: 1, workerIterations: 2 };
    const { code, events, text } = await run("any-names.js", { ...options, phantomBasePort: basePort() });
    assert.equal(code, 0, text);
    const [{ served, calls }] = named(events, "end");
    assert.ok(served >= 3, text);
    assert.deepEqual([calls.start, calls.stop], [1, 1], text);
    checkClients(events, text);
  });
}

const objects = {
  PhantomClusterServer: () => new api.PhantomClusterServer(),
  PhantomQueuedClusterServer: () => new api.PhantomQueuedClusterServer(),
  PhantomClusterClient: () => new api.PhantomClusterClient(),
  PhantomQueuedClusterClient: () => new api.PhantomQueuedClusterClient(),
  QueueItem: () => new api.QueueItem(1, {}),
  Phantom: (ph) => ph,
  Page: (ph) => ph.createPage(),
  OutObject: (ph) => ph.createOutObject(),
};

/** The names of an object and of its prototypes that are no one else's. */
function namesOf(object) {
  const names = [];
  const others = [Object.prototype, EventEmitter.prototype];
  for (let part = object; part && !others.includes(part); part = Object.getPrototypeOf(part)) {
    names.push(...Object.getOwnPropertyNames(part));
  }
  return [...new Set(names)].filter((name) => !ofNode.has(name));
}

test("what users hold has no names but the documented ones", async (t) => {
  const { ph, close } = await browser();
  t.after(close);
  for (const [name, make] of Object.entries(objects)) {
    const allowed = new Set([...documented(name), ...(name === "Page" ? documented("WritablePageProperties") : [])]);
    const others = namesOf(await make(ph)).filter((member) => !allowed.has(member));
    assert.deepEqual(others, [], name);
  }
});
