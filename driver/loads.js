// The loads of a page: when one is over, and who waits for it.
//
// PhantomJS's own loadFinished cannot be taken at its word. While two pages load the same script or picture, the second
// page gets a "success" before its document is parsed, and no other one later. And a load that gives way to another
// ends with a "fail" of its own, after the other was asked for.

// Such a page is looked at again after this long: no event says when it is ready.
var LOOK_MS = 5;
// How long it may stay in a state. A document that a frame's script keeps open never leaves "interactive".
var PATIENCE_MS = { loading: 30000, interactive: 500 };

// "complete" too when the load event has come, or when nothing can be known (settings.javascriptEnabled is off).
var STATE_SOURCE =
  "function () { return window.performance && performance.timing.loadEventStart > 0 ? 'complete' : document.readyState; }";

// onEnd(status) hears first of each load that ends, with "replaced" of one whose place another takes.
function Loads(page, onEnd) {
  this.page = page;
  this.onEnd = onEnd;
  this.isLoading = false;
  // Called with the status of each load that ends; each may remove itself.
  this.listeners = [];
  // Set while a command waits for a load: ends that wait when another load takes its place.
  this.endWait = null;
  // Whether the "fail" of a load whose place another has taken is still to come.
  this.givesWay = false;
  this.timer = 0;
  this.connect();
}

Loads.prototype.connect = function () {
  var self = this;
  this.page.loadStarted.connect(function () {
    if (self.timer) {
      // Another load begins before the page was seen ready: the one before is over all the same.
      self.end("success");
    }
    self.isLoading = true;
  });
  this.page.loadFinished.connect(function (status) {
    if (status === "success") {
      self.endWhenReady(Date.now());
    } else {
      self.end(status);
    }
  });
};

Loads.prototype.endWhenReady = function (since) {
  var self = this;
  var state = this.page.evaluateJavaScript(STATE_SOURCE);
  if (Date.now() - since < (PATIENCE_MS[state] || 0)) {
    this.timer = setTimeout(function () {
      self.endWhenReady(since);
    }, LOOK_MS);
  } else {
    this.end("success");
  }
};

Loads.prototype.end = function (status) {
  this.stop();
  this.isLoading = false;
  if (!this.givesWay || status !== "fail") {
    this.onEnd(status);
  }
  this.listeners.slice().forEach(function (listener) {
    listener(status);
  });
};

Loads.prototype.stop = function () {
  clearTimeout(this.timer);
  this.timer = 0;
};

Loads.prototype.listen = function (listener) {
  this.listeners.push(listener);
};

Loads.prototype.forget = function (listener) {
  var index = this.listeners.indexOf(listener);
  if (index >= 0) {
    this.listeners.splice(index, 1);
  }
};

// Calls done(status) when the next load ends. With `staysInDocument` nothing is loaded: the address changes, and that is
// all. Returns a function that ends the wait. A wait whose place another takes is done with "fail".
Loads.prototype.once = function (done, staysInDocument) {
  var self = this;
  var page = this.page;
  var failures;
  if (this.timer) {
    // PhantomJS has ended that load already and will not end it again.
    this.end("success");
  }
  failures = this.isLoading || this.endWait ? 1 : 0;
  this.givesWay = failures > 0;
  function end() {
    self.forget(finished);
    if (staysInDocument) {
      staysInDocument = false;
      page.urlChanged.disconnect(moved);
    }
    self.endWait = null;
  }
  function finished(status) {
    self.givesWay = false;
    if (failures > 0 && status === "fail") {
      failures -= 1;
    } else {
      end();
      done(status);
    }
  }
  function moved() {
    finished("success");
  }
  if (this.endWait) {
    this.onEnd("replaced");
    this.endWait();
  }
  this.endWait = function () {
    end();
    done("fail");
  };
  this.listen(finished);
  if (staysInDocument) {
    page.urlChanged.connect(moved);
  }
  return end;
};

exports.Loads = Loads;
