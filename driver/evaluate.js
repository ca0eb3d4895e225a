// evaluate: runs a function's source in the page and brings its result, or its error, back.

var errors = require("./errors");
var DriverError = errors.DriverError;

// Writes JSON where the page's own cannot be relied on (Prototype.js gives toJSON to everything). Runs in the page.
var WRITE = String(function write(value) {
  function quote(text) {
    var escaped = text.replace(/["\\\u0000-\u001f]/g, function (character) {
      return "\\u" + (character.charCodeAt(0) + 0x10000).toString(16).slice(1);
    });
    return '"' + escaped + '"';
  }
  function writeObject(object) {
    var parts = [];
    Object.keys(object).forEach(function (key) {
      if (object[key] !== undefined && typeof object[key] !== "function") {
        parts.push(quote(key) + ":" + write(object[key]));
      }
    });
    return "{" + parts.join(",") + "}";
  }
  if (typeof value === "string" || value instanceof Date) {
    return quote(value instanceof Date ? value.toISOString() : value);
  }
  if (Array.isArray(value)) {
    return "[" + value.map(write).join(",") + "]";
  }
  if (typeof value === "object" && value !== null) {
    return writeObject(value);
  }
  return typeof value === "boolean" || (typeof value === "number" && Math.abs(value) < Infinity)
    ? String(value)
    : "null";
});

// The wrapper runs in the page. A result travels as JSON text: one string crosses Qt's bridge far faster than an object
// tree, and exactly.
var BEFORE = "function () { var __r; try { __r = (";
var AFTER =
  "); } catch (__e) { return { error: { message: String(__e && __e.message || __e), name: String(__e && __e.name || '')," +
  " stack: String(__e && __e.stack || '') } }; }" +
  " if (__r === undefined) { return 'null'; }" +
  " try { if (Array.prototype.toJSON || Object.prototype.toJSON || String.prototype.toJSON ||" +
  " String(JSON.stringify).indexOf('[native code]') < 0) { return (" +
  WRITE +
  ")(__r); }" +
  " __r = JSON.stringify(__r); return __r === undefined ? 'null' : __r; }" +
  " catch (__e) { return { error: { message: 'the result cannot be made JSON: ' + __e.message, name: __e.name, stack: '' } }; } }";

// Sources already known to parse; a crawl evaluates the same few functions over and over.
var parsed = {};
var parsedCount = 0;
var PARSED_MAX = 500;

// A source that does not parse gives undefined from the page, without an error: find out here, with a reason.
function mustParse(source) {
  if (parsed.hasOwnProperty(source)) {
    return;
  }
  try {
    // The driver only compiles the text; it never runs it.
    new Function("return (" + source + "\n);");
  } catch (error) {
    throw errors.syntaxError(error, source);
  }
  if (parsedCount >= PARSED_MAX) {
    parsed = {};
    parsedCount = 0;
  }
  parsed[source] = true;
  parsedCount += 1;
}

// JSON text as JavaScript source: U+2028 and U+2029 end a line in ES5 source but not in JSON.
function asSource(value) {
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, function (match) {
    return match === "\u2028" ? "\\u2028" : "\\u2029";
  });
}

function deliver(page, expression, answer) {
  var result = page.evaluateJavaScript(BEFORE + expression + AFTER);
  if (result && result.error) {
    throw new DriverError("javascript error", result.error.name + ": " + result.error.message, result.error.stack);
  }
  // No wrapper result at all: JavaScript is off in this page (settings.javascriptEnabled).
  answer.json(typeof result === "string" ? result : "null");
}

// args: [source, ...arguments of the function]
function evaluate(session, args, answer) {
  var source = String(args[0]);
  mustParse(source);
  deliver(session.raw, "(" + source + "\n).apply(this, " + asSource(args.slice(1)) + ")", answer);
}

// args: [source of a function without parameters, or an expression's text]
function evaluateJavaScript(session, args, answer) {
  var source = String(args[0]);
  mustParse(source);
  deliver(session.raw, "(" + source + "\n)()", answer);
}

exports.asSource = asSource;
exports.mustParse = mustParse;
exports.evaluate = evaluate;
exports.evaluateJavaScript = evaluateJavaScript;
