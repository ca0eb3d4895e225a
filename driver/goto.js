// goto: opens an address, and tells what was answered there, or why it was not loaded.

var errors = require("./errors");
var evaluate = require("./evaluate");
var include = require("./include");
var sessions = require("./sessions");
var DriverError = errors.DriverError;
var connect = include.connect;
var resource = require("./load-errors").resource;

// "networkidle": after the load no request is under way for so long, ms.
var IDLE_MS = 500;

function headersOf(response) {
  return response.headers.reduce(function (headers, header) {
    var name = header.name.toLowerCase();
    var glue = name === "set-cookie" ? "\n" : ", ";
    headers[name] = headers.hasOwnProperty(name) ? headers[name] + glue + header.value : header.value;
    return headers;
  }, {});
}

// A load that ends without a page leaves the one before in its place.
function addressOf(page, response) {
  return response && resource(response.url) !== resource(page.url) ? response.url : page.url;
}

// The page's own response, as redirects move its address.
function watchResponse(page) {
  var watch = { response: null, end: null };
  var address = null;
  watch.end = connect([
    [
      page.navigationRequested,
      function (url, _type, willNavigate, isMain) {
        if (willNavigate && isMain) {
          address = resource(url);
          watch.response = null;
        }
      },
    ],
    [
      page.resourceReceived,
      function (response) {
        if (!watch.response && resource(response.url) === address && !response.redirectURL) {
          watch.response = response;
        }
      },
    ],
  ]);
  return watch;
}

// Calls `idle` when the page was loaded and is quiet: `watch.isLoaded` is to be set.
function watchNetwork(page, idle) {
  var open = {};
  var timer = 0;
  var watch = { isLoaded: false, end: null, look: look };
  function look() {
    clearTimeout(timer);
    timer = 0;
    if (watch.isLoaded && Object.keys(open).length === 0) {
      timer = setTimeout(idle, IDLE_MS);
    }
  }
  function ended(resource) {
    delete open[resource.id];
    look();
  }
  var disconnect = connect([
    [
      page.resourceRequested,
      function (request) {
        open[request.id] = true;
        look();
      },
    ],
    [
      page.resourceReceived,
      function (response) {
        if (response.stage === "end") {
          ended(response);
        }
      },
    ],
    [page.resourceError, ended],
    [page.resourceTimeout, ended],
  ]);
  watch.end = function () {
    clearTimeout(timer);
    disconnect();
  };
  return watch;
}

// Runs in a document before its own scripts.
function tellWhenParsed(mark) {
  var say = window.alert;
  document.addEventListener("DOMContentLoaded", function () {
    say(mark);
  });
}

// Calls `parsed` when the next document has been.
function watchDocument(page, parsed) {
  var mark = include.newMark();
  // Where no script ever ran, PhantomJS does not tell of a new document before one does.
  page.evaluateJavaScript("function () {}");
  return {
    end: connect([
      [
        page.initialized,
        function () {
          page.evaluateJavaScript(evaluate.asCall(tellWhenParsed, [mark]));
        },
      ],
      [
        page.javaScriptAlertSent,
        function (message) {
          if (message === mark) {
            parsed();
          }
        },
      ],
    ]),
  };
}

var UNTIL = {
  load: "was not loaded",
  domcontentloaded: "was not parsed",
  networkidle: "was not loaded, with an idle network,",
};

// args: [address, { waitUntil, timeout }]
function goTo(session, args, answer, isFragment) {
  var page = session.raw;
  var url = String(args[0]);
  var until = args[1].waitUntil;
  var watches = [];
  var main = watchResponse(page);
  var network;
  var timer;
  var endWait;
  watches.push(main);
  function end() {
    clearTimeout(timer);
    endWait();
    session.wantsResponse = false;
    session.forget(closed);
    watches.forEach(function (watch) {
      watch.end();
    });
    watches = [];
  }
  function arrived() {
    var response = main.response;
    end();
    answer.value({
      id: response ? response.id : null,
      url: addressOf(page, response) || url,
      status: (response && response.status) || null,
      statusText: (response && response.statusText) || null,
      headers: response ? headersOf(response) : {},
    });
  }
  function fail(code, reason, data) {
    end();
    answer.fail(new DriverError(code, url + " " + reason, "", data));
  }
  function loaded(status) {
    var error = session.loadError || {};
    if (status !== "success" && !(main.response && main.response.status >= 400)) {
      fail("navigation failed", "was not loaded: " + error.text, error);
    } else if (network) {
      network.isLoaded = true;
      network.look();
    } else {
      arrived();
    }
  }
  function closed() {
    fail("no such window", "was not loaded: the page was closed before");
  }
  function late() {
    fail("script timeout", UNTIL[until] + " within " + args[1].timeout + " ms");
    page.stop();
  }
  endWait = session.loads.once(loaded, isFragment);
  session.wantsResponse = true;
  session.onClose(closed);
  timer = setTimeout(late, args[1].timeout);
  if (until === "networkidle") {
    network = watchNetwork(page, arrived);
    watches.push(network);
  } else if (until === "domcontentloaded") {
    watches.push(watchDocument(page, arrived));
  }
  page.openUrl(url, "get", session.settings());
  sessions.prepare();
}

exports.goTo = goTo;
