// The events of a page: who hears of them, in Node or in functions that run in here.

var guardRequest = require("./headers").guardRequest;
var include = require("./include");
var KeptEvents = require("./kept-events").KeptEvents;
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

// What the handler of such an event returns PhantomJS keeps for good, unless another one takes its place.
var ANSWERED = ["onCallback", "onConfirm", "onFilePicker", "onLongRunningScript", "onPrompt"];

var sendToNode = function () {};

function withoutAnswer() {}

// The handlers of one page.
function Events(session) {
  this.session = session;
  // name -> { toNode, functions: [{ fn, args }], slot, isForKept, before }: `isForKept` when nobody has asked for it,
  // `before` what its slot has taken the place of.
  this.handlers = {};
  // The events of a new pop-up, until Node has set its listeners.
  this.kept = null;
}

// A listener in Node, or with `source` a function in here, which gets the event's arguments and then `args`. `replace`
// puts it in the place of all others.
Events.prototype.on = function (name, source, args, replace) {
  var handler;
  if (replace) {
    this.off(name);
  }
  handler = this.handlers[name] || this.install(name);
  if (handler.isForKept) {
    // A function in here may have put its own in that place meanwhile.
    handler.isForKept = false;
    this.connect(name, handler);
  }
  if (source === null) {
    handler.toNode = true;
    if (this.kept) {
      this.kept.deliverSoon();
    }
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
  this.disconnect(name, handler, ANSWERED.indexOf(name) < 0 ? null : withoutAnswer);
  if (this.kept) {
    this.install(name).isForKept = true;
  }
};

Events.prototype.isInstalled = function (name) {
  return this.handlers.hasOwnProperty(name);
};

Events.prototype.install = function (name) {
  var self = this;
  var handler = { toNode: false, functions: [], slot: null, isForKept: false, before: null };
  handler.slot = function () {
    return self.fire(name, handler, [].slice.call(arguments));
  };
  this.handlers[name] = handler;
  this.connect(name, handler);
  return handler;
};

Events.prototype.connect = function (name, handler) {
  if (this.session.closed) {
    return;
  }
  if (name === "onLoadFinished") {
    // Not PhantomJS's own: see loads.js.
    this.session.loads.forget(handler.slot);
    this.session.loads.listen(handler.slot);
  } else if (this.session.page[name] !== handler.slot) {
    handler.before = this.session.page[name];
    this.session.page[name] = handler.slot;
  }
};

Events.prototype.disconnect = function (name, handler, next) {
  if (this.session.closed) {
    return;
  }
  if (name === "onLoadFinished") {
    this.session.loads.forget(handler.slot);
  } else {
    this.session.page[name] = next;
  }
};

// As it was before its events were kept, unless a function in here has taken the place.
Events.prototype.restore = function (name, handler) {
  if (!this.session.closed && (name === "onLoadFinished" || this.session.page[name] === handler.slot)) {
    this.disconnect(name, handler, handler.before);
  }
};

// What the last function in here returns is the event's answer (onConfirm, onPrompt, …): Node cannot be waited for.
Events.prototype.fire = function (name, handler, args) {
  var session = this.session;
  var result;
  if (name === "onAlert" && include.isOwn(args[0])) {
    return undefined;
  }
  if (handler.toNode || this.kept) {
    this.send(name, args);
  }
  if (name === "onResourceRequested" && handler.functions.length > 0) {
    args = [args[0], guardRequest(args[1])];
  }
  handler.functions.forEach(function (entry) {
    var value = entry.fn.apply(session.page, args.concat(entry.args));
    result = value === undefined ? result : value;
  });
  return result;
};

Events.prototype.send = function (name, args) {
  var child = name === "onPageCreated" ? this.session.adopt(args[0]) : null;
  if (child) {
    child.events.keep();
  }
  // A page goes to Node as its number.
  this.pass(name, child ? [child.number] : args.slice(0, SENT[name]));
};

Events.prototype.pass = function (name, args) {
  if (this.kept) {
    this.kept.add(name, args);
  } else {
    sendToNode(this.session.number, name, args);
  }
};

// What Node itself is to know: "loadError", "unparsed" (evaluate.js), and "gone" when the page has closed without a command of Node's.
Events.prototype.tell = function (name, args) {
  if (this.session.number) {
    this.pass(name, args);
  }
};

// Keeps all events from now on, for listeners that are not set yet.
Events.prototype.keep = function () {
  var self = this;
  if (this.kept) {
    return;
  }
  this.kept = new KeptEvents({
    isWanted: function (name) {
      return !SENT.hasOwnProperty(name) || self.handlers[name].toNode;
    },
    send: function (name, args) {
      sendToNode(self.session.number, name, args);
    },
    drop: function (name, args) {
      self.drop(name, args);
    },
    onLate: function () {
      self.release(true);
    },
  });
  Object.keys(SENT).forEach(function (name) {
    if (!self.handlers[name]) {
      self.install(name).isForKept = true;
    }
  });
};

// Nobody in Node wants it: what would have become of it without keeping.
Events.prototype.drop = function (name, args) {
  var handler = this.handlers[name];
  if (name === "onPageCreated") {
    this.session.release("p" + args[0]);
  } else if (name === "onError" && handler.isForKept && handler.before) {
    handler.before.apply(this.session.page, args);
  }
};

// The listeners of onPageCreated have run; with `isDone` those that go on later have ended too.
Events.prototype.release = function (isDone) {
  var self = this;
  var kept = this.kept;
  if (!kept) {
    return;
  }
  if (!isDone) {
    kept.goOn();
    return;
  }
  kept.end();
  this.kept = null;
  Object.keys(this.handlers).forEach(function (name) {
    var handler = self.handlers[name];
    if (handler.isForKept) {
      delete self.handlers[name];
      self.restore(name, handler);
    }
  });
  this.session.released();
};

// The page is about to be closed by a command: its last event comes before that command's reply. PhantomJS's own comes
// when Node has forgotten the page.
Events.prototype.end = function () {
  var handler = this.handlers.onClosing;
  this.release(true);
  if (handler && this.handlers.onClosing === handler) {
    delete this.handlers.onClosing;
    handler.before = null;
    this.restore("onClosing", handler);
    this.fire("onClosing", handler, [this.session.page]);
  }
};

exports.Events = Events;
exports.onSend = function (callback) {
  sendToNode = callback;
};
