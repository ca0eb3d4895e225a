// Checks of a request's parameters: each gives its value back or fails with `invalid argument`.

var DriverError = require("../errors").DriverError;

// The largest integer JSON can carry exactly (https://www.w3.org/TR/webdriver2/#dfn-maximum-safe-integer).
var MAX_SAFE_INTEGER = 9007199254740991;

function refuse(message) {
  throw new DriverError("invalid argument", message);
}

function of(type) {
  return function (value, name) {
    return typeof value === type ? value : refuse(name + " must be a " + type);
  };
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

exports.refuse = refuse;
exports.string = of("string");
exports.boolean = of("boolean");

exports.object = function (value, name) {
  return isObject(value) ? value : refuse(name + " must be an object");
};

exports.array = function (value, name) {
  return Array.isArray(value) ? value : refuse(name + " must be an array");
};

exports.number = function (value, name, min, max) {
  var fits = typeof value === "number" && value >= min && value <= max;
  return fits ? value : refuse(name + " must be a number from " + min + " to " + max);
};

exports.integer = function (value, name, min, max) {
  var top = max === undefined ? MAX_SAFE_INTEGER : max;
  if (typeof value !== "number" || Math.floor(value) !== value || value < min || value > top) {
    refuse(name + " must be an integer from " + min + " to " + top);
  }
  return value;
};

exports.oneOf = function (value, name, allowed) {
  return allowed.indexOf(value) >= 0 ? value : refuse(name + " must be one of " + allowed.join(", "));
};
