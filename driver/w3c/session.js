// https://www.w3.org/TR/webdriver2/#sessions

var alerts = require("./alerts");
var capabilities = require("./capabilities");
var random = require("./random");
var sessions = require("../sessions");
var state = require("./state");
var timeouts = require("./timeouts");

// PhantomJS's own 400 by 300 hides much of a page that is made for a desktop.
var VIEWPORT = { width: 1024, height: 768 };

function status(_session, _request, reply) {
  reply.value({ ready: true, message: "" });
}

function configure(session, wanted) {
  var own = state.of(session);
  own.pageLoadStrategy = wanted.pageLoadStrategy || own.pageLoadStrategy;
  own.promptBehavior = wanted.unhandledPromptBehavior || own.promptBehavior;
  own.strictFileInteractability = wanted.strictFileInteractability === true;
  timeouts.apply(session, timeouts.read(wanted.timeouts || {}));
  session.page.viewportSize = VIEWPORT;
  alerts.install(session.page, own.promptBehavior);
  // PhantomJS would print the errors of the page's scripts.
  session.page.onError = function () {};
  return own;
}

// The bridge's sessions are "p" and a number. Each session has cookies of its own, as a new browser would.
function create(_session, request, reply) {
  var wanted = capabilities.choose(request.body.capabilities);
  var session = sessions.create("s" + random.id(), { isolate: true });
  var own = configure(session, wanted);
  reply.value({ sessionId: session.id, capabilities: capabilities.granted(session, own) });
}

function remove(session, _request, reply) {
  sessions.close(session);
  reply.value(null);
}

exports.create = create;
exports.remove = remove;
exports.status = status;
