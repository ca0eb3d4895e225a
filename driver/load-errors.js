// Why a load failed: PhantomJS says "fail", and tells the reason in other events before that.

// What a fragment names is no resource of its own.
function resource(url) {
  return url.split("#")[0];
}

// tell(error) hears of each load that failed, and tell(null) of the first good one behind it. isHeard(): whether somebody
// listens to onResourceReceived.
function LoadErrors(page, tell, isHeard) {
  this.page = page;
  this.tell = tell;
  this.isHeard = isHeard;
  // Whether the last load failed.
  this.isTold = false;
  // Of the page itself, as redirects move it; null while nothing loads.
  this.address = null;
  this.failure = null;
  this.response = null;
  this.isWatching = false;
  this.connect();
}

LoadErrors.prototype.connect = function () {
  var self = this;
  this.received = function (response) {
    self.receive(response);
  };
  this.page.navigationRequested.connect(function (url, _type, willNavigate, isMain) {
    if (willNavigate && isMain) {
      self.begin(resource(url));
    }
  });
  this.page.resourceError.connect(function (error) {
    self.fail(error);
  });
  this.page.resourceTimeout.connect(function (error) {
    self.fail(error);
  });
};

LoadErrors.prototype.begin = function (address) {
  this.address = address;
  this.failure = null;
  this.response = null;
  // PhantomJS makes an object of each response for whoever listens: a tenth of all that a trivial page takes. Only what is
  // no page at all has no other reason than its response.
  if (!this.isWatching && this.isHeard()) {
    this.isWatching = true;
    this.page.resourceReceived.connect(this.received);
  }
};

// Only until the page's own response.
LoadErrors.prototype.receive = function (response) {
  if (resource(response.url) === this.address && !response.redirectURL) {
    this.response = { status: response.status, contentType: response.contentType };
    this.unwatch();
  }
};

LoadErrors.prototype.unwatch = function () {
  if (this.isWatching) {
    this.isWatching = false;
    this.page.resourceReceived.disconnect(this.received);
  }
};

LoadErrors.prototype.fail = function (error) {
  var isOwn = resource(error.url) === this.address;
  // An aborted request has lost its address: it may be the page's. A timeout comes before the "canceled" that it causes.
  if (this.failure ? isOwn && !this.failure.isOwn : isOwn || error.url === "") {
    this.failure = { isOwn: isOwn, code: error.errorCode, text: error.errorString, status: error.status };
  }
};

function textOf(failure, status, contentType) {
  if (status >= 400) {
    return "HTTP " + status;
  }
  if (failure) {
    return failure.text || "the request was aborted";
  }
  if (status && !/html|xml/.test(contentType)) {
    return contentType ? "PhantomJS does not show " + contentType : "HTTP " + status + " without a page";
  }
  return "PhantomJS did not load it";
}

LoadErrors.prototype.replaced = function () {
  return { code: null, text: "another load took its place", status: null, url: this.address };
};

LoadErrors.prototype.error = function () {
  var failure = this.failure;
  var response = this.response || {};
  var status = response.status || (failure && failure.status) || null;
  return {
    code: failure ? failure.code : null,
    text: textOf(failure, status, response.contentType),
    status: status,
    url: this.address,
  };
};

// A load is over.
LoadErrors.prototype.end = function (status) {
  if (status !== "success") {
    this.isTold = true;
    this.tell(status === "fail" ? this.error() : this.replaced());
  } else if (this.isTold) {
    this.isTold = false;
    this.tell(null);
  }
  this.unwatch();
  this.failure = null;
};

exports.LoadErrors = LoadErrors;
exports.resource = resource;
