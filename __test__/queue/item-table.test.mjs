// The table of an engine's items: ids grow, items go in any order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ItemTable } from "../../lib/queue/item-table.js";
import "../leftovers.mjs";

const COUNT = 5_000;

/** A table and what it should hold, after `COUNT` items, of which those go that `goes` names. */
function filled(goes) {
  const table = new ItemTable();
  const model = new Map();
  for (let id = 0; id < COUNT; id += 1) {
    table.add(id, { id });
    model.set(id, { id });
  }
  for (let id = 0; id < COUNT; id += 1) {
    if (goes(id)) {
      table.delete(id);
      model.delete(id);
    }
  }
  return { table, model };
}

test("what is in the table is found, in order, and nothing else", () => {
  for (const goes of [() => false, () => true, (id) => id % 3 > 0, (id) => id < 4_000, (id) => id >= 100]) {
    const { table, model } = filled(goes);
    assert.equal(table.size, model.size);
    assert.deepEqual(table.values(), [...model.values()]);
    for (let id = 0; id < COUNT; id += 1) {
      assert.equal(table.has(id), model.has(id));
      assert.deepEqual(table.get(id), model.get(id));
    }
    assert.equal(table.get(COUNT), undefined);
  }
});

test("what is gone, or never was, can go again without harm", () => {
  const { table } = filled((id) => id > 0);
  table.delete(1);
  table.delete(COUNT * 2);
  assert.equal(table.size, 1);
  table.add(COUNT, { id: COUNT });
  assert.deepEqual(
    table.values().map(({ id }) => id),
    [0, COUNT],
  );
});

test("ids beyond 32 bits are no others", () => {
  const table = new ItemTable();
  const large = 2 ** 40;
  table.add(large, "large");
  table.add(large + 1, "next");
  assert.equal(table.get(large), "large");
  assert.equal(table.get(large - 2 ** 32), undefined);
  table.delete(large);
  assert.deepEqual(table.values(), ["next"]);
});
