// https://www.w3.org/TR/webdriver2/#executing-script

var DriverError = require("../errors").DriverError;
var check = require("./check");
var page = require("./page");
var state = require("./state");
var wait = require("./wait");

// Answers when the script has ended.
function deliver(outcome, reply) {
  if (outcome.done) {
    reply.value(outcome.value);
  }
  return outcome.done;
}

function expire(session, name) {
  page.call(session, "abandon", [name]);
  throw new DriverError("script timeout", "the script did not end within " + session.timeouts.script + " ms");
}

function execute(session, request, reply, isAsync) {
  var script = check.string(request.body.script, "script");
  var args = check.array(request.body.args, "args");
  var own = state.of(session);
  var name = own.freshName();
  // A script that removes its own frame while PhantomJS evaluates it there crashes PhantomJS; run from a timer it may.
  var isDeferred = own.depth > 0;
  var outcome = page.callWithScript(session, "execute", script, [name, args, isAsync, isDeferred]);
  if (deliver(outcome, reply)) {
    return;
  }
  // Nothing can interrupt a script that keeps PhantomJS's only thread; the limit is for those that wait.
  wait.poll(
    reply,
    session.timeouts.script,
    function () {
      return deliver(page.call(session, "outcome", [name]), reply);
    },
    function () {
      expire(session, name);
    }
  );
}

exports.executeSync = function (session, request, reply) {
  execute(session, request, reply, false);
};
exports.executeAsync = function (session, request, reply) {
  execute(session, request, reply, true);
};
