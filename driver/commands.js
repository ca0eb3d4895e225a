// The commands of the bridge: what `ph` and `page` can do, one table each. A command gets (subject, args, answer) and
// answers now or later; `sync` makes one of a function that returns its value.

var errors = require("./errors");
var evaluate = require("./evaluate");
var sessions = require("./sessions");
var DriverError = errors.DriverError;

var beforeExit = function () {};

function sync(command) {
  return function (subject, args, answer) {
    answer.value(command(subject, args));
  };
}

// Adds commands that pass to the method of the same name on `target(subject)`, its return value included.
function addPassed(table, names, target) {
  names.forEach(function (name) {
    table[name] = sync(function (subject, args) {
      var object = target(subject);
      return object[name].apply(object, args);
    });
  });
}

// `settings.userAgent` and the like: walks the dotted name to the object that holds the last part.
function walk(subject, name) {
  var parts = String(name).split(".");
  var last = parts.pop();
  var holder = subject;
  parts.forEach(function (part) {
    holder = holder === null || holder === undefined ? undefined : holder[part];
  });
  if (holder === null || typeof holder !== "object") {
    throw new DriverError("invalid argument", "no property " + name);
  }
  return { holder: holder, last: last };
}

function getProperty(subject, args) {
  var place = walk(subject, args[0]);
  return place.holder[place.last];
}

// Objects that PhantomJS hands out as copies (viewportSize, customHeaders, …) must be written back as a whole.
function setProperty(subject, args) {
  var name = String(args[0]);
  var top = name.split(".")[0];
  var copy = subject[top];
  var place;
  if (name === top) {
    subject[name] = args[1];
  } else {
    place = walk(subject, name);
    if (place.holder === copy || top === "settings") {
      copy[place.last] = args[1];
      subject[top] = copy;
    } else {
      place.holder[place.last] = args[1];
    }
  }
  return getProperty(subject, args);
}

var phantomCommands = {
  createPage: sync(function (_phantom, args) {
    sessions.create("p" + args[0], args[1]);
  }),
  exit: sync(function (_phantom, args) {
    beforeExit();
    // Later, so that the answer to this very batch still leaves.
    setTimeout(function () {
      phantom.exit(args[0] || 0);
    }, 0);
  }),
  get: sync(getProperty),
  getCookies: sync(function () {
    return phantom.cookies;
  }),
  set: sync(setProperty),
};
addPassed(phantomCommands, ["injectJs", "addCookie", "clearCookies", "deleteCookie", "setProxy"], function () {
  return phantom;
});

// Answers with the status of the next finished load, or fails when the page closes first. Signals are connected to
// beside the user's own handlers, never in their place.
function onceLoaded(session, answer) {
  var page = session.page;
  function done(status) {
    page.loadFinished.disconnect(done);
    session.forget(closed);
    answer.value(status);
  }
  function closed() {
    page.loadFinished.disconnect(done);
    answer.fail(closedError(session));
  }
  page.loadFinished.connect(done);
  session.onClose(closed);
}

function closedError(session) {
  return new DriverError("no such window", "page " + session.id + " was closed before the command ended");
}

function open(session, args, answer) {
  if (typeof args[0] !== "string") {
    throw new DriverError("invalid argument", "open: the address must be a string");
  }
  // PhantomJS keeps one callback per page: a new open() takes the place of the one under way, which has failed.
  if (session.opening) {
    session.opening("fail");
  }
  function closed() {
    session.opening = null;
    answer.fail(closedError(session));
  }
  function done(status) {
    session.opening = null;
    session.forget(closed);
    answer.value(status);
  }
  session.opening = done;
  session.onClose(closed);
  session.page.open.apply(
    session.page,
    args.concat(function (status) {
      if (session.opening === done) {
        done(status);
      }
    })
  );
}

// PhantomJS's includeJs never calls back when the script cannot be had; its resourceError signal says so.
function includeJs(session, args, answer) {
  var page = session.page;
  var url = String(args[0]);
  function end() {
    page.resourceError.disconnect(failed);
    session.forget(closed);
  }
  function closed() {
    end();
    answer.fail(closedError(session));
  }
  function failed(resource) {
    if (resource.url === url) {
      end();
      answer.fail(new DriverError("unknown error", "includeJs: cannot load " + url + ": " + resource.errorString));
    }
  }
  page.resourceError.connect(failed);
  session.onClose(closed);
  page.includeJs(url, function () {
    end();
    answer.value(null);
  });
}

function onPage(command) {
  return sync(function (session, args) {
    return command(session.page, args);
  });
}

var PASSED_TO_PAGE = [
  "addCookie",
  "clearCookies",
  "deleteCookie",
  "evaluateAsync",
  "goBack",
  "goForward",
  "injectJs",
  "openUrl",
  "reload",
  "release",
  "render",
  "renderBase64",
  "sendEvent",
  "stop",
  "switchToFocusedFrame",
  "switchToFrame",
  "switchToMainFrame",
  "switchToParentFrame",
  "uploadFile",
];

var pageCommands = {
  close: sync(sessions.close),
  evaluate: evaluate.evaluate,
  evaluateJavaScript: evaluate.evaluateJavaScript,
  get: onPage(getProperty),
  includeJs: includeJs,
  open: open,
  set: onPage(setProperty),
  setContent: function (session, args, answer) {
    onceLoaded(session, answer);
    session.page.setContent(String(args[0]), String(args[1] === undefined ? "about:blank" : args[1]));
  },
};
addPassed(pageCommands, PASSED_TO_PAGE, function (session) {
  return session.page;
});

function run(target, method, args, answer) {
  var table = target === 0 ? phantomCommands : pageCommands;
  var subject = target === 0 ? phantom : sessions.get("p" + target);
  if (!table.hasOwnProperty(method)) {
    throw new DriverError("unknown command", "no such command: " + method);
  }
  table[method](subject, args, answer);
}

exports.run = run;
exports.onExit = function (callback) {
  beforeExit = callback;
};
