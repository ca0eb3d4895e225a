// https://www.w3.org/TR/webdriver2/#timeouts

var check = require("./check");

// The limits in `given`, in ms; null is no limit.
function read(given) {
  var limits = {};
  ["script", "pageLoad", "implicit"].forEach(function (name) {
    if (given[name] !== undefined) {
      limits[name] = given[name] === null ? null : check.integer(given[name], name, 0);
    }
  });
  return limits;
}

function apply(session, limits) {
  Object.keys(limits).forEach(function (name) {
    session.timeouts[name] = limits[name];
  });
}

exports.apply = apply;
exports.read = read;
exports.get = function (session, _request, reply) {
  reply.value(session.timeouts);
};
exports.set = function (session, request, reply) {
  apply(session, read(request.body));
  reply.value(null);
};
