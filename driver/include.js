// includeJs: a script element of the page's own, and the word of how that ended.
//
// PhantomJS's own waits for the element's load alone, and for ever when there is none. Here the element tells of both, by
// alert(): that is a signal, so there is nothing to poll.

var errors = require("./errors");
var evaluate = require("./evaluate");
var DriverError = errors.DriverError;

// What it tells begins so; listeners for alerts do not hear of it.
var MARK = "phantom-cluster:signal ";
var LOADED = " loaded";
var count = 0;

// Runs in the page, and gives the script's whole address.
function append(address, mark, loaded) {
  var element = document.createElement("script");
  var replaced = window.alert;
  var say;
  // The page may have an alert of its own; without it the window's is there again.
  delete window.alert;
  say = window.alert;
  if (say !== replaced) {
    window.alert = replaced;
  }
  element.onload = function () {
    say(mark + loaded);
    // As with PhantomJS's own.
    say(address);
  };
  element.onerror = function () {
    say(mark);
  };
  element.src = address;
  (document.body || document.documentElement).appendChild(element);
  return element.src;
}

// A message for a signal of the driver's own.
function newMark() {
  count += 1;
  return MARK + count;
}

function isOwn(message) {
  return String(message).indexOf(MARK) === 0;
}

// Connects signals, [signal, slot] each; returns a function that takes them away again.
function connect(signals) {
  signals.forEach(function (signal) {
    signal[0].connect(signal[1]);
  });
  return function () {
    signals.forEach(function (signal) {
      signal[0].disconnect(signal[1]);
    });
    signals = [];
  };
}

// Tells `done(ended)` once how the script at `address` ended: `failed`, and a `reason` where one is known. Returns a
// function that ends the wait.
function load(page, address, done) {
  var reasons = {};
  var whole = null;
  var disconnects = [];
  var mark;
  function end(ended) {
    var isOpen = disconnects.length > 0;
    disconnects.forEach(function (disconnect) {
      disconnect();
    });
    disconnects = [];
    if (isOpen) {
      done(ended);
    }
  }
  function heard(message) {
    if (message === mark + LOADED) {
      end({ failed: false });
    } else if (message === mark) {
      // The reason, if any, may come behind it; and the element itself may not be there yet.
      setTimeout(function () {
        end({ failed: true, reason: reasons.hasOwnProperty(whole) ? reasons[whole] : "" });
      }, 0);
    }
  }
  function failed(resource) {
    reasons[resource.url] = resource.errorString;
  }
  function moved() {
    end({ failed: true, reason: "the page went elsewhere before" });
  }
  mark = newMark();
  disconnects.push(
    connect([
      [page.javaScriptAlertSent, heard],
      [page.resourceError, failed],
    ])
  );
  whole = page.evaluateJavaScript(evaluate.asCall(append, [address, mark, LOADED]));
  disconnects.push(connect([[page.initialized, moved]]));
  if (typeof whole !== "string") {
    end({ failed: true, reason: "JavaScript is off in this page (settings.javascriptEnabled)" });
  }
  return end;
}

// args: [address, the value when it has loaded]
function includeJs(session, args, answer) {
  var address = String(args[0]);
  var end;
  function fail(code, reason) {
    answer.fail(new DriverError(code, "cannot load " + (address || '""') + (reason ? ": " + reason : "")));
  }
  function closed() {
    fail("no such window", "page " + session.id + " was closed before");
    end({ failed: false });
  }
  session.onClose(closed);
  end = load(session.raw, address, function (ended) {
    session.forget(closed);
    if (ended.failed) {
      fail("unknown error", ended.reason);
    } else {
      answer.value(args.length > 1 ? args[1] : null);
    }
  });
}

exports.connect = connect;
exports.includeJs = includeJs;
exports.isOwn = isOwn;
exports.newMark = newMark;
