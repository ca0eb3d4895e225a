// The commands of the bridge: what `ph` and `page` can do, one table each. A command gets (subject, args, answer) and
// answers now or later; `sync` makes one of a function that returns its value.

var fs = require("fs");

var errors = require("./errors");
var evaluate = require("./evaluate");
var headers = require("./headers");
var include = require("./include");
var jars = require("./jars");
var live = require("./revive");
var sessions = require("./sessions");
var DriverError = errors.DriverError;

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

// `settings.userAgent` and the like: the object that holds the last part of a dotted name.
function holderOf(object, parts, name) {
  var holder = parts.reduce(function (inner, part) {
    return inner === null || inner === undefined ? undefined : inner[part];
  }, object);
  if (holder === null || (typeof holder !== "object" && typeof holder !== "function")) {
    throw new DriverError("invalid argument", "no property " + name);
  }
  return holder;
}

function getProperty(subject, args) {
  var name = String(args[0]);
  var parts = name.split(".");
  var last = parts.pop();
  return holderOf(subject, parts, name)[last];
}

function setProperty(subject, args) {
  var name = String(args[0]);
  var parts = name.split(".");
  var top = parts.shift();
  var last = parts.pop();
  var value = live.revive(args[1]);
  var copy;
  if (top === "settings") {
    require("./settings").check(name, value);
  }
  if (last === undefined) {
    headers.checkProperty(top, value);
    subject[top] = value;
  } else {
    // PhantomJS hands out copies (viewportSize, customHeaders, …): they are written back as a whole. Of the settings,
    // which are live, what must not be set must not be in them.
    copy = top === "settings" && subject.settings ? settingsWith(subject) : subject[top];
    holderOf(copy, parts, name)[last] = value;
    headers.checkProperty(top, copy);
    subject[top] = copy;
  }
  return getProperty(subject, args);
}

// Calls PhantomJS's own method of that name.
function call(object, name, args) {
  if (typeof object[name] !== "function") {
    throw new DriverError("invalid argument", "no method " + name);
  }
  headers.checkCall(name, args);
  return object[name].apply(object, args);
}

function invokeMethod(object, args) {
  return call(object, args[0], live.revive(args.slice(1)));
}

function defineMethod(object, args) {
  object[args[0]] = live.revive(args[1]);
}

var phantomCommands = {
  addCookie: sync(function (_phantom, args) {
    return jars.addCookie(args[0]);
  }),
  clearCookies: sync(jars.clearCookies),
  createOutObject: sync(function (_phantom, args) {
    live.createObject(args[0]);
  }),
  createPage: sync(function (_phantom, args) {
    var session = sessions.create("p" + args[0], args[1]);
    if (args[1] && args[1].isolate) {
      jars.fill(session);
    }
  }),
  defineMethod: sync(defineMethod),
  deleteCookie: sync(function (_phantom, args) {
    return jars.deleteCookie(args[0]);
  }),
  dropOutObject: sync(function (_phantom, args) {
    live.dropObject(args[0]);
  }),
  exit: sync(function (_phantom, args) {
    // Later, so that this frame's other commands run.
    setTimeout(function () {
      phantom.exit(args[0] || 0);
    }, 0);
  }),
  get: sync(function (_phantom, args) {
    return args[0] === "cookies" ? jars.getCookies() : getProperty(phantom, args);
  }),
  getCookies: sync(jars.getCookies),
  invokeMethod: sync(invokeMethod),
  outProperty: sync(function (_phantom, args) {
    return live.revive(args[0])[args[1]];
  }),
  set: sync(function (_phantom, args) {
    if (args[0] === "cookies" && Array.isArray(args[1])) {
      jars.setCookies(args[1]);
      return jars.getCookies();
    }
    if (args[0] === "cookiesEnabled") {
      jars.switchCookies(args[1]);
    }
    return setProperty(phantom, args);
  }),
  // How much the driver itself holds.
  status: sync(function () {
    return { sessions: sessions.count(), objects: live.countObjects() };
  }),
  // A global of the program that PhantomJS runs.
  windowProperty: sync(function (_phantom, args) {
    if (args.length > 1) {
      window[args[0]] = live.revive(args[1]);
    }
    return window[args[0]];
  }),
};
addPassed(phantomCommands, ["injectJs", "setProxy"], function () {
  return phantom;
});

// Answers with the status of the next load that ends, or fails when the page closes first.
function answerWhenLoaded(session, answer, staysInDocument) {
  var endWait = session.loads.once(function (status) {
    session.forget(closed);
    answer.value(status);
  }, staysInDocument);
  function closed() {
    endWait();
    answer.fail(closedError(session));
  }
  session.onClose(closed);
}

function closedError(session) {
  return new DriverError("no such window", "page " + session.id + " was closed before the command ended");
}

// The request that open(url, method, data, headers) and open(url, settings) describe, as PhantomJS takes it.
// It writes a body in Latin-1 unless told otherwise, which suits bytes; what that cannot hold goes as UTF-8.
function requestOf(args) {
  var settings = args[1];
  if (typeof settings === "string") {
    settings = { operation: args[1], data: args[2], headers: args[3] || {} };
  }
  headers.checkHeaders(settings && settings.headers);
  if (settings && typeof settings.data === "string" && !settings.encoding && /[^\x00-\xff]/.test(settings.data)) {
    settings.encoding = "utf8";
  }
  return settings || "get";
}

// Another fragment of the document that the page shows.
function isFragmentOf(session, args) {
  var shown = session.raw.url;
  var parts = String(args[0]).split("#");
  return (
    args.length === 1 &&
    parts.length > 1 &&
    !session.loads.isLoading &&
    args[0] !== shown &&
    parts[0] === shown.split("#")[0]
  );
}

function open(session, args, answer) {
  var request;
  if (typeof args[0] !== "string") {
    throw new DriverError("invalid argument", "the address must be a string");
  }
  // One that is refused must not be waited for: the next load would be taken for it.
  request = requestOf(args);
  answerWhenLoaded(session, answer, isFragmentOf(session, args));
  session.raw.openUrl(args[0], request, session.settings());
  // While the server takes its time. At once, and not from a timer: PhantomJS turns in circles through the last
  // millisecond before one is due (QtWebKit's SharedTimer counts in whole ones).
  sessions.prepare();
}

// PhantomJS does nothing where there is no such element, and takes the name of a missing file.
function uploadFile(page, args) {
  var selector = String(args[0]);
  var missing = [].concat(args[1]).filter(function (file) {
    return !fs.isFile(file) || !fs.isReadable(file);
  })[0];
  var matches = page.evaluateJavaScript(
    "function () { try { return String(document.querySelector(" +
      evaluate.asSource(selector) +
      ") !== null); } catch (e) { return 'false'; } }"
  );
  if (missing !== undefined) {
    throw new DriverError("invalid argument", "there is no file that can be read at " + missing);
  }
  // Without the page's JavaScript nobody knows.
  if (matches === "false") {
    throw new DriverError("invalid argument", "no element matches " + JSON.stringify(selector));
  }
  page.uploadFile(selector, args[1]);
}

function numberOf(page) {
  return sessions.adopt(page).number;
}

// Qt takes what is missing for off: settings are whole, and a copy, as the page's own object is live.
function settingsWith(page, changes) {
  return [page.settings, changes || {}].reduce(function (settings, part) {
    Object.keys(part).forEach(function (name) {
      settings[name] = part[name];
    });
    return settings;
  }, {});
}

// What draws the page is loaded by the first who needs it, as is what is seldom used: a worker's start is quicker without.
function drawn(name) {
  return sync(function (session, args) {
    return require("./pictures")[name](session, args);
  });
}

function onPage(command) {
  return sync(function (session, args) {
    return command(session.page, args);
  });
}

var PASSED_TO_PAGE = [
  "childFramesCount",
  "childFramesName",
  "clearCookies",
  "clearMemoryCache",
  "currentFrameName",
  "deleteCookie",
  "go",
  "goBack",
  "goForward",
  "injectJs",
  "reload",
  "sendEvent",
  "setProxy",
  "stop",
  "stopJavaScript",
  "switchToChildFrame",
  "switchToFocusedFrame",
  "switchToFrame",
  "switchToMainFrame",
  "switchToParentFrame",
];

var pageCommands = {
  addCookie: onPage(function (page, args) {
    return jars.addTo(page, args[0]);
  }),
  close: sync(sessions.close),
  evaluate: evaluate.evaluate,
  evaluateAsync: evaluate.evaluateAsync,
  evaluateJavaScript: evaluate.evaluateJavaScript,
  defineMethod: onPage(defineMethod),
  get: sync(function (session, args) {
    // Pop-ups go to Node as their numbers.
    return args[0] === "pages" ? session.page.pages.map(numberOf) : getProperty(session.page, args);
  }),
  goto: function (session, args, answer) {
    require("./goto").goTo(session, args, answer, isFragmentOf(session, args.slice(0, 1)));
  },
  getPage: sync(function (session, args) {
    var page = session.page.getPage(String(args[0]));
    return page ? numberOf(page) : null;
  }),
  includeJs: include.includeJs,
  invokeAsyncMethod: function (session, args, answer) {
    var page = session.page;
    var given = live.revive(args.slice(1)).concat(function (value) {
      session.forget(closed);
      answer.value(value);
    });
    function closed() {
      answer.fail(closedError(session));
    }
    if (args[0] === "includeJs") {
      // PhantomJS's own calls back with the address, or never.
      include.includeJs(session, [args[1], String(args[1])], answer);
      return;
    }
    session.onClose(closed);
    call(page, args[0], given);
  },
  invokeMethod: function (session, args, answer) {
    var own = evaluate.INVOKED.hasOwnProperty(args[0]) && evaluate.INVOKED[args[0]];
    if (own) {
      own(session, live.revive(args.slice(1)), answer);
    } else {
      answer.value(invokeMethod(session.page, args));
    }
  },
  off: sync(function (session, args) {
    session.events.off(args[0]);
  }),
  // args: [event, marked function or null for a listener in Node, its further arguments, in the place of all others]
  on: sync(function (session, args) {
    session.events.on(args[0], args[1], args[2], args[3]);
  }),
  open: open,
  openUrl: onPage(function (page, args) {
    var request = args[1] === undefined ? "get" : args[1];
    headers.checkHeaders(request && request.headers);
    headers.checkSettings(args[2]);
    page.openUrl(args[0], request, settingsWith(page, args[2]));
  }),
  pdf: drawn("pdf"),
  // args: [whether the listeners of onPageCreated are done with this page]
  releaseEvents: sync(function (session, args) {
    session.events.release(args[0]);
  }),
  render: drawn("render"),
  renderBase64: drawn("renderBase64"),
  responseBody: sync(function () {
    require("./settings").refuseBodies();
  }),
  set: onPage(setProperty),
  setFileOnPicker: sync(function (session, args) {
    session.events.answerWith("onFilePicker", args[0]);
  }),
  setContent: function (session, args, answer) {
    answerWhenLoaded(session, answer);
    // Not "about:blank": PhantomJS shows nothing there.
    session.page.setContent(String(args[0]), String(args[1] === undefined || args[1] === null ? "" : args[1]));
  },
  waitFor: function (session, args, answer) {
    require("./wait-for").waitFor(session, args, answer);
  },
};
pageCommands.uploadFile = onPage(uploadFile);
addPassed(pageCommands, PASSED_TO_PAGE, function (session) {
  return session.page;
});

// What cannot change how a new page is.
var KEEPS_SPARE = ["createPage", "status", "get", "getCookies", "addCookie", "deleteCookie", "clearCookies"];

// About listeners alone.
var FOR_LISTENERS = ["on", "off", "releaseEvents"];

function sessionFor(method, id) {
  return FOR_LISTENERS.indexOf(method) >= 0 ? sessions.listening(id) : sessions.get(id);
}

function run(target, method, args, answer) {
  var table = target === 0 ? phantomCommands : pageCommands;
  var subject = target === 0 ? phantom : sessionFor(method, "p" + target);
  if (!table.hasOwnProperty(method)) {
    throw new DriverError("unknown command", "no such command: " + method);
  }
  if (target === 0 && KEEPS_SPARE.indexOf(method) < 0) {
    sessions.discard();
  }
  table[method](subject, args, answer);
}

exports.run = run;
