// https://www.w3.org/TR/webdriver2/#contexts. A session has one window; a page that opens more keeps them to itself.

var DriverError = require("../errors").DriverError;
var check = require("./check");
var frames = require("./frames");
var sessions = require("../sessions");
var state = require("./state");

// Larger ones Qt cannot draw.
var MAX_SIDE = 32767;
var MAX_INT32 = 2147483647;

function handle(session, _request, reply) {
  reply.value(state.of(session).handle);
}

function handles(session, _request, reply) {
  reply.value([state.of(session).handle]);
}

function switchTo(session, request, reply) {
  var wanted = check.string(request.body.handle, "handle");
  if (wanted !== state.of(session).handle) {
    throw new DriverError("no such window", "no window has the handle " + wanted);
  }
  frames.toTop(session);
  reply.value(null);
}

// The last window takes the session with it (https://www.w3.org/TR/webdriver2/#close-window).
function close(session, _request, reply) {
  sessions.close(session);
  reply.value([]);
}

function rectOf(session) {
  var size = session.page.viewportSize;
  return { x: 0, y: 0, width: size.width, height: size.height };
}

function getRect(session, _request, reply) {
  reply.value(rectOf(session));
}

function given(body, name, min, max) {
  var value = body[name];
  return value === undefined || value === null ? null : check.integer(value, name, min, max);
}

// The window is its viewport: it has no frame and, without a screen, no place.
function setRect(session, request, reply) {
  var width = given(request.body, "width", 0, MAX_INT32);
  var height = given(request.body, "height", 0, MAX_INT32);
  given(request.body, "x", -MAX_INT32 - 1, MAX_INT32);
  given(request.body, "y", -MAX_INT32 - 1, MAX_INT32);
  if (width !== null && height !== null) {
    session.page.viewportSize = {
      width: Math.min(Math.max(width, 1), MAX_SIDE),
      height: Math.min(Math.max(height, 1), MAX_SIDE),
    };
  }
  reply.value(rectOf(session));
}

exports.close = close;
exports.getRect = getRect;
exports.handle = handle;
exports.handles = handles;
exports.setRect = setRect;
exports.switchTo = switchTo;
