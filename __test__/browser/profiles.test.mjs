// A worker of Chromium that is killed before anything guards its profile leaves an empty directory, which its primary removes.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { removeEmptyProfiles } from "../../lib/browser/profiles.js";
import { isLinux } from "../helpers.mjs";

test("empty profiles of a killed worker go, and nothing else", { skip: !isLinux }, () => {
  const profile = (pid) => path.join(process.env.TMPDIR, `phantom-cluster-chromium-${pid}-0123456789abcdef`);
  const [empty, used, others] = [1_000_001, 1_000_002, 10_000_011].map(profile);
  for (const folder of [empty, used, others]) {
    fs.mkdirSync(folder);
  }
  fs.mkdirSync(path.join(used, "Default"));
  removeEmptyProfiles(1_000_001);
  removeEmptyProfiles(1_000_002);
  removeEmptyProfiles(1_000_003);
  assert.deepEqual([empty, used, others].map(fs.existsSync), [false, true, true]);
  for (const folder of [used, others]) {
    fs.rmSync(folder, { recursive: true });
  }
});
