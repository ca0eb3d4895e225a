"use strict";

const fs = require("node:fs/promises");
const { look, paintWhite } = require("./in-page");

const PAPER = { format: "A4", margin: "1cm" };

/** The browser writes the file itself, and says no more than whether it did. */
async function draw(page, file, format) {
  if (!(await page.render(file, { format }))) {
    throw new Error(`the browser cannot write ${file}`);
  }
}

async function savePicture(page, file) {
  // A page without a background is transparent in the picture, which viewers show as black.
  await page.evaluate(paintWhite);
  await draw(page, file, "png");
}

async function savePaper(page, file) {
  await page.set("paperSize", PAPER);
  await draw(page, file, "pdf");
}

async function saveHtml(page, file) {
  await fs.writeFile(file, await page.get("content"));
}

async function saveText(page, file) {
  await fs.writeFile(file, `${(await page.get("plainText")).trimEnd()}\n`);
}

async function saveJson(page, file, seen) {
  const { url, finalUrl, status, title, consoleErrors } = seen;
  const contents = await page.evaluate(look);
  await fs.writeFile(
    file,
    `${JSON.stringify({ url, finalUrl, status, title, ...contents, consoleErrors }, null, 2)}\n`,
  );
}

/** What a page can be saved as: its file's extension, and `save(page, file, seen)`. */
const FORMATS = {
  png: { extension: "png", save: savePicture },
  pdf: { extension: "pdf", save: savePaper },
  html: { extension: "html", save: saveHtml },
  text: { extension: "txt", save: saveText },
  json: { extension: "json", save: saveJson },
};

module.exports = { FORMATS };
