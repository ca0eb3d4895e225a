// The `phantom/` extension: commands in, one ordered stream of replies and events out, over a WebSocket.
//
// POST phantom/connect { url } makes PhantomJS open a WebSocket to `url`, since it cannot listen for one itself. When that
// closes, PhantomJS exits. A frame from Node is [id, target, method, args, quiet], …: JSON with commas between, run in
// this order. Target 0 is `phantom`, n > 0 is page n, whose session is "p" + n. A frame to Node has one entry per line, in
// the order in which things happened: ID KIND JSON. Rust passes the JSON on unread.
//
// A frame takes a fifteenth of a millisecond, a command through PhantomJS's web server a quarter of one.
//
// Replies to quiet commands wait for other entries for a while, so that Node is not woken for them alone.

var errors = require("./errors");
var escapeLoneSurrogates = require("./http").escapeLoneSurrogates;

var KIND_VALUE = 0;
var KIND_ERROR = 1;
var KIND_EVENT = 2;
// Quiet replies leave after this long in any case.
var QUIET_MS = 4000;
var EXIT_CLIENT_GONE = 99;

// Loaded once the socket is open: there is time until Node sends its first command.
var commands = null;
var socket = null;
var outbox = [];
// Whether the outbox has an entry that Node waits for.
var isLoud = false;
var quietTimer = 0;
var isRunning = false;
// Frames that came while another's commands ran.
var waiting = [];
var whenConnected = function () {};

function flush() {
  var frame = outbox.join("\n");
  outbox = [];
  isLoud = false;
  clearTimeout(quietTimer);
  quietTimer = 0;
  socket.send(frame);
}

function push(id, kind, text, quiet) {
  text = escapeLoneSurrogates(text);
  if (text.indexOf("\n") >= 0) {
    // A page may replace JSON by one that breaks lines. Between JSON's values that means the same as a space.
    text = text.replace(/\n/g, " ");
  }
  outbox.push(id + " " + kind + " " + text);
  // After the frame that had its command, Node may wait for a quiet reply all the same.
  isLoud = isLoud || !quiet || !isRunning;
  // All entries that the commands of one frame cause leave in one frame.
  if (!isRunning) {
    send();
  }
}

function send() {
  if (isLoud) {
    flush();
  } else if (outbox.length > 0 && !quietTimer) {
    quietTimer = setTimeout(flush, QUIET_MS);
  }
}

// Functions that run inside PhantomJS may give any value. A reply or an event must leave in any case.
function textOf(value) {
  try {
    // Undefined for functions.
    return JSON.stringify(value) || "null";
  } catch (_error) {
    return require("./writer")(value);
  }
}

function replyTo(id, quiet) {
  var open = true;
  return {
    value: function (value) {
      if (open) {
        open = false;
        push(id, KIND_VALUE, textOf(value), quiet);
      }
    },
    // `text` is already JSON.
    json: function (text) {
      if (open) {
        open = false;
        push(id, KIND_VALUE, text, quiet);
      }
    },
    fail: function (error) {
      if (open) {
        open = false;
        push(id, KIND_ERROR, JSON.stringify(errors.toValue(errors.from(error))), quiet);
      }
    },
  };
}

function event(target, name, args) {
  push(0, KIND_EVENT, textOf([target, name, args]), false);
}

function run(command) {
  var answer = replyTo(command[0], Boolean(command[4]));
  try {
    commands.run(command[1], command[2], command[3] || [], answer);
  } catch (error) {
    answer.fail(error);
  }
}

function take(frame) {
  // A command may run PhantomJS's event loop, in which the next frame may arrive.
  waiting.push(frame);
  if (isRunning) {
    return;
  }
  isRunning = true;
  while (waiting.length > 0) {
    JSON.parse("[" + waiting.shift() + "]").forEach(run);
  }
  isRunning = false;
  send();
}

function connect(url) {
  if (socket) {
    throw new errors.DriverError("invalid argument", "PhantomJS is connected already");
  }
  socket = new WebSocket(url);
  whenConnected();
  socket.onopen = function () {
    commands = require("./commands");
    require("./events").onSend(event);
  };
  socket.onmessage = function (message) {
    take(message.data);
  };
  socket.onclose = function () {
    phantom.exit(EXIT_CLIENT_GONE);
  };
}

function handle(request, reply) {
  var verb = request.method + " " + request.path.slice(1).join("/");
  if (verb !== "POST connect" || typeof request.body.url !== "string") {
    throw new errors.DriverError("unknown command", "no such extension command: " + verb);
  }
  connect(request.body.url);
  reply.value(null);
}

exports.EXIT_CLIENT_GONE = EXIT_CLIENT_GONE;
exports.handle = handle;
exports.onConnect = function (callback) {
  whenConnected = callback;
};
