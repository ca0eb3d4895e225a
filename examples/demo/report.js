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

function printSummary({ pages, counts, ms }, sheet) {
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
  console.log(`Pictures: ${sheet}`);
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
  .page { float: left; width: 286px; margin: 12px; border-radius: 8px; overflow: hidden; background: #fff; color: inherit; text-decoration: none; -webkit-box-shadow: 0 1px 6px rgba(18, 38, 58, 0.18); box-shadow: 0 1px 6px rgba(18, 38, 58, 0.18); }
  .shot { position: relative; height: 215px; overflow: hidden; border-bottom: 1px solid #e3e7ea; background: #f7f8f9; }
  .shot img { display: block; width: 286px; }
  .shot b { position: absolute; top: 90px; width: 100%; color: #a03a1c; text-align: center; }
  .words { height: 94px; padding: 10px 14px; }
  .title, .path { height: 22px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
  .title { font-weight: bold; }
  .path, .facts { color: #66788a; font-size: 13px; }
  .facts { margin-top: 6px; }
  .facts i { float: right; padding: 0 9px; border-radius: 9px; background: #dcebea; color: #1f6f78; font-style: normal; }
  .facts i.bad { background: #fbe0d8; color: #a03a1c; }
`;

function card(page) {
  const { file, title, http = "failed", ms = "?", errors = [], headings = [], pid = "?" } = page;
  const isGood = http === "200" && errors.length === 0;
  const label = http === "200" && !isGood ? "script error" : http;
  return `<a class="page" href="${escapeHtml(file)}">
  <div class="shot"><img src="${escapeHtml(file)}" alt="${escapeHtml(headings.join("; "))}">${http === "failed" ? "<b>No page came</b>" : ""}</div>
  <div class="words">
    <div class="title">${escapeHtml(title || "(no title)")}</div>
    <div class="path">${escapeHtml(page.path)}</div>
    <div class="facts"><i${isGood ? "" : ' class="bad"'}>${escapeHtml(label)}</i>${ms} ms · pid ${pid}</div>
  </div>
</a>`;
}

/** Writes DIR/index.html and returns its address. */
function writeSheet(out, { pages, counts, ms }) {
  const about = `${pages.length} pages in ${seconds(ms)}, by ${counts.started} workers one after another, two at a time`;
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Contact sheet</title><style>${STYLE}</style></head>
<body><div class="all">
<h1>Contact sheet</h1>
<p>${about}. Click on a picture to see it whole.</p>
${pages.map(card).join("\n")}
</div></body>
</html>
`;
  const file = path.join(out, "index.html");
  fs.writeFileSync(file, html);
  return pathToFileURL(file).href;
}

module.exports = { printSummary, progress, writeSheet };
