// W3C error codes with their HTTP status (https://www.w3.org/TR/webdriver2/#errors), and the error objects that carry them.

var STATUS = {
  "element click intercepted": 400,
  "element not interactable": 400,
  "insecure certificate": 400,
  "invalid argument": 400,
  "invalid cookie domain": 400,
  "invalid element state": 400,
  "invalid selector": 400,
  "invalid session id": 404,
  "javascript error": 500,
  "move target out of bounds": 500,
  "no such alert": 404,
  "no such cookie": 404,
  "no such element": 404,
  "no such frame": 404,
  "no such window": 404,
  "script timeout": 500,
  "session not created": 500,
  "stale element reference": 404,
  timeout: 500,
  "unable to set cookie": 500,
  "unable to capture screen": 500,
  "unexpected alert open": 500,
  "unknown command": 404,
  "unknown error": 500,
  "unknown method": 405,
  "unsupported operation": 500,
};

// `data`: more that is known of it (https://www.w3.org/TR/webdriver2/#dfn-error-data).
function DriverError(code, message, stacktrace, data) {
  this.code = code;
  this.message = message;
  this.stacktrace = stacktrace || "";
  this.data = data;
}
DriverError.prototype = new Error();
DriverError.prototype.constructor = DriverError;
DriverError.prototype.name = "DriverError";

// A source that PhantomJS cannot parse; the client can say why.
function syntaxError(error, source) {
  return new DriverError("javascript error", error.name + ": " + error.message, "", { source: source });
}

// Any thrown thing as a DriverError, so that one shape leaves the driver. It may throw again when it is looked at.
function from(error) {
  if (error instanceof DriverError) {
    return error;
  }
  try {
    return new DriverError(
      "unknown error",
      error && error.message ? error.name + ": " + error.message : String(error),
      error && error.stack && String(error.stack)
    );
  } catch (_error) {
    return new DriverError("unknown error", "something was thrown that cannot be made text");
  }
}

// The `value` object of an error response (https://www.w3.org/TR/webdriver2/#dfn-send-an-error).
function toValue(error) {
  return { error: error.code, message: error.message, stacktrace: error.stacktrace, data: error.data };
}

exports.DriverError = DriverError;
exports.STATUS = STATUS;
exports.from = from;
exports.syntaxError = syntaxError;
exports.toValue = toValue;
