"use strict";

const fs = require("node:fs/promises");
const { text } = require("node:stream/consumers");
const { CommandError } = require("./command-error");
const { addressOfPath, fileUrl } = require("./local-file");

const SCHEMES = ["http:", "https:", "file:"];
// With a digit after the colon it is a host and its port, not a scheme.
const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:(?!\d)/i;
const IS_FILE_URL = /^file:/i;
/** Of Windows. */
const IS_DRIVE = /^[a-z]:[\\/]/i;

function parse(given, where) {
  const full = HAS_SCHEME.test(given) ? given : `http://${given}`;
  try {
    return IS_FILE_URL.test(full) ? fileUrl(full, where) : new URL(full);
  } catch (error) {
    if (error instanceof CommandError) {
      throw error;
    }
    return null;
  }
}

/** No resolver knows a host with an empty label: ".", "..", "a..b". */
const isHost = (name) => !name.replace(/\.$/, "").split(".").includes("");

/** The address as a browser spells it; "example.com" is one too, and the path of a file. */
function toAddress(given, where) {
  const file = HAS_SCHEME.test(given) && !IS_DRIVE.test(given) ? null : addressOfPath(given, where);
  if (file) {
    return file;
  }
  const url = parse(given, where);
  if (!url || !SCHEMES.includes(url.protocol)) {
    throw new CommandError(`${where}"${given}" is no URL that can be rendered (http, https, file)`);
  }
  if (url.protocol !== "file:" && !isHost(url.hostname)) {
    throw new CommandError(`${where}"${given}" has no host that there can be: "${url.hostname}"`);
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
