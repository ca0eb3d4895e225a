"use strict";

const fs = require("node:fs/promises");
const { text } = require("node:stream/consumers");
const { CommandError } = require("./command-error");

const SCHEMES = ["http:", "https:", "file:"];
// A digit after the colon makes it the port of a host.
const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:(?!\d)/i;

/** The address as a browser spells it; "example.com" is one too. */
function toAddress(given, where) {
  const full = HAS_SCHEME.test(given) ? given : `http://${given}`;
  const url = URL.canParse(full) ? new URL(full) : null;
  if (!url || !SCHEMES.includes(url.protocol)) {
    throw new CommandError(`${where}"${given}" is no URL that can be rendered (http, https, file)`);
  }
  return url.href;
}

/** A list's lines, without the comments: a # at the beginning or after a space, as URLs have one within. */
function linesOf(list, name) {
  return list
    .replace(/^\ufeff/, "")
    .split(/\r\n|\r|\n/)
    .map((line, index) => ({ given: line.replace(/(^|\s)#.*$/, "").trim(), where: `${name}:${index + 1}: ` }))
    .filter(({ given }) => given !== "");
}

async function readList(name) {
  if (name === "-") {
    return linesOf(await text(process.stdin), "stdin");
  }
  try {
    return linesOf(await fs.readFile(name, "utf8"), name);
  } catch (error) {
    throw new CommandError(`cannot read the URLs: ${error.message}`);
  }
}

/** All addresses of the command line and of the lists, each once, in their order. */
async function readAddresses(urls, inputs) {
  const entries = urls.map((given) => ({ given, where: "" }));
  for (const name of inputs) {
    entries.push(...(await readList(name)));
  }
  const addresses = entries.map(({ given, where }) => toAddress(given, where));
  if (addresses.length === 0) {
    throw new CommandError("there are no URLs: name some, or a file of them with --input; see phantom-cluster --help");
  }
  return [...new Set(addresses)];
}

module.exports = { readAddresses };
