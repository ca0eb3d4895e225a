// One command of a session at a time, in the order they came (https://www.w3.org/TR/webdriver2/#dfn-request-queue):
// PhantomJS turns its event loop inside sendEvent, and the next request must not start in the middle of a click.

var DriverError = require("../errors").DriverError;
var state = require("./state");

// Answers once, and tells when it has.
function Answer(reply, ended) {
  this.reply = reply;
  this.ended = ended;
}
["value", "fail"].forEach(function (kind) {
  Answer.prototype[kind] = function (content) {
    var reply = this.reply;
    if (reply) {
      this.reply = null;
      reply[kind](content);
      this.ended();
    }
  };
});
Answer.prototype.isOpen = function () {
  return this.reply !== null;
};

// Runs `command(answer)` when all that came before it has been answered.
function take(session, command, reply) {
  var turns = state.of(session).turns;
  var answer = new Answer(reply, function () {
    session.forget(closed);
    turns.splice(turns.indexOf(run), 1);
    if (turns.length) {
      // Later: the command that just answered may still be on the stack.
      setTimeout(turns[0], 0);
    }
  });
  function closed() {
    answer.fail(new DriverError("no such window", "the window was closed before the command ended"));
  }
  function run() {
    if (!answer.isOpen()) {
      return;
    }
    try {
      command(answer);
    } catch (error) {
      answer.fail(error);
    }
  }
  session.onClose(closed);
  turns.push(run);
  if (turns.length === 1) {
    run();
  }
}

exports.take = take;
