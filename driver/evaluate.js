// evaluate: runs a function's source in the page and brings its result, or its error, back.
//
// A result travels as JSON text: one string crosses Qt's bridge far faster than an object tree, and exactly. JSON's own
// is used where it leaves nothing out. All else, what was thrown too, waits in the page for a second call: what that
// needs is long, and takes its time to be parsed.

var errors = require("./errors");
var write = require("./writer");
var DriverError = errors.DriverError;

// What the first call gives instead of text.
var IS_THROWN = 1;
var IS_LEFT = 2;
// Where it leaves it. No script of the page runs between the two calls.
var LEFT = "this['phantom-cluster:left']";

// No function is in `value`, and no object that has more than its own properties. Runs in the page.
function isPlain(value) {
  var prototypeOf = Object.getPrototypeOf;
  var ofLists = prototypeOf([]);
  var ofObjects = prototypeOf({});
  var todo = [value];
  var count = 1;
  var key;
  var item;
  if (typeof value !== "object" || value === null) {
    return typeof value !== "function";
  }
  for (key in {}) {
    return false;
  }
  while (count > 0) {
    count -= 1;
    value = todo[count];
    if (prototypeOf(value) === ofLists) {
      for (key = 0; key < value.length; key += 1) {
        item = value[key];
        if (typeof item === "object" && item !== null) {
          todo[count] = item;
          count += 1;
        } else if (typeof item === "function") {
          return false;
        }
      }
    } else if (prototypeOf(value) === ofObjects) {
      for (key in value) {
        item = value[key];
        if (typeof item === "object" && item !== null) {
          todo[count] = item;
          count += 1;
        } else if (typeof item === "function") {
          return false;
        }
      }
    } else {
      return false;
    }
  }
  return true;
}

// What was thrown may be anything, and may throw again when it is looked at. Runs in the page.
function toFailure(thrown) {
  function textOf(value) {
    try {
      return value === undefined || value === null ? "" : "" + value;
    } catch (_error) {
      return "";
    }
  }
  function part(key) {
    try {
      return textOf(thrown[key]);
    } catch (_error) {
      return "";
    }
  }
  return {
    message: part("message") || textOf(thrown) || (thrown ? "something that cannot be made text" : "" + thrown),
    name: part("message") && part("name"),
    stack: part("stack"),
  };
}

// The less there is to parse the better. No text in them has these characters beside a space.
function sourceOf(fn) {
  return String(fn)
    .replace(/^\s*\/\/.*$/gm, "")
    .replace(/\s*([{}();,=<>+!&|?:])\s*/g, "$1");
}

var CAUGHT = [
  "function () { var __r, __t; try { __r = (",
  "); } catch (__e) { " + LEFT + " = __e; return " + IS_THROWN + "; }",
];
// PhantomJS makes of the error what it makes of any other in the page: its onError.
var REPORTED = ["function () { var __r, __t; __r = (", ");"];
// A page may have a JSON of its own, or toJSON for everything (Prototype.js). JSON refuses what holds itself.
var GIVE =
  " if (__r === undefined) { return 'null'; }" +
  " try { if (![].toJSON && ('' + JSON.stringify).indexOf('[native code]') >= 0) { __t = JSON.stringify(__r);" +
  " if ((" +
  sourceOf(isPlain) +
  ")(__r)) { return __t; } } } catch (__e) {} " +
  LEFT +
  " = { value: __r, text: __t }; return " +
  IS_LEFT +
  "; }";

var TAKE = "function () { var left = " + LEFT + "; delete " + LEFT + "; return (";
var WRITE_LEFT = TAKE + sourceOf(write) + ")(left.value, left.text); }";
var TELL_THROWN = TAKE + sourceOf(toFailure) + ")(left); }";

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

function parses(source) {
  try {
    mustParse(source);
    return true;
  } catch (_error) {
    return false;
  }
}

// JSON text as JavaScript source: U+2028 and U+2029 end a line in ES5 source but not in JSON.
function asSource(value) {
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, function (match) {
    return match === "\u2028" ? "\\u2028" : "\\u2029";
  });
}

// A function can be given by `invokeMethod`.
function argumentSource(value) {
  return typeof value === "function" ? "(" + value + ")" : asSource(value);
}

// No result at all: JavaScript is off in this page (settings.javascriptEnabled), or PhantomJS has told of an error.
function give(result, answer) {
  answer.json(typeof result === "string" ? result : "null");
}

function callOf(source, args) {
  return "(" + source + "\n)(" + args.map(argumentSource).join(",") + ")";
}

function failureOf(given) {
  var isNamed = !given.name || given.message.indexOf(given.name + ":") === 0;
  return new DriverError("javascript error", isNamed ? given.message : given.name + ": " + given.message, given.stack);
}

// Fails with what the expression throws, or its source that does not parse. With `isReported` the page's onError hears
// of that instead, as of any other error in the page, and the result is null.
function run(session, source, expression, isReported, answer) {
  var page = session.raw;
  var way = isReported ? REPORTED : CAUGHT;
  var result;
  if (isReported && !parses(source)) {
    page.evaluateJavaScript("function () { return " + expression + "; }");
    // Node can say what is too new in it.
    session.events.tell("unparsed", [source]);
    give(null, answer);
    return;
  }
  mustParse(source);
  result = page.evaluateJavaScript(way[0] + expression + way[1] + GIVE);
  if (result === IS_THROWN) {
    throw failureOf(page.evaluateJavaScript(TELL_THROWN) || { message: "an error, of a page that is gone", name: "" });
  }
  give(result === IS_LEFT ? page.evaluateJavaScript(WRITE_LEFT) : result, answer);
}

// args: [source, whether an error is the page's onError, ...arguments of the function]
function evaluate(session, args, answer) {
  var source = String(args[0]);
  run(session, source, callOf(source, args.slice(2)), args[1], answer);
}

// args: [source of a function without parameters, or an expression's text; whether an error is the page's onError]
function evaluateJavaScript(session, args, answer) {
  var source = String(args[0]);
  run(session, source, "(" + source + "\n)()", args[1], answer);
}

// args: [source, delay, ...arguments of the function], which it gets in reverse order, as PhantomJS's own gives them.
function evaluateAsync(session, args, answer) {
  var source = String(args[0]);
  var given = [source + "\n", Number(args[1]) || 0].concat(args.slice(2).reverse().map(argumentSource));
  mustParse(source);
  session.raw.evaluateJavaScript("function () { setTimeout(" + given.join(", ") + "); }");
  answer.value(null);
}

// By `invokeMethod` errors are the page's onError, as of PhantomJS's own methods, whose place these take: those convert
// results slowly, end PhantomJS with some (an invalid date), and cannot take U+2028 among the arguments.
var INVOKED = {
  evaluate: function (session, args, answer) {
    evaluate(session, [args[0], true].concat(args.slice(1)), answer);
  },
  evaluateAsync: evaluateAsync,
  evaluateJavaScript: function (session, args, answer) {
    evaluateJavaScript(session, [args[0], true], answer);
  },
};

// The source of a call of `fn` in a page.
function asCall(fn, args) {
  return "function () { return " + callOf(sourceOf(fn), args) + "; }";
}

exports.INVOKED = INVOKED;
exports.asCall = asCall;
exports.asSource = asSource;
exports.evaluate = evaluate;
exports.evaluateAsync = evaluateAsync;
exports.evaluateJavaScript = evaluateJavaScript;
exports.mustParse = mustParse;
