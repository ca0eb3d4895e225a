// Waits for loads (https://www.w3.org/TR/webdriver2/#dfn-wait-for-navigation-to-complete). PhantomJS's signals are
// connected to beside the user's handlers, never in their place.

var DriverError = require("../errors").DriverError;
var page = require("./page");
var state = require("./state");

// setTimeout takes no more; longer limits are never reached.
var MAX_TIMER_MS = 2147483647;
var EAGER_POLL_MS = 10;
// QNetworkReply::SslHandshakeFailedError
var SSL_HANDSHAKE_FAILED = 6;

// What becomes of a load that input began is not the command's failure, unless it takes too long.
function Load(session, reply, isInput) {
  this.session = session;
  this.page = session.page;
  this.reply = reply;
  this.isInput = isInput;
  this.began = false;
  this.ended = false;
  this.committed = false;
  this.status = null;
  // The main frame's address, what became of it on the network, and its HTTP status.
  this.target = null;
  this.problem = null;
  this.httpStatus = null;
  this.timer = 0;
  this.listener = this.finished.bind(this);
  this.connections = this.connect();
}

Load.prototype.finished = function (status) {
  this.status = status;
  this.later(0, this.check);
};

Load.prototype.connect = function () {
  var load = this;
  var slots = {
    // A load that is superseded ends as failed, before the new one starts: only what follows a start counts.
    loadStarted: function () {
      load.began = true;
      load.status = null;
    },
    navigationRequested: function (url, _type, _willNavigate, isMainFrame) {
      if (isMainFrame) {
        load.target = url;
        load.problem = null;
        load.httpStatus = null;
      }
    },
    resourceReceived: function (resource) {
      if (resource.url === load.target) {
        load.httpStatus = resource.status;
      }
    },
    resourceError: function (resource) {
      if (resource.url === load.target) {
        load.problem = resource;
      }
    },
    urlChanged: function () {
      load.committed = true;
    },
  };
  Object.keys(slots).forEach(function (signal) {
    load.page[signal].connect(slots[signal]);
  });
  // The page's own loadFinished is not to be relied on (loads.js).
  load.session.loads.listen(load.listener);
  return slots;
};

// Calls a method when the events under way have been dealt with, unless all is over by then.
Load.prototype.later = function (delay, method) {
  var load = this;
  setTimeout(function () {
    if (!load.ended && !load.session.closed) {
      method.call(load);
    }
  }, delay);
};

Load.prototype.release = function () {
  var load = this;
  load.ended = true;
  clearTimeout(load.timer);
  load.session.loads.forget(load.listener);
  Object.keys(load.connections).forEach(function (signal) {
    load.page[signal].disconnect(load.connections[signal]);
  });
};

Load.prototype.end = function (failure) {
  this.release();
  if (failure && (!this.isInput || failure.code === "timeout")) {
    this.reply.fail(failure);
  } else {
    this.reply.value(null);
  }
};

Load.prototype.check = function () {
  if (this.status !== null && !this.page.loading) {
    this.end(this.status === "fail" ? this.failure() : null);
  }
};

Load.prototype.failure = function () {
  var problem = this.problem;
  var reason = "nothing to show" + (this.httpStatus ? " (HTTP status " + this.httpStatus + ")" : "");
  var code = "unknown error";
  if (problem) {
    reason = problem.errorString + " (network error " + problem.errorCode + ")";
    code = problem.errorCode === SSL_HANDSHAKE_FAILED ? "insecure certificate" : code;
  }
  return new DriverError(code, "cannot load " + this.target + ": " + reason);
};

// "eager": the new document is there and has been parsed (https://www.w3.org/TR/webdriver2/#dfn-page-load-strategy).
Load.prototype.checkEager = function () {
  if (this.committed && page.call(this.session, "readyState") !== "loading") {
    this.end(null);
  } else {
    this.later(EAGER_POLL_MS, this.checkEager);
  }
};

// Runs action(next), which may begin a load; next(error or nothing) says that it has done its part.
Load.prototype.start = function (action) {
  var load = this;
  var wasLoading = this.page.loading;
  function next(error) {
    if (load.session.closed) {
      return;
    }
    if (error) {
      load.release();
      load.reply.fail(error);
      return;
    }
    load.began = load.began || (load.page.loading && !wasLoading);
    load.limit();
    // Navigations that a script asks for begin from timers: two turns see those of the page's own setTimeout(…, 0), too.
    load.later(0, function () {
      load.later(0, load.settle);
    });
  }
  try {
    action(next);
  } catch (error) {
    next(error);
  }
};

Load.prototype.limit = function () {
  var limit = this.session.timeouts.pageLoad;
  if (limit !== null && limit <= MAX_TIMER_MS) {
    this.timer = setTimeout(this.expire.bind(this), limit);
  }
};

Load.prototype.expire = function () {
  if (!this.session.closed) {
    this.page.stop();
    this.end(new DriverError("timeout", "the page did not load within " + this.session.timeouts.pageLoad + " ms"));
  }
};

Load.prototype.settle = function () {
  if (!this.began) {
    this.end(null);
  } else if (state.of(this.session).pageLoadStrategy === "eager") {
    this.checkEager();
  }
};

function run(session, reply, isInput, action) {
  if (state.of(session).pageLoadStrategy !== "none") {
    new Load(session, reply, isInput).start(action);
    return;
  }
  action(function (error) {
    if (error) {
      reply.fail(error);
    } else {
      reply.value(null);
    }
  });
}

function atOnce(action) {
  return function (next) {
    action();
    next();
  };
}

// For a navigation: answers when its load has ended, or failed.
exports.navigate = function (session, reply, action) {
  run(session, reply, false, atOnce(action));
};

// For input: answers when it has been dealt with, and the load that it began, if any, has ended.
exports.interact = function (session, reply, action) {
  run(session, reply, true, atOnce(action));
};

// The same for input that takes its time: action(next).
exports.interactSlowly = function (session, reply, action) {
  run(session, reply, true, action);
};
