// The atoms: functions that run in the page. Each file adds its own to one table; together they are one function, which
// stays in the document: compiled anew for each call it would cost a millisecond and 100 KB until the next collection.

var PARTS = [
  require("./nodes"),
  require("./json"),
  require("./visible"),
  require("./find"),
  require("./element"),
  require("./interact"),
  require("./script"),
];

// Calls an atom by name. Gives JSON text of { value } or { error, message, stack }; the stack is the page's own script's,
// or that of a failure nobody foresaw.
function dispatcher(atoms) {
  function outcomeOf(name, args) {
    try {
      atoms.mustBeCurrent();
      return { value: atoms[name].apply(null, args) };
    } catch (error) {
      return {
        error: error.webdriver || "unknown error",
        message: error.webdriver ? error.message : error.name + ": " + error.message,
        stack: String((error.webdriver ? error.origin : error.stack) || ""),
      };
    }
  }
  return function (name, args) {
    return atoms.toJson(outcomeOf(name, args));
  };
}

function source(part) {
  return String(part).replace(/^\s*\/\/.*\n/gm, "");
}

// Gives the dispatcher. Its text is the same for all pages, so that WebKit finds what it has compiled.
var SOURCE =
  "function (env) { var atoms = {};" +
  PARTS.map(function (part) {
    return "(" + source(part) + ")(atoms, env);";
  }).join("") +
  "return (" +
  source(dispatcher) +
  ")(atoms); }";

// Out of enumeration's sight; the page finds it only when it looks for this very name.
var NAME = "$phantomClusterAtoms";

// What installs the atoms in the current document.
exports.INSTALL =
  "function () { Object.defineProperty(document, '" + NAME + "', { value: " + SOURCE + ", configurable: true }); }";

// The source of a call of an atom; all parts are JavaScript source. Gives "" when the document has no atoms yet.
exports.call = function (env, name, args) {
  var invocation = "make(" + env + ")(" + name + ", [" + args.join(", ") + "])";
  return "function () { var make = document." + NAME + "; return make ? " + invocation + " : ''; }";
};
