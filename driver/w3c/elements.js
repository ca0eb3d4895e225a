// https://www.w3.org/TR/webdriver2/#elements: finding them and asking about them.

var DriverError = require("../errors").DriverError;
var check = require("./check");
var page = require("./page");
var wait = require("./wait");

var STRATEGIES = ["css selector", "link text", "partial link text", "tag name", "xpath"];

// Looks again and again until something is found or the implicit wait is over; then answer(found).
// https://www.w3.org/TR/webdriver2/#dfn-find
function find(session, request, reply, onlyFirst, answer) {
  var using = check.oneOf(request.body.using, "using", STRATEGIES);
  var selector = check.string(request.body.value, "value");
  var root = request.params.element || null;
  var found = [];
  wait.poll(
    reply,
    session.timeouts.implicit,
    function () {
      found = page.call(session, "find", [using, selector, root, onlyFirst]);
      if (found.length) {
        answer(found);
      }
      return found.length > 0;
    },
    function () {
      answer(found);
    }
  );
}

function findOne(session, request, reply) {
  find(session, request, reply, true, function (found) {
    if (!found.length) {
      throw new DriverError("no such element", "no element for " + request.body.using + " " + request.body.value);
    }
    reply.value(found[0]);
  });
}

function findAll(session, request, reply) {
  find(session, request, reply, false, reply.value.bind(reply));
}

function active(session, _request, reply) {
  reply.value(page.call(session, "activeElement"));
}

// A command that is one atom, with the element, and the name in the path where there is one.
function ask(atom) {
  return function (session, request, reply) {
    var args = [request.params.element];
    if (request.params.name !== undefined) {
      args.push(request.params.name);
    }
    reply.value(page.call(session, atom, args));
  };
}

exports.active = active;
exports.attribute = ask("attribute");
exports.css = ask("css");
exports.displayed = ask("displayed");
exports.enabled = ask("enabled");
exports.findAll = findAll;
exports.findOne = findOne;
exports.property = ask("property");
exports.rect = ask("rect");
exports.selected = ask("selected");
exports.tagName = ask("tagName");
exports.text = ask("text");
