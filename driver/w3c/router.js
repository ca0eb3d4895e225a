// Finds the endpoint of a request and runs it (https://www.w3.org/TR/webdriver2/#routing-requests).

var DriverError = require("../errors").DriverError;
var endpoints = require("./endpoints");
var sessions = require("../sessions");
var turns = require("./turns");

var routes = endpoints.TABLE.map(function (row) {
  return { method: row[0], template: row[1].split("/"), handler: row[2], mode: row[3] };
});

// The values of the template's variables, or null when the path is another.
function match(template, path) {
  var params = {};
  var fits =
    template.length === path.length &&
    template.every(function (part, index) {
      if (part.charAt(0) === ":") {
        params[part.slice(1)] = path[index];
        return path[index] !== "";
      }
      return part === path[index];
    });
  return fits ? params : null;
}

// Where a path fits two templates, the earlier one, without a variable, counts.
function find(method, path) {
  var code = "unknown command";
  var params;
  var i;
  for (i = 0; i < routes.length; i += 1) {
    params = match(routes[i].template, path);
    if (params && routes[i].method === method) {
      return { route: routes[i], params: params };
    }
    code = params ? "unknown method" : code;
  }
  throw new DriverError(code, method + " " + path.join("/"));
}

exports.handle = function (request, reply) {
  var found = find(request.method, request.path);
  var call = { params: found.params, body: request.body };
  var handler = found.route.handler;
  var session;
  if (found.route.mode === endpoints.NO_SESSION) {
    handler(null, call, reply);
    return;
  }
  session = sessions.get(found.params.session);
  if (found.route.mode === endpoints.AT_ONCE) {
    handler(session, call, reply);
    return;
  }
  turns.take(
    session,
    function (answer) {
      handler(session, call, answer);
    },
    reply
  );
};
