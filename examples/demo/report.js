"use strict";

// What the demo shows: progress, a table, and a sheet of all pictures.

const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const COLUMNS = [
  { name: "path", of: (page) => page.path },
  { name: "status", of: (page) => page.status },
  { name: "HTTP", of: (page) => page.http ?? "failed" },
  { name: "title", of: (page) => page.title ?? "", max: 30 },
  { name: "ms", of: (page) => page.ms ?? "", right: true },
  { name: "tries", of: (page) => page.attempts ?? "", right: true },
  { name: "worker", of: (page) => page.pid ?? "", right: true },
];

/** A function to call after each page: one line that changes on a terminal, a line for each page elsewhere. */
function progress(stream = process.stdout) {
  let done = 0;
  return (page, pages) => {
    done += 1;
    const line = `${String(done).padStart(2)}/${pages.length}  ${page.http ?? "failed"}  ${page.path}`;
    if (!stream.isTTY) {
      stream.write(`${line}\n`);
    } else {
      const end = done === pages.length ? "" : line.slice(0, stream.columns - 1);
      stream.write(`\r\x1b[K${end}`);
    }
  };
}

function cut(text, max = Number.POSITIVE_INFINITY) {
  const letters = [...text];
  return letters.length > max ? `${letters.slice(0, max - 1).join("")}…` : text;
}

function table(pages) {
  const rows = pages.map((page) => COLUMNS.map(({ of, max }) => cut(String(of(page)), max)));
  const widths = COLUMNS.map(({ name }, i) => Math.max(name.length, ...rows.map((row) => [...row[i]].length)));
  const line = (cells) =>
    cells
      .map((cell, i) => (COLUMNS[i].right ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width));
  return [COLUMNS.map(({ name }) => name), rule, ...rows].map(line).join("\n");
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

function printSummary({ pages, counts, ms }) {
  console.log(`\n${table(pages)}\n`);
  console.log(`${pages.length} pages in ${seconds(ms)}`);
  console.log(`Workers: ${counts.started} started, ${counts.died} ended`);
  for (const { path: place, errors = [], failure } of pages) {
    for (const error of errors) {
      console.log(`Script error on ${place}: ${error}`);
    }
    if (failure) {
      console.log(`Failed: ${place}: ${failure}`);
    }
  }
  console.log();
}

/** What two browsers must agree on. The texts of script errors are each engine's own. */
const ESSENCE = ["status", "http", "title", "headings"];

/** Says whether two browsers saw the same site. */
function printComparison([first, second]) {
  if (!second) {
    return;
  }
  const paths = new Set([...first.pages, ...second.pages].map((page) => page.path));
  let same = 0;
  for (const place of paths) {
    const [one, other] = [first, second].map(({ pages }) => pages.find((page) => page.path === place));
    const differing = ESSENCE.filter((name) => JSON.stringify(one?.[name]) !== JSON.stringify(other?.[name]));
    same += Number(differing.length === 0);
    if (differing.length > 0) {
      console.log(`Not the same: ${place}: ${differing.join(", ")}`);
    }
  }
  console.log(`${first.name} and ${second.name} saw the same of ${same} of ${paths.size} pages`);
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeHtml = (text) => String(text).replace(/[&<>"]/g, (letter) => ENTITIES[letter]);

// Prefixed as well, so that PhantomJS itself can show the sheet.
const STYLE = `
  * { -webkit-box-sizing: border-box; box-sizing: border-box; }
  body { margin: 0; padding: 36px 0 48px; background: #e9ecef; color: #24384a; font: 14px/1.5 "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
  .all { width: 1240px; margin: 0 auto; }
  h1 { margin: 0 12px 4px; font-size: 26px; font-weight: normal; }
  .all > p { margin: 0 12px 20px; color: #66788a; }
  .page { float: left; width: 286px; margin: 12px; border-radius: 8px; overflow: hidden; background: #fff; -webkit-box-shadow: 0 1px 6px rgba(18, 38, 58, 0.18); box-shadow: 0 1px 6px rgba(18, 38, 58, 0.18); }
  .pair { width: 596px; }
  .shot { position: relative; display: block; float: left; width: 286px; height: 215px; overflow: hidden; background: #f7f8f9; color: inherit; text-decoration: none; }
  .shots { height: 216px; overflow: hidden; border-bottom: 1px solid #e3e7ea; background: #e3e7ea; }
  .pair .shot { width: 297px; height: 223px; }
  .pair .shots { height: 224px; }
  .pair .shot + .shot { margin-left: 2px; }
  .shot img { display: block; width: 100%; }
  .shot u { position: absolute; right: 8px; bottom: 8px; padding: 1px 9px; border-radius: 9px; background: #24384a; color: #fff; font-size: 12px; text-decoration: none; }
  .shot b { position: absolute; top: 90px; width: 100%; color: #a03a1c; text-align: center; }
  .words { height: 94px; padding: 10px 14px; }
  .title, .path { height: 22px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
  .title { font-weight: bold; }
  .path, .facts { color: #66788a; font-size: 13px; }
  .facts { margin-top: 6px; }
  .facts i { float: right; padding: 0 9px; border-radius: 9px; background: #dcebea; color: #1f6f78; font-style: normal; }
  .facts i.bad { background: #fbe0d8; color: #a03a1c; }
`;

const labelOf = ({ http = "failed", errors = [] }) => (http === "200" && errors.length > 0 ? "script error" : http);

/** One browser's picture of a page. `name` is said where there are two. */
function shot({ file, http = "failed", headings = [] }, name) {
  const said = name ? `<u>${escapeHtml(name)}</u>` : "";
  const lack = http === "failed" ? "<b>No page came</b>" : "";
  return `<a class="shot" href="${escapeHtml(file)}"><img src="${escapeHtml(file)}" alt="${escapeHtml(headings.join("; "))}">${said}${lack}</a>`;
}

/** All pictures of one page, and its facts: `seen` has an entry for each browser. */
function card(seen) {
  const [{ page }] = seen;
  const isPair = seen.length > 1;
  const label = labelOf(page);
  const facts = seen.map(({ page: { ms = "?", pid = "?" }, name }) =>
    isPair ? `${escapeHtml(name)} ${ms} ms` : `${ms} ms · pid ${pid}`,
  );
  return `<div class="page${isPair ? " pair" : ""}">
  <div class="shots">${seen.map((one) => shot(one.page, isPair && one.name)).join("")}</div>
  <div class="words">
    <div class="title">${escapeHtml(page.title || "(no title)")}</div>
    <div class="path">${escapeHtml(page.path)}</div>
    <div class="facts"><i${label === "200" ? "" : ' class="bad"'}>${escapeHtml(label)}</i>${facts.join(" · ")}</div>
  </div>
</div>`;
}

function about({ name, pages, counts, ms }) {
  return `${name}: ${pages.length} pages in ${seconds(ms)}, by ${counts.started} workers one after another, two at a time`;
}

/** Writes DIR/index.html and returns its address. `results`: of one browser, or of two, which stand side by side. */
function writeSheet(out, results) {
  const cards = results[0].pages.map(({ path: place }) => {
    const seen = results.map(({ name, pages }) => ({ name, page: pages.find((page) => page.path === place) }));
    return card(seen.filter(({ page }) => page));
  });
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Contact sheet</title><style>${STYLE}</style></head>
<body><div class="all">
<h1>Contact sheet</h1>
<p>${results.map((result) => escapeHtml(about(result))).join("<br>")}<br>Click on a picture to see it whole.</p>
${cards.join("\n")}
</div></body>
</html>
`;
  const file = path.join(out, "index.html");
  fs.writeFileSync(file, html);
  return pathToFileURL(file).href;
}

module.exports = { printComparison, printSummary, progress, writeSheet };
