// Calls the atoms in a session's current frame.

var DriverError = require("../errors").DriverError;
var atoms = require("./atoms/index");
var asSource = require("../evaluate").asSource;
var state = require("./state");

function environment(session) {
  var own = state.of(session);
  return { prefix: own.prefix, handle: own.handle, depth: own.depth, freshName: own.freshName() };
}

function noOutcome(session) {
  // A frame that was taken out of its document runs no scripts.
  return state.of(session).depth > 0
    ? new DriverError("no such window", "the current frame is gone")
    : new DriverError("javascript error", "nothing came back from the page");
}

// `args` are JavaScript source. `whyNothing(session)` is the failure when there is no outcome at all.
function callWithSource(session, name, args, whyNothing) {
  var source = atoms.call(asSource(environment(session)), asSource(name), args);
  var text = session.page.evaluateJavaScript(source);
  var outcome;
  if (text === "") {
    session.page.evaluateJavaScript(atoms.INSTALL);
    text = session.page.evaluateJavaScript(source);
  }
  if (typeof text !== "string" || text === "") {
    throw whyNothing(session);
  }
  outcome = JSON.parse(text);
  if (outcome.error) {
    throw new DriverError(outcome.error, outcome.message, outcome.stack);
  }
  return outcome.value;
}

function call(session, name, args) {
  return callWithSource(session, name, (args || []).map(asSource), noOutcome);
}

// Calls an atom with a function whose body is `script` before the other arguments. A body that does not parse gives no
// outcome; the page's error signal says what is wrong with it.
function callWithScript(session, name, script, args) {
  var problem = null;
  function note(message) {
    problem = message;
  }
  session.page.javaScriptErrorSent.connect(note);
  try {
    return callWithSource(session, name, ["function () {" + script + "\n}"].concat(args.map(asSource)), function () {
      return problem === null ? noOutcome(session) : new DriverError("javascript error", problem);
    });
  } finally {
    session.page.javaScriptErrorSent.disconnect(note);
  }
}

exports.call = call;
exports.callWithScript = callWithScript;
