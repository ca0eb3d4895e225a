// No source file has more lines than a reader takes in.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import "../leftovers.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const MOST = 500;
const FOLDERS = "__test__ bench chaos cli driver examples fuzz lib scripts src types".split(" ");
const SOURCE = /\.(rs|[cm]?js|[cm]?ts|sh)$/;
// Made by the build.
const MADE = ["binding.js", "binding.d.ts"];
const IS_FOREIGN = /(^|\/)(node_modules|target)\//;

function sources() {
  const inFolders = FOLDERS.flatMap((folder) =>
    fs.readdirSync(path.join(root, folder), { recursive: true }).map((name) => path.join(folder, name)),
  );
  const files = [...fs.readdirSync(root), ...inFolders];
  return files.filter((file) => SOURCE.test(file) && !IS_FOREIGN.test(file) && !MADE.includes(file));
}

test(`no source file has more than ${MOST} lines`, () => {
  const files = sources();
  assert.ok(files.length > 250, `${files.length} files`);
  const lengths = files.map((file) => [file, fs.readFileSync(path.join(root, file), "utf8").split("\n").length - 1]);
  assert.deepEqual(
    lengths.filter(([, length]) => length > MOST),
    [],
  );
});
