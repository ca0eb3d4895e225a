// The sessions: one WebDriver session is one WebPage. The W3C endpoints and the bridge share this table.

var DriverError = require("./errors").DriverError;
var events = require("./events");
var LoadErrors = require("./load-errors").LoadErrors;
var Loads = require("./loads").Loads;
var pages = require("./pages");

// Pages that PhantomJS makes by itself are numbered from here, far above those that Node asks for.
var FIRST_OWN_NUMBER = 1e9;

var sessions = {};
var count = 0;
// Closed pages whose events are still kept (kept-events.js).
var departed = {};
// That of a page that is made in advance, while others load: it takes a quarter of a millisecond.
var spare = null;
// Whoever keeps a page for long needs no spare one.
var hasClosed = false;
var nextOwnNumber = FIRST_OWN_NUMBER;

// W3C defaults, ms (https://www.w3.org/TR/webdriver2/#dfn-timeouts-configuration).
function defaultTimeouts() {
  return { script: 30000, pageLoad: 300000, implicit: 0 };
}

function Session(page) {
  this.id = "";
  // What the bridge calls it; 0 for sessions of the W3C endpoints.
  this.number = 0;
  this.made = page;
  // Without what its module gives it (pages.js).
  this.raw = page.raw;
  this.timeouts = defaultTimeouts();
  this.closed = false;
  // Its cookie jar, while cookies are off (jars.js).
  this.idleJar = null;
  this.events = new events.Events(this);
  // Why its last load failed.
  this.loadError = null;
  // Whether a command waits for the response of the page itself.
  this.wantsResponse = false;
  this.loads = this.watchLoads();
  // Callbacks to run when the session closes, so that whoever waits on the page hears of its end.
  this.closers = [];
  this.watchEnd();
}
Object.defineProperty(Session.prototype, "page", {
  get: function () {
    return this.made.dressed();
  },
});
// For its next load.
Session.prototype.settings = function () {
  return this.made.settings();
};
// Why a load failed is known in Node before its status is.
Session.prototype.watchLoads = function () {
  var own = this.events;
  var session = this;
  function tell(error) {
    session.loadError = error;
    own.tell("loadError", [error]);
  }
  function isHeard() {
    return session.wantsResponse || own.isInstalled("onResourceReceived");
  }
  var loadErrors = new LoadErrors(this.raw, tell, isHeard);
  return new Loads(this.raw, function (status) {
    loadErrors.end(status);
  });
};
// A page ends by its own script (window.close()), or with the page that opened it.
Session.prototype.watchEnd = function () {
  var session = this;
  this.raw.closing.connect(function () {
    if (remove(session) && session.number) {
      // Its last event, after those that this very signal brings.
      setTimeout(function () {
        session.events.tell("gone", []);
      }, 0);
    }
  });
};
// The session of a page that PhantomJS made.
Session.prototype.adopt = function (page) {
  return adopt(page);
};
// Nobody in Node wants the events of this pop-up.
Session.prototype.release = function (id) {
  var session = sessions[id] || departed[id];
  if (session) {
    session.events.release(true);
  }
};
Session.prototype.released = function () {
  delete departed[this.id];
};
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
  var session;
  if (sessions.hasOwnProperty(id)) {
    throw new DriverError("session not created", "session " + id + " exists");
  }
  session = takeSpare() || new Session(pages.create());
  if (options && options.isolate) {
    session.raw.cookieJar = require("cookiejar").create();
  }
  return add(id, session);
}

// Makes the next page ready.
function prepare() {
  if (!spare && hasClosed) {
    spare = new Session(pages.create());
  }
}

function takeSpare() {
  var session = spare;
  spare = null;
  return session;
}

// Whatever changes what a new page is like: the spare one was made before.
function discard() {
  if (spare) {
    // It was in no table.
    spare.closed = true;
    spare.raw.close();
    spare = null;
  }
}

function add(id, session) {
  session.id = id;
  session.number = id.charAt(0) === "p" ? Number(id.slice(1)) : 0;
  sessions[id] = session;
  count += 1;
  return session;
}

// The session of a page that PhantomJS made by itself (a pop-up), which is taken into the table at first sight.
function adopt(page) {
  var known = Object.keys(sessions).filter(function (id) {
    return sessions[id].raw === page;
  })[0];
  if (known) {
    return sessions[known];
  }
  nextOwnNumber += 1;
  return add("p" + nextOwnNumber, new Session(pages.adopt(page)));
}

// The session as far as listeners go: there is still one of a closed page whose events have not all left.
function listening(id) {
  return departed.hasOwnProperty(id) ? departed[id] : get(id);
}

function get(id) {
  if (!sessions.hasOwnProperty(id)) {
    throw new DriverError("invalid session id", "no session " + id + ": it was closed or never existed");
  }
  return sessions[id];
}

function endEvents(session) {
  try {
    session.events.end();
  } catch (error) {
    // Of a user's function: told as PhantomJS tells it, and no reason to keep the page.
    setTimeout(function () {
      throw error;
    }, 0);
  }
}

function close(session) {
  if (!session.closed) {
    endEvents(session);
    remove(session);
    hasClosed = true;
    session.raw.close();
  }
}

// Takes a session out of the table and tells whoever waits for its page; false when it was out already.
function remove(session) {
  var closers = session.closers;
  if (session.closed) {
    return false;
  }
  session.closed = true;
  session.closers = [];
  session.loads.stop();
  delete sessions[session.id];
  count -= 1;
  if (session.events.kept) {
    departed[session.id] = session;
  }
  closers.forEach(function (closer) {
    closer();
  });
  return true;
}

exports.create = create;
exports.prepare = prepare;
exports.discard = discard;
exports.adopt = adopt;
exports.get = get;
exports.listening = listening;
exports.close = close;
exports.all = function () {
  return Object.keys(sessions).map(function (id) {
    return sessions[id];
  });
};
exports.count = function () {
  return count;
};
