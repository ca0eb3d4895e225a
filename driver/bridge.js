// The `phantom/` extension: batches of commands in, one ordered stream of replies and events out.
//
// POST phantom/batch { commands: [[id, target, method, args], …] } runs the commands in order. Target 0 is `phantom`,
// n > 0 the page n, whose session is "p" + n. GET phantom/events is the long poll. Both answer
// { seq, end, out: [[id, kind, text], …] }: all that is ready, in the order it happened; `text` is JSON as a string,
// which the relay between passes on unread. `seq` counts the answers, so that two that cross on the wire can be put in
// order. `end` says that PhantomJS is about to exit.

var commands = require("./commands");
var errors = require("./errors");
var events = require("./events");
var escapeLoneSurrogates = require("./http").escapeLoneSurrogates;

var KIND_VALUE = 0;
var KIND_ERROR = 1;
var KIND_EVENT = 2;
// A poll is answered empty after this long: the client learns that the driver lives, and the driver that the client does.
var POLL_MS = 4000;

var outbox = [];
var seq = 0;
var poll = null;
var pollTimer = 0;
var inBatch = false;
var ending = false;

function drain() {
  var out = outbox.join(",");
  outbox = [];
  seq += 1;
  return '{"seq":' + seq + ',"end":' + ending + ',"out":[' + out + "]}";
}

function answerPoll() {
  var reply = poll;
  poll = null;
  clearTimeout(pollTimer);
  reply.json(drain());
}

function push(id, kind, text) {
  if (/[\ud800-\udfff]/.test(text)) {
    text = escapeLoneSurrogates(text);
  }
  outbox.push("[" + id + "," + kind + "," + JSON.stringify(text) + "]");
  // Within a batch everything goes with the batch's own answer.
  if (poll && !inBatch) {
    answerPoll();
  }
}

function replyTo(id) {
  var open = true;
  return {
    value: function (value) {
      if (open) {
        open = false;
        push(id, KIND_VALUE, value === undefined ? "null" : JSON.stringify(value));
      }
    },
    // `text` is already JSON.
    json: function (text) {
      if (open) {
        open = false;
        push(id, KIND_VALUE, text);
      }
    },
    fail: function (error) {
      if (open) {
        open = false;
        push(id, KIND_ERROR, JSON.stringify(errors.toValue(errors.from(error))));
      }
    },
  };
}

function event(target, name, args) {
  push(0, KIND_EVENT, JSON.stringify([target, name, args]));
}

function runBatch(list, reply) {
  inBatch = true;
  try {
    list.forEach(function (command) {
      var answer = replyTo(command[0]);
      try {
        commands.run(command[1], command[2], command[3] || [], answer);
      } catch (error) {
        answer.fail(error);
      }
    });
  } finally {
    inBatch = false;
  }
  reply.json(drain());
}

function holdPoll(reply) {
  if (poll) {
    answerPoll();
  }
  poll = reply;
  if (outbox.length) {
    answerPoll();
  } else {
    pollTimer = setTimeout(answerPoll, POLL_MS);
  }
}

// Tells the client to let go of its connections: PhantomJS cannot exit while one is open.
function end() {
  ending = true;
  if (poll) {
    answerPoll();
  }
}

function handle(request, reply) {
  var verb = request.method + " " + request.path.slice(1).join("/");
  if (verb === "POST batch" && Array.isArray(request.body.commands)) {
    runBatch(request.body.commands, reply);
  } else if (verb === "GET events") {
    holdPoll(reply);
  } else {
    throw new errors.DriverError("unknown command", "no such extension command: " + verb);
  }
}

commands.onExit(end);
events.onSend(event);

exports.handle = handle;
