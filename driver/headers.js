// Line breaks in what PhantomJS writes into the head of a request would begin another header, or another request.

var DriverError = require("./errors").DriverError;

function checkText(what, text) {
  if (/[\r\n\0]/.test(text)) {
    throw new DriverError("invalid argument", what + " holds a line break: " + JSON.stringify(String(text)));
  }
}

function checkHeaders(headers) {
  Object.keys(headers || {}).forEach(function (name) {
    checkText("the name of a header", name);
    checkText("header " + name, headers[name]);
  });
}

function checkCookie(cookie) {
  ["name", "value", "domain", "path"].forEach(function (part) {
    checkText("a cookie's " + part, (cookie || {})[part]);
  });
}

function checkSettings(settings) {
  checkText("settings.userAgent", (settings || {}).userAgent);
}

// What a property of a page, or of `phantom`, may be set to.
function checkProperty(name, value) {
  if (name === "customHeaders") {
    checkHeaders(value);
  } else if (name === "cookies" && Array.isArray(value)) {
    value.forEach(checkCookie);
  } else if (name === "settings") {
    checkSettings(value);
  }
}

// A method of PhantomJS's own that is called by its name.
function checkCall(method, args) {
  if (method === "addCookie") {
    checkCookie(args[0]);
  } else if (method === "open" || method === "openUrl") {
    checkHeaders((args[1] || {}).headers);
    checkHeaders(method === "open" && args[3]);
    checkSettings(method === "openUrl" && args[2]);
  }
}

// The request that a function inside PhantomJS may change. Its own setHeader cannot be replaced.
function guardRequest(request) {
  return {
    abort: function () {
      request.abort();
    },
    changeUrl: function (url) {
      request.changeUrl(url);
    },
    setHeader: function (name, value) {
      var header = {};
      header[name] = value;
      checkHeaders(header);
      request.setHeader(name, value);
    },
  };
}

exports.checkCall = checkCall;
exports.checkCookie = checkCookie;
exports.checkHeaders = checkHeaders;
exports.checkProperty = checkProperty;
exports.checkSettings = checkSettings;
exports.guardRequest = guardRequest;
