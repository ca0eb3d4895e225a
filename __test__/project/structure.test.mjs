// The picture of the modules in docs/architecture.md is the truth: the imports of Rust and of JavaScript are held
// against it.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import "../leftovers.mjs";
import {
  cratesOf,
  cycleOf,
  filesUnder,
  read,
  root,
  rustImports,
  rustPaths,
  rustSources,
  scriptImports,
} from "./imports.mjs";

const RUST = rustSources();
const SCRIPTS = ["index.js", "phantom.js", ...filesUnder(["cli", "driver", "lib"], ".js")];

/**
 * A picture by its heading: its modules from top to bottom, `{ name, uses, isShared }`. A line of it is
 * `module   what it is   → what it uses`. Those under the line of dashes may be used by all above them.
 */
function pictureOf(heading) {
  const text = read("docs/architecture.md");
  const [, block] = new RegExp(`\`\`\`modules\n${heading}\n([\\s\\S]*?)\`\`\``).exec(text) ?? assert.fail(heading);
  let isShared = false;
  const modules = [];
  for (const line of block.split("\n").filter((one) => one.trim() !== "")) {
    if (/^\s*-{3}/.test(line)) {
      isShared = true;
      continue;
    }
    const [, names, uses = ""] = /^\s*(\S+)\s.*?(?:→\s*(.*))?$/.exec(line) ?? assert.fail(line);
    modules.push({ name: names, uses: uses.split(/[ ,]+/).filter(Boolean), isShared });
  }
  return modules;
}

/** The module of the picture that a file belongs to: the one with the longest name. */
function moduleOf(file, modules, folder) {
  const names = modules.map(({ name }) => name).sort((a, b) => b.length - a.length);
  const short = path.relative(folder, file).replace(/\.(rs|js)$/, "");
  return names.find((name) => short === name || short.startsWith(`${name}/`));
}

const PICTURES = {
  Rust: { folder: "src", files: RUST.filter((file) => file !== "src/lib.rs"), imports: rustImports() },
  JavaScript: { folder: ".", files: SCRIPTS, imports: scriptImports(SCRIPTS) },
};

for (const [heading, { folder, files, imports }] of Object.entries(PICTURES)) {
  const modules = pictureOf(heading);
  const order = modules.map(({ name }) => name);
  const arrows = imports
    .map(([from, to]) => [from, to, ...[from, to].map((file) => moduleOf(file, modules, folder))])
    .filter(([, , from, to]) => from !== to && from && to);

  test(`${heading}: the picture has every module, and no other`, () => {
    const without = files.filter((file) => !moduleOf(file, modules, folder));
    assert.deepEqual(without, []);
    const empty = order.filter((name) => !files.some((file) => moduleOf(file, modules, folder) === name));
    assert.deepEqual(empty, []);
  });

  test(`${heading}: no arrow leads upwards`, () => {
    const upwards = arrows.filter(([, , from, to]) => order.indexOf(from) > order.indexOf(to));
    assert.deepEqual(upwards, []);
    const drawn = modules.flatMap(({ name, uses }) => uses.map((to) => [name, to]));
    assert.deepEqual(
      drawn.filter(([from, to]) => order.indexOf(from) >= order.indexOf(to)),
      [],
    );
  });

  test(`${heading}: the picture has every arrow, and no other`, () => {
    for (const { name, uses, isShared } of modules) {
      const used = arrows.filter(([, , from]) => from === name).map(([, , , to]) => to);
      // Below the dashes all may use what is further down.
      const drawn = new Set(used.filter((to) => isShared || !modules[order.indexOf(to)].isShared));
      assert.deepEqual(isShared ? [] : [...drawn].sort(), [...uses].sort(), name);
    }
  });
}

test("no file imports itself by way of others", () => {
  assert.equal(cycleOf(PICTURES.JavaScript.imports), null);
  // A folder's mod.rs gives names of its files to others, and of others to its files.
  const own = PICTURES.Rust.imports.filter((arrow) => !arrow.some((file) => path.basename(file) === "mod.rs"));
  assert.equal(cycleOf(own), null);
});

test("each foreign interface is known to one module alone", () => {
  const homes = { napi: "src/binding/", napi_derive: "src/binding/", fantoccini: "src/webdriver/" };
  for (const file of RUST) {
    const crates = cratesOf(file);
    for (const [name, home] of Object.entries(homes)) {
      assert.ok(!crates.has(name) || file.startsWith(home), `${file} uses ${name}`);
    }
  }
  for (const file of SCRIPTS) {
    const asks = /require\("[^"]*\/binding(\.js)?"\)/.test(read(file));
    assert.ok(!asks || path.dirname(file) === "lib/native", `${file} loads the addon`);
  }
});

test("the files that comments name are there", () => {
  const gone = [...RUST, ...SCRIPTS, ...filesUnder(["scripts", "bench", "chaos", "examples"], ".js")].flatMap(
    (file) => {
      const named =
        read(file).match(/(?<![\w/.-])(?:cli|docs|driver|lib|src|types)\/[\w/.-]+\.(?:rs|json|js|d\.ts|md)\b/g) ?? [];
      return named.filter((name) => !fs.existsSync(path.join(root, name))).map((name) => `${file}: ${name}`);
    },
  );
  assert.deepEqual(gone, []);
});

test("imports are read from sources as they are written", () => {
  const source = `
    //! use crate::comment::X;
    mod child;
    #[cfg(test)] mod tests { use crate::only_tests::Y; }
    use crate::{a::b, c::{D, e::F as G}};
    use super::sibling::Thing;
    pub(crate) use child::Inner;
    const TEXT: &str = "crate::text::X";
    fn f() -> crate::inline::Z { super::super::up::g('{') }
    #[cfg(all(test, unix))]
    use crate::also_tests::W;
    use std::fmt;
  `;
  assert.deepEqual(rustPaths(source), [
    ...["crate::a::b", "crate::c::D", "crate::c::e::F", "super::sibling::Thing", "self::child::Inner"],
    ...["std::fmt", "crate::inline::Z", "super::super::up::g"],
  ]);
  assert.deepEqual(cycleOf(Object.entries({ a: "b", b: "c", c: "b" })), ["b", "c", "b"]);
  assert.equal(cycleOf(Object.entries({ a: "b", b: "c" })), null);
});
