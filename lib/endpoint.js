"use strict";

// Addresses of browsers that run elsewhere. What lets one in is a part of the address: a token in the query, a name and
// password, or, as with Chromium itself, the path. So none is shown as a whole.

const PROTOCOLS = ["ws:", "wss:"];

/** `text` as a URL, or null. */
function parse(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** An address without what lets one in: "wss://host:3000/…". */
function redacted(text) {
  const url = parse(text);
  if (!url?.host) {
    return "an address that cannot be read";
  }
  const hasMore = url.pathname.length > 1 || url.search || url.hash || url.username || url.password;
  return `${url.protocol}//${url.host}${hasMore ? "/…" : ""}`;
}

/** What an address must be that is none of a WebSocket, as the end of a sentence without its secrets; or null. */
function endpointProblem(text) {
  const url = parse(text);
  if (PROTOCOLS.includes(url?.protocol)) {
    return url.hash ? `an address without a part behind "#", not ${redacted(text)}` : null;
  }
  const isHttp = /^https?:$/.test(url?.protocol ?? "");
  const hint = isHttp ? "; Chromium's own is webSocketDebuggerUrl of its /json/version" : "";
  return `an address that begins with ws:// or wss://, not ${redacted(text)}${hint}`;
}

module.exports = { endpointProblem, redacted };
