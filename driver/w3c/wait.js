// Waiting without blocking PhantomJS's only thread.

var FIRST_PAUSE_MS = 1;
var LONGEST_PAUSE_MS = 50;

// Calls check() now and again until it returns true; calls expired() when it has not within `limit` ms (null: never).
// What either throws is the answer. Ends by itself when the command was answered otherwise.
function poll(reply, limit, check, expired) {
  var end = limit === null ? Infinity : Date.now() + limit;
  var pause = FIRST_PAUSE_MS;
  function turn() {
    if (!reply.isOpen()) {
      return;
    }
    try {
      if (check()) {
        return;
      }
      if (Date.now() >= end) {
        expired();
        return;
      }
    } catch (error) {
      reply.fail(error);
      return;
    }
    setTimeout(turn, Math.min(pause, end - Date.now()));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
  turn();
}

exports.poll = poll;
