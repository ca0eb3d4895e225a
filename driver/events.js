// The events of a page: who hears of them, in Node or in functions that run in here.

var revive = require("./revive").revive;

// Each event of a WebPage (https://phantomjs.org/api/webpage/), and which of its arguments can go to Node: all, or the
// first so many. The rest are objects of PhantomJS's own, for functions in here alone.
var SENT = {
  onAlert: Infinity,
  onCallback: Infinity,
  onClosing: 0,
  onConfirm: Infinity,
  onConsoleMessage: Infinity,
  onError: Infinity,
  onFilePicker: Infinity,
  onInitialized: Infinity,
  onLoadFinished: Infinity,
  onLoadStarted: Infinity,
  onLongRunningScript: 0,
  onNavigationRequested: Infinity,
  onPageCreated: 0,
  onPrompt: Infinity,
  onRepaintRequested: Infinity,
  onResourceError: Infinity,
  onResourceReceived: Infinity,
  onResourceRequested: 1,
  onResourceTimeout: Infinity,
  onUrlChanged: Infinity,
};

var sendToNode = function () {};

// The handlers of one page.
function Events(session) {
  this.session = session;
  // name -> { toNode, functions: [{ fn, args }], slot }
  this.handlers = {};
}

// A listener in Node, or with `source` a function in here, which gets the event's arguments and then `args`. `replace`
// puts it in the place of all others.
Events.prototype.on = function (name, source, args, replace) {
  var handler;
  if (replace) {
    this.off(name);
  }
  handler = this.handlers[name] || this.install(name);
  if (source === null) {
    handler.toNode = true;
  } else {
    handler.functions.push({ fn: revive(source), args: revive(args || []) });
  }
};

// A fixed answer in the place of all handlers.
Events.prototype.answerWith = function (name, answer) {
  this.off(name);
  this.install(name).functions.push({
    fn: function () {
      return answer;
    },
    args: [],
  });
};

Events.prototype.off = function (name) {
  var handler = this.handlers[name];
  if (!handler) {
    return;
  }
  delete this.handlers[name];
  if (name === "onLoadFinished") {
    this.session.loads.forget(handler.slot);
  } else {
    this.session.page[name] = null;
  }
};

Events.prototype.install = function (name) {
  var self = this;
  var handler = { toNode: false, functions: [], slot: null };
  handler.slot = function () {
    return self.fire(name, handler, [].slice.call(arguments));
  };
  this.handlers[name] = handler;
  if (name === "onLoadFinished") {
    // Not PhantomJS's own: see loads.js.
    this.session.loads.listen(handler.slot);
  } else {
    this.session.page[name] = handler.slot;
  }
  return handler;
};

// What the last function in here returns is the event's answer (onConfirm, onPrompt, …): Node cannot be waited for.
Events.prototype.fire = function (name, handler, args) {
  var session = this.session;
  var result;
  if (handler.toNode) {
    this.send(name, args);
  }
  handler.functions.forEach(function (entry) {
    var value = entry.fn.apply(session.page, args.concat(entry.args));
    result = value === undefined ? result : value;
  });
  return result;
};

Events.prototype.send = function (name, args) {
  // A page goes to Node as its number.
  var sent = name === "onPageCreated" ? [this.session.adopt(args[0]).number] : args.slice(0, SENT[name]);
  sendToNode(this.session.number, name, sent);
};

// The page is gone without a command of Node's.
function sendGone(number) {
  sendToNode(number, "gone", []);
}

exports.Events = Events;
exports.sendGone = sendGone;
exports.onSend = function (callback) {
  sendToNode = callback;
};
