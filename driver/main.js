// The program PhantomJS runs: serves the W3C WebDriver endpoints and our `phantom/` extension on loopback.
// ES5 only: PhantomJS 2.1 knows nothing newer.
//
// Started as `phantomjs [switches] main.js PORT`, with the token in PHANTOM_CLUSTER_TOKEN, so that it shows in no
// process list. Prints READY_MARK, the port and its own pid on a line once it listens; exits with 98 when the port is taken.

var system = require("system");

var READY_MARK = "phantom-cluster-driver-ready ";
var EXIT_PORT_TAKEN = 98;
// So many seconds without a client: it is gone. One that has connected (bridge.js) is missed at once.
var WATCHDOG_SECONDS = 15;

var port = parseInt(system.args[1], 10);
var token = system.env.PHANTOM_CLUSTER_TOKEN;

phantom.onError = function (message, trace) {
  var where = trace && trace.length ? " (" + trace[0].file + ":" + trace[0].line + ")" : "";
  system.stderr.writeLine("driver: " + message + where);
};

if (!token || !(port > 0)) {
  system.stderr.writeLine("driver: PHANTOM_CLUSTER_TOKEN and a port argument are required");
  phantom.exit(97);
} else {
  start();
}

function start() {
  var http = require("./http");
  var bridge;

  // Ticks are counted instead of reading the clock: a process that was stopped and continued must not take the time
  // it was frozen for its client's silence.
  var silentTicks = 0;
  var watchdog = setInterval(function () {
    silentTicks += 1;
    if (silentTicks > WATCHDOG_SECONDS) {
      phantom.exit(bridge.EXIT_CLIENT_GONE);
    }
  }, 1000);

  var listening = http.listen(port, token, function (request, reply) {
    silentTicks = 0;
    if (request.path[0] === "phantom") {
      bridge.handle(request, reply);
    } else {
      // Loaded by the first who needs it: a worker's start is quicker without.
      require("./w3c/router").handle(request, reply);
    }
  });

  if (!listening) {
    phantom.exit(EXIT_PORT_TAKEN);
    return;
  }
  system.stdout.writeLine(READY_MARK + port + " " + system.pid);
  system.stdout.flush();

  // Loaded while the client is on its way here: no request is handled before this function ends.
  bridge = require("./bridge");
  bridge.onConnect(function () {
    clearInterval(watchdog);
  });
}
