// What JSON cannot carry from Node: functions, and objects that live in here.
//
// lib/page/live.js marks them as { "phantom-cluster:live": [kind, value] }.

var errors = require("./errors");
var DriverError = errors.DriverError;

var MARK = "phantom-cluster:live";

var objects = {};

// A function of its source. Node's code is trusted with all that PhantomJS can do.
function compile(source) {
  try {
    return new Function("return (" + source + "\n);")();
  } catch (error) {
    throw errors.syntaxError(error, source);
  }
}

var KINDS = {
  function: compile,
  // A function that PhantomJS calls later, as a header of a paper page.
  callback: function (source) {
    return phantom.callback(compile(source));
  },
  object: getObject,
};

// `value` with all marked ones brought to life.
function revive(value) {
  if (value === null || typeof value !== "object") {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(revive);
  }
  if (value.hasOwnProperty(MARK)) {
    return KINDS[value[MARK][0]](value[MARK][1]);
  }
  return Object.keys(value).reduce(function (result, key) {
    result[key] = revive(value[key]);
    return result;
  }, {});
}

function getObject(id) {
  if (!objects.hasOwnProperty(id)) {
    throw new DriverError("invalid argument", "no such object: " + id);
  }
  return objects[id];
}

exports.revive = revive;
exports.createObject = function (id) {
  objects[id] = {};
};
exports.getObject = getObject;
exports.countObjects = function () {
  return Object.keys(objects).length;
};
exports.dropObject = function (id) {
  delete objects[id];
};
