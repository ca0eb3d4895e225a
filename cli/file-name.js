"use strict";

const { domainToUnicode, pathToFileURL } = require("node:url");

// File systems take 255 bytes; the rest is for a number and the extension.
const MOST_BYTES = 200;
// Names that Windows keeps for itself, whatever follows the dot.
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Percent-encoded text as letters, where it is UTF-8. */
function decode(text) {
  return text.replace(/(%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });
}

/** The beginning of a text that takes so many bytes at most, whole letters only. */
function cut(text, most) {
  let bytes = 0;
  let end = 0;
  for (const letter of text) {
    bytes += Buffer.byteLength(letter);
    if (bytes > most) {
      return text.slice(0, end);
    }
    end += letter.length;
  }
  return text;
}

const trim = (text) => text.replace(/^[-.]+|[-.]+$/g, "");

/** A path without the working directory, for files that are in it. */
function shorten(pathname) {
  const here = `${pathToFileURL(process.cwd()).pathname}/`;
  return pathname.startsWith(here) ? pathname.slice(here.length) : pathname;
}

/** "example.com-docs-page-id=5" of an address: letters and digits of any language, and what is safe everywhere. */
function baseName(address) {
  const { protocol, hostname, port, pathname, search, hash } = new URL(address);
  const host = [domainToUnicode(hostname) || hostname, port].filter(Boolean).join("-");
  const place = protocol === "file:" ? shorten(pathname) : pathname;
  const plain = `${host}${decode(place + search + hash)}`.normalize("NFC");
  const safe = plain.replace(/[^\p{L}\p{M}\p{N}._=,+@()-]|\.{2,}/gu, "-").replace(/-{2,}/g, "-");
  const name = trim(cut(trim(safe), MOST_BYTES)) || "page";
  return RESERVED.test(name) ? `page-${name}` : name;
}

/** A file name for each address, no two of them alike, not even where case does not count. */
function fileNames(addresses, extension) {
  const taken = new Set();
  const numbers = new Map();
  return addresses.map((address) => {
    const base = baseName(address);
    const key = base.toLowerCase();
    let name = base;
    while (taken.has(name.toLowerCase())) {
      const number = (numbers.get(key) ?? 1) + 1;
      numbers.set(key, number);
      name = `${base}-${number}`;
    }
    taken.add(name.toLowerCase());
    return `${name}.${extension}`;
  });
}

module.exports = { fileNames };
