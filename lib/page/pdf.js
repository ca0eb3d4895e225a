"use strict";

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { inspect } = require("node:util");
const { PageError } = require("../errors");

/** Options that go to the browser as they are. */
const OPTIONS = [
  "footer",
  "footerTemplate",
  "format",
  "header",
  "headerTemplate",
  "height",
  "margin",
  "orientation",
  "pageRanges",
  "path",
  "printBackground",
  "scale",
  "width",
];

function refuse(problem) {
  throw new PageError("ERR_PAGE_COMMAND", `pdf: ${problem}`);
}

/** `landscape`, as Puppeteer has it, is another name for an orientation. */
function optionsOf(given) {
  if (typeof given !== "object" || given === null) {
    refuse(`the options must be an object, not ${inspect(given)}`);
  }
  const { landscape, ...rest } = given;
  const options = landscape === undefined ? rest : { orientation: landscape ? "landscape" : "portrait", ...rest };
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name)) {
      refuse(`there is no option "${name}", only ${OPTIONS.join(", ")}, landscape`);
    }
  }
  if (options.path !== undefined && typeof options.path !== "string") {
    refuse(`path must be a string, not ${inspect(options.path)}`);
  }
  // An option that is undefined was not given.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Where a browser writes that gives no bytes. */
function scratch() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "phantom-cluster-pdf-"));
  return { file: path.join(folder, "page.pdf"), remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

/** PhantomJS does not say where it cannot write. */
async function readWritten(file) {
  try {
    return await fs.promises.readFile(file);
  } catch (cause) {
    throw new PageError("ERR_PAGE_COMMAND", `pdf: ${file} was not written`, { cause });
  }
}

/** A PDF of the page as bytes; with option `path` it is written there as well. */
async function pdf(target, given = {}) {
  const options = optionsOf(given);
  if (options.path !== undefined) {
    options.path = path.resolve(options.path);
    await target.command("pdf", [options]);
    return readWritten(options.path);
  }
  if (target.givesBytes) {
    return Buffer.from(await target.command("pdf", [options]), "base64");
  }
  const { file, remove } = scratch();
  try {
    await target.command("pdf", [{ ...options, path: file }]);
    return await readWritten(file);
  } finally {
    remove();
  }
}

module.exports = { pdf };
