// HTTP of the driver: one listener on loopback, the token as first path segment, JSON in and out.

var errors = require("./errors");
var DriverError = errors.DriverError;

var REFUSED = 403;

function header(request, name) {
  var key;
  for (key in request.headers) {
    if (key.toLowerCase() === name) {
      return request.headers[key];
    }
  }
  return undefined;
}

// Compares without an early exit, so that timing tells nothing of the token.
function equalSecret(a, b) {
  var difference = a.length ^ b.length;
  var i;
  for (i = 0; i < a.length; i += 1) {
    difference |= a.charCodeAt(i) ^ b.charCodeAt(i % b.length);
  }
  return difference === 0;
}

// JSON text as a binary string of UTF-8 bytes, so that Content-Length is its length. A lone surrogate cannot be UTF-8:
// it goes as a \u escape, which JSON.parse on the other side restores.
function utf8(json) {
  json = escapeLoneSurrogates(json);
  return /[^\x00-\x7f]/.test(json) ? unescape(encodeURIComponent(json)) : json;
}

function escapeLoneSurrogates(json) {
  // Mostly there are none at all.
  if (!/[\ud800-\udfff]/.test(json)) {
    return json;
  }
  return json.replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, function (match) {
    return match.length === 2 ? match : "\\u" + match.charCodeAt(0).toString(16);
  });
}

function send(response, status, json) {
  var body = utf8(json);
  // PhantomJS writes each header by itself, and the kernel holds each back until the one before is acknowledged: one value
  // that brings the others along saves a tenth of a millisecond.
  var head = [body.length, "Content-Type: application/json; charset=utf-8", "Cache-Control: no-cache"];
  if (status === REFUSED) {
    // Each open connection takes one of the server's ten threads. With this header browsers close theirs, our own pages too.
    head.push("Connection: close");
  }
  response.statusCode = status;
  response.headers = { "Content-Length": head.join("\r\n") };
  response.setEncoding("binary");
  response.write(body);
  response.close();
}

function Reply(response) {
  this.response = response;
}
// `json` is the text of the `value` member.
Reply.prototype.json = function (json) {
  var response = this.response;
  // A request is answered once: a late second answer (a timeout that lost its race) must not touch a closed response.
  if (response) {
    this.response = null;
    send(response, 200, '{"value":' + json + "}");
  }
};
Reply.prototype.value = function (value) {
  this.json(value === undefined ? "null" : JSON.stringify(value));
};
Reply.prototype.fail = function (error) {
  var response = this.response;
  var failure;
  if (response) {
    this.response = null;
    failure = errors.from(error);
    send(response, errors.STATUS[failure.code] || 500, JSON.stringify({ value: errors.toValue(failure) }));
  }
};
Reply.prototype.isOpen = function () {
  return this.response !== null;
};

// What a browser page could send never passes: pages have no token, and their cross-origin requests carry an Origin;
// a DNS name rebound to 127.0.0.1 shows in Host.
function refusal(request, port, segments, token) {
  var host = header(request, "host");
  if (header(request, "origin") !== undefined) {
    return "requests from a page are refused";
  }
  if (host !== "127.0.0.1:" + port && host !== "localhost:" + port) {
    return "Host must be 127.0.0.1:" + port;
  }
  if (!equalSecret(segments[0] || "", token)) {
    return "the token in the path is wrong";
  }
  return null;
}

function parseBody(request) {
  var body;
  if (request.method !== "POST" || request.post === undefined || request.post === "") {
    return {};
  }
  try {
    body = JSON.parse(request.post);
  } catch (_error) {
    throw new DriverError("invalid argument", "the request body is not JSON");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new DriverError("invalid argument", "the request body is not a JSON object");
  }
  return body;
}

// A header or a form field called "__proto__" crashes PhantomJS 2.1 while it makes the request's object: the native setter
// looks for a caller, and there is none. Through this one it has one, and does what it always did.
function guardProto() {
  var proto = Object.getOwnPropertyDescriptor(Object.prototype, "__proto__");
  var set = proto.set;
  proto.set = function (value) {
    set.call(this, value);
  };
  Object.defineProperty(Object.prototype, "__proto__", proto);
}

// Calls handler({ method, path: [decoded segments after the token], body }, reply) per request.
// Returns false when the port is taken.
function listen(port, token, handler) {
  var server = require("webserver").create();
  guardProto();
  return server.listen("127.0.0.1:" + port, { keepAlive: true }, function (request, response) {
    var segments = request.url.split("?")[0].split("/").slice(1);
    var refused = refusal(request, port, segments, token);
    var reply = new Reply(response);
    if (refused) {
      send(response, REFUSED, JSON.stringify({ value: errors.toValue(new DriverError("unknown error", refused)) }));
      return;
    }
    try {
      handler(
        { method: request.method, path: segments.slice(1).map(decodeURIComponent), body: parseBody(request) },
        reply
      );
    } catch (error) {
      reply.fail(error);
    }
  });
}

exports.listen = listen;
exports.escapeLoneSurrogates = escapeLoneSurrogates;
