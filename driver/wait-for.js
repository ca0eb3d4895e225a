// waitFor: answers when an element is there, or when a function gives something. Nothing in a page tells of every change
// that a function may look at, so it is asked again and again.

var errors = require("./errors");
var evaluate = require("./evaluate");
var look = require("./look");
var DriverError = errors.DriverError;

var LOOK_MS = 25;
// A process that was stopped has not waited meanwhile.
var MOST_MS = 1000;

// What is asked, and how that is told of.
function questionOf(what, options) {
  var wish = options.hidden ? "is hidden" : options.visible ? "is visible" : "is there";
  if (what.hasOwnProperty("selector")) {
    return {
      source: String(look),
      args: [what.selector, Boolean(options.visible), Boolean(options.hidden)],
      text: "no element that matches " + JSON.stringify(what.selector) + " " + wish,
    };
  }
  return { source: what.source, args: what.args, text: "the function gave nothing" };
}

// Gives the value in a list, as it may be false itself.
function sourceOf(source) {
  return "function () { var given = (" + source + "\n).apply(this, arguments); return given ? [given] : null; }";
}

function failureOf(error, what) {
  var isSelector = what.hasOwnProperty("selector") && /SyntaxError|SYNTAX_ERR/.test(error.message);
  return isSelector ? new DriverError("invalid selector", JSON.stringify(what.selector) + " is no selector") : error;
}

// args: [{ selector } or { source, args }, { timeout, visible, hidden }]
function waitFor(session, args, answer) {
  var what = args[0];
  var options = args[1];
  var question = questionOf(what, options);
  var waited = 0;
  var last = Date.now();
  var timer = setInterval(ask, LOOK_MS);
  function end() {
    clearInterval(timer);
    session.forget(closed);
  }
  function fail(error) {
    end();
    answer.fail(failureOf(error, what));
  }
  function closed() {
    fail(new DriverError("no such window", "page " + session.id + " was closed before"));
  }
  function ask() {
    waited += Math.min(Date.now() - last, MOST_MS);
    last = Date.now();
    try {
      evaluate.mustParse(question.source);
      evaluate.evaluate(session, [sourceOf(question.source), false].concat(question.args), {
        json: function (text) {
          if (text !== "null") {
            end();
            answer.json(text.slice(1, -1));
          }
        },
      });
    } catch (error) {
      fail(error);
      return;
    }
    if (waited >= options.timeout) {
      fail(new DriverError("script timeout", question.text + " within " + options.timeout + " ms"));
    }
  }
  session.onClose(closed);
  ask();
}

exports.waitFor = waitFor;
