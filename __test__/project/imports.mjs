// Which file imports which, read from the sources: Rust's paths and JavaScript's require().

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The files under some folders of the project whose names end so. */
export function filesUnder(folders, ending) {
  const all = folders.flatMap((folder) =>
    fs.readdirSync(path.join(root, folder), { recursive: true }).map((name) => path.join(folder, name)),
  );
  // The benchmark installs the original below bench.
  return all.filter((file) => file.endsWith(ending) && !file.split(path.sep).includes("node_modules")).sort();
}

export const read = (file) => fs.readFileSync(path.join(root, file), "utf8");

// ---------------------------------------------------------------------------------------------------------------------
// Rust

const COMMENT_OR_TEXT =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|\bb?r(#*)"[\s\S]*?"\1|b?"(?:\\[\s\S]|[^"\\])*"|b?'(?:\\[^']+|[^'\\])'/g;

/** Where the item ends that begins at `start`: behind its `;`, or behind the brace that closes it. */
function endOfItem(code, start) {
  let depth = 0;
  for (let at = start; at < code.length; at++) {
    const char = code[at];
    depth += char === "{" ? 1 : char === "}" ? -1 : 0;
    if (depth === 0 && (char === ";" || (char === "}" && !/^\s*;/.test(code.slice(at + 1))))) {
      return at + 1;
    }
  }
  return code.length;
}

/** Rust without comments, texts, and what only tests have. */
export function plainRust(source) {
  let code = source.replace(COMMENT_OR_TEXT, '""');
  for (;;) {
    const start = code.search(/#\[cfg\((?:all\()?test\b/);
    if (start === -1) {
      return code;
    }
    code = code.slice(0, start) + code.slice(endOfItem(code, start));
  }
}

/** `a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`. */
function pathsOfUse(tree) {
  const open = tree.indexOf("{");
  if (open === -1) {
    return [tree.replace(/\bas \w+/, "").replace(/\s/g, "")];
  }
  const inner = tree.slice(open + 1, tree.lastIndexOf("}"));
  const parts = [""];
  let depth = 0;
  for (const char of inner) {
    depth += char === "{" ? 1 : char === "}" ? -1 : 0;
    if (char === "," && depth === 0) {
      parts.push("");
    } else {
      parts[parts.length - 1] += char;
    }
  }
  const prefix = tree.slice(0, open);
  return parts.filter((part) => part.trim() !== "").flatMap((part) => pathsOfUse(prefix + part.trim()));
}

/** All paths that a source names: those of `use`, and those within the code that begin in this crate. */
export function rustPaths(source) {
  const code = plainRust(source);
  const children = [...code.matchAll(/\bmod (\w+);/g)].map(([, name]) => name);
  const uses = [...code.matchAll(/\buse\s+([^;]+);/g)].flatMap(([, tree]) => pathsOfUse(tree));
  const rest = code.replace(/\buse\s+[^;]+;/g, "");
  const first = ["crate", "self", "super", ...children].join("|");
  const inline = rest.match(new RegExp(`(?<![\\w:])(?:${first})(?:::\\w+)+`, "g")) ?? [];
  const own = [...uses, ...inline].map((name) => (children.includes(name.split("::")[0]) ? `self::${name}` : name));
  return [...new Set(own)];
}

/** The modules that lead to a file: `src/a/b.rs` is `["a", "b"]`, `src/a/mod.rs` is `["a"]`. */
function modulesOf(file) {
  const parts = file.replace(/\.rs$/, "").split(path.sep).slice(1);
  return ["mod", "lib"].includes(parts.at(-1)) ? parts.slice(0, -1) : parts;
}

/** The file that has what a path of this crate names; null for a path into another crate. */
function fileOfPath(from, name, files) {
  const [head, ...rest] = name.split("::");
  const begin = { crate: [], self: modulesOf(from), super: modulesOf(from).slice(0, -1) }[head];
  if (begin === undefined) {
    return null;
  }
  const full = [...begin];
  for (const step of rest) {
    if (step === "super") {
      full.pop();
    } else {
      full.push(step);
    }
  }
  // Its last parts are items, not modules.
  for (let length = full.length; length > 0; length--) {
    const module = path.join("src", ...full.slice(0, length));
    const found = [`${module}.rs`, path.join(module, "mod.rs")].find((file) => files.has(file));
    if (found) {
      return found;
    }
  }
  return path.join("src", "lib.rs");
}

/** Sources that only tests have. */
const ONLY_TESTS = /(_tests|_model|_steps|\/tests|\/fixture)\.rs$|\/conformance\//;

/** The crate's sources, but for those of tests. */
export const rustSources = () => filesUnder(["src"], ".rs").filter((file) => !ONLY_TESTS.test(file));

/** `[from, to]` for each import within the crate. */
export function rustImports() {
  const files = new Set(filesUnder(["src"], ".rs"));
  return rustSources().flatMap((from) =>
    rustPaths(read(from))
      .map((name) => [from, fileOfPath(from, name, files)])
      .filter(([, to]) => to !== null && to !== from),
  );
}

/** The crates that a source names. */
export function cratesOf(file) {
  const code = plainRust(read(file));
  return new Set([...code.matchAll(/(?<![\w:])(\w+)::/g)].map(([, name]) => name));
}

// ---------------------------------------------------------------------------------------------------------------------
// JavaScript

/** The file that `name` means in `from`; null where it is none of the project's scripts. */
function scriptOf(from, name) {
  if (!name.startsWith(".")) {
    return null;
  }
  const target = path.join(path.dirname(from), name);
  const forms = [target, `${target}.js`, path.join(target, "index.js")];
  return forms.find((file) => file.endsWith(".js") && fs.existsSync(path.join(root, file))) ?? null;
}

/** `[from, to]` for each import between scripts, also for one that is made when it is needed. */
export function scriptImports(files) {
  return files.flatMap((from) => {
    const { importedFiles } = ts.preProcessFile(read(from), true, true);
    const targets = importedFiles.map(({ fileName }) => scriptOf(from, fileName));
    return [...new Set(targets)].filter((to) => to !== null).map((to) => [from, to]);
  });
}

// ---------------------------------------------------------------------------------------------------------------------

/** A way along the arrows that ends where it began, or null. */
export function cycleOf(arrows) {
  const next = new Map();
  for (const [from, to] of arrows) {
    next.set(from, [...(next.get(from) ?? []), to]);
  }
  const done = new Set();
  const way = [];
  const visit = (node) => {
    if (way.includes(node)) {
      return [...way.slice(way.indexOf(node)), node];
    }
    if (done.has(node)) {
      return null;
    }
    way.push(node);
    for (const to of next.get(node) ?? []) {
      const cycle = visit(to);
      if (cycle) {
        return cycle;
      }
    }
    way.pop();
    done.add(node);
    return null;
  };
  for (const node of next.keys()) {
    const cycle = visit(node);
    if (cycle) {
      return cycle;
    }
  }
  return null;
}
