// What the W3C endpoints keep about a session, beside what sessions.js has. Made at first use, so that the bridge's
// sessions have it too.

var random = require("./random");

function State() {
  // The start of every element reference: tells those of this session from all others.
  this.prefix = random.id();
  this.handle = random.id();
  // Names for documents and scripts, each used once.
  this.names = 0;
  // How many frames the current one is below the top.
  this.depth = 0;
  this.pageLoadStrategy = "normal";
  this.promptBehavior = "dismiss and notify";
  this.strictFileInteractability = false;
  // The commands that run or wait for their turn.
  this.turns = [];
  // The state of the input sources (actions.js).
  this.input = null;
}
State.prototype.freshName = function () {
  this.names += 1;
  return this.names;
};

exports.of = function (session) {
  if (!session.w3c) {
    session.w3c = new State();
  }
  return session.w3c;
};
