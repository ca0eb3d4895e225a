"use strict";

const { PageError } = require("../errors");

const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE"];
const JSON_TYPE = /^\s*application\/([\w.-]+\+)?json\b/i;

/** PhantomJS loads nothing for any other method, and never says so. */
function checkMethod(method) {
  if (method && !METHODS.includes(String(method).toUpperCase())) {
    throw new PageError("ERR_PAGE_COMMAND", `open: PhantomJS has no method ${method}, only ${METHODS.join(", ")}`);
  }
}

/** Whether a form sends it part by part. A date, for example, is one value. */
const hasParts = (value) => typeof value === "object" && value !== null && typeof value.toJSON !== "function";

/** Adds a value as HTML forms do: `a: [1, 2]` as `a=1&a=2`, and `a: { b: 1 }`, which they do not know, as `a[b]=1`. */
function append(form, name, value) {
  if (!hasParts(value)) {
    if (value !== undefined && typeof value !== "function") {
      form.append(name, value === null ? "" : String(value.toJSON?.() ?? value));
    }
    return;
  }
  for (const [key, part] of Object.entries(value)) {
    append(form, Array.isArray(value) && !hasParts(part) ? name : `${name}[${key}]`, part);
  }
}

function formOf(data) {
  if (data instanceof URLSearchParams) {
    return data;
  }
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(data)) {
    append(form, name, value);
  }
  return form;
}

function isJson(headers) {
  return Object.entries(headers ?? {}).some(([name, value]) => /^content-type$/i.test(name) && JSON_TYPE.test(value));
}

/** A body: text as it is, bytes one by one, an object as a form, or as JSON where the request's headers say so. */
function bodyOf(data, headers) {
  if (typeof data !== "object" || data === null) {
    return data;
  }
  if (ArrayBuffer.isView(data)) {
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("latin1");
  }
  return isJson(headers) ? JSON.stringify(data) : String(formOf(data));
}

/** A request's settings as PhantomJS knows them: `method` is another name for its `operation`. */
function settingsOf({ method, ...settings }) {
  const operation = settings.operation || method;
  checkMethod(operation);
  return { ...settings, operation, data: bodyOf(settings.data, settings.headers) };
}

/** What `open` is given behind the address: `(method, data, headers)` or `(settings)`. */
function openRequest([first, ...rest]) {
  if (typeof first === "object" && first !== null) {
    return [settingsOf(first), ...rest];
  }
  checkMethod(first);
  const [data, headers] = rest;
  return rest.length > 0 ? [first, bodyOf(data, headers), ...rest.slice(1)] : [first];
}

/** What `openUrl` is given behind the address: a method or settings of the request, and settings of the page. */
function openUrlRequest([request, ...rest]) {
  return [...openRequest([request]), ...rest];
}

module.exports = { openRequest, openUrlRequest };
