// The `phantom/` extension: batches of commands in, one ordered stream of replies and events out.
//
// POST phantom/batch { batch: N, commands: [[id, target, method, args, quiet], …] } runs the commands in order, those of
// batch N behind those of N - 1: two connections may overtake each other. Target 0 is `phantom`, n > 0 the page n, whose
// session is "p" + n. The answer is { seq, end, out: [[id, kind, text], …] }: all that is ready, in the order it
// happened; `text` is JSON as a string, which the relay between passes on unread. `seq` counts the answers, so that two
// that cross on the wire can be put in order. `end` says that PhantomJS is about to exit.
//
// A batch is answered at once when there is something that somebody waits for. Otherwise it is held until there is, or
// another batch takes its place, or its time is over: so each request brings commands in, and events back. The replies
// of quiet commands, if they come at once, do not end the wait.

var commands = require("./commands");
var errors = require("./errors");
var events = require("./events");
var escapeLoneSurrogates = require("./http").escapeLoneSurrogates;

var KIND_VALUE = 0;
var KIND_ERROR = 1;
var KIND_EVENT = 2;
// A batch is answered empty after this long: the client learns that the driver lives, and the driver that the client does.
var HOLD_MS = 4000;

var outbox = [];
// Whether somebody waits for what is in the outbox.
var isLoud = false;
var seq = 0;
var held = null;
var heldTimer = 0;
var inBatch = false;
var ending = false;
var nextBatch = 1;
// Batches that came before their turn, by number.
var early = {};

function drain() {
  var out = outbox.join(",");
  outbox = [];
  isLoud = false;
  seq += 1;
  return '{"seq":' + seq + ',"end":' + ending + ',"out":[' + out + "]}";
}

function hold(reply) {
  held = reply;
  heldTimer = setTimeout(answerHeld, HOLD_MS);
}

function answerHeld() {
  var reply = held;
  held = null;
  clearTimeout(heldTimer);
  reply.json(drain());
}

function push(id, kind, text, quiet) {
  if (/[\ud800-\udfff]/.test(text)) {
    text = escapeLoneSurrogates(text);
  }
  outbox.push("[" + id + "," + kind + "," + JSON.stringify(text) + "]");
  isLoud = isLoud || !quiet || !inBatch;
  // Within a batch everything goes with its own answer.
  if (held && isLoud && !inBatch) {
    answerHeld();
  }
}

function replyTo(id, quiet) {
  var open = true;
  return {
    value: function (value) {
      if (open) {
        open = false;
        push(id, KIND_VALUE, value === undefined ? "null" : JSON.stringify(value), quiet);
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
  push(0, KIND_EVENT, JSON.stringify([target, name, args]), false);
}

function runBatch(list, reply) {
  inBatch = true;
  try {
    list.forEach(function (command) {
      var answer = replyTo(command[0], Boolean(command[4]));
      try {
        commands.run(command[1], command[2], command[3] || [], answer);
      } catch (error) {
        answer.fail(error);
      }
    });
  } finally {
    inBatch = false;
  }
  if (held) {
    // Its place is taken: what there is goes with it.
    answerHeld();
  }
  if (isLoud || ending) {
    reply.json(drain());
  } else {
    hold(reply);
  }
}

// Tells the client to let go of its connections: PhantomJS cannot exit while one is open.
function end() {
  ending = true;
  if (held) {
    answerHeld();
  }
}

function take(number, list, reply) {
  var waiting;
  // In a batch: a command may let PhantomJS look for events, such as this one's arrival.
  if (number !== nextBatch || inBatch) {
    early[number] = { list: list, reply: reply };
    return;
  }
  nextBatch += 1;
  runBatch(list, reply);
  waiting = early[nextBatch];
  if (waiting) {
    delete early[nextBatch];
    take(nextBatch, waiting.list, waiting.reply);
  }
}

function handle(request, reply) {
  var verb = request.method + " " + request.path.slice(1).join("/");
  var number = request.body.batch;
  if (verb !== "POST batch" || !Array.isArray(request.body.commands)) {
    throw new errors.DriverError("unknown command", "no such extension command: " + verb);
  }
  if (!(number >= nextBatch)) {
    throw new errors.DriverError("invalid argument", "batch " + number + " was there before");
  }
  take(number, request.body.commands, reply);
}

commands.onExit(end);
events.onSend(event);

exports.handle = handle;
