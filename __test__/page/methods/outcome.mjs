// What becomes of a row on a browser. rows.mjs says how a row is marked.

/** What a row says of a browser: `{ kind: "same" }`, or "differs" with how, or "none" with what to use instead. */
export function outcomeOf(browser, { differs, unsupported }) {
  const own = differs?.[browser];
  if (unsupported?.[browser]) {
    return { kind: "none", text: unsupported[browser] };
  }
  return own ? { kind: "differs", text: own.how ?? own } : { kind: "same" };
}

/** The row with the fields that it has on that browser. */
export function rowOn(browser, row) {
  const own = row.differs?.[browser];
  return typeof own === "object" ? { ...row, ...own } : row;
}

/** The same for a member, of all its rows: there is none of it only where no row works. */
export function outcomeOfAll(browser, rows) {
  const outcomes = rows.map((row) => ({ row, ...outcomeOf(browser, row) }));
  const marked = outcomes.filter(({ kind }) => kind !== "same");
  if (marked.length === 0) {
    return { kind: "same", marked };
  }
  return { kind: outcomes.every(({ kind }) => kind === "none") ? "none" : "differs", marked };
}

/** How many have which outcome. */
export function countOutcomes(outcomes) {
  const count = (wanted) => outcomes.filter(({ kind }) => kind === wanted).length;
  return { total: outcomes.length, same: count("same"), differs: count("differs"), none: count("none") };
}
