// The sessions: one WebDriver session is one WebPage. The W3C endpoints and the bridge share this table.

var webpage = require("webpage");
var DriverError = require("./errors").DriverError;
var Loads = require("./loads").Loads;

var sessions = {};
var count = 0;

// W3C defaults, ms (https://www.w3.org/TR/webdriver2/#dfn-timeouts-configuration).
function defaultTimeouts() {
  return { script: 30000, pageLoad: 300000, implicit: 0 };
}

function Session(id, page) {
  this.id = id;
  this.page = page;
  this.timeouts = defaultTimeouts();
  this.closed = false;
  this.loads = new Loads(page);
  // Callbacks to run when the session closes, so that whoever waits on the page hears of its end.
  this.closers = [];
}
Session.prototype.onClose = function (callback) {
  this.closers.push(callback);
};
Session.prototype.forget = function (callback) {
  var index = this.closers.indexOf(callback);
  if (index >= 0) {
    this.closers.splice(index, 1);
  }
};

// `isolate` gives the page a cookie jar of its own; without it all pages share PhantomJS's.
function create(id, options) {
  var page;
  if (sessions.hasOwnProperty(id)) {
    throw new DriverError("session not created", "session " + id + " exists");
  }
  page = webpage.create();
  if (options && options.isolate) {
    page.cookieJar = require("cookiejar").create();
  }
  return adopt(id, page);
}

// Takes a page that PhantomJS made by itself (a pop-up) into the table.
function adopt(id, page) {
  var session = new Session(id, page);
  sessions[id] = session;
  count += 1;
  return session;
}

function get(id) {
  if (!sessions.hasOwnProperty(id)) {
    throw new DriverError("invalid session id", "no session " + id + ": it was closed or never existed");
  }
  return sessions[id];
}

function close(session) {
  var closers = session.closers;
  if (session.closed) {
    return;
  }
  session.closed = true;
  session.closers = [];
  session.loads.stop();
  delete sessions[session.id];
  count -= 1;
  closers.forEach(function (closer) {
    closer();
  });
  session.page.close();
}

exports.create = create;
exports.adopt = adopt;
exports.get = get;
exports.close = close;
exports.count = function () {
  return count;
};
