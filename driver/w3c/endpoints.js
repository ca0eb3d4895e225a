// The table of endpoints, https://www.w3.org/TR/webdriver2/#endpoints. A handler gets (session, request, reply) with
// request = { params, body }.

var DriverError = require("../errors").DriverError;
var actions = require("./actions");
var alerts = require("./alerts");
var cookies = require("./cookies");
var elements = require("./elements");
var frames = require("./frames");
var interaction = require("./interaction");
var navigation = require("./navigation");
var print = require("./print");
var screenshot = require("./screenshot");
var script = require("./script");
var session = require("./session");
var timeouts = require("./timeouts");
var windows = require("./windows");

// How a command goes with the others of its session.
var NO_SESSION = "no session";
var IN_TURN = "in turn";
// Ends the session whatever else it is doing.
var AT_ONCE = "at once";

function unsupported(reason) {
  return function () {
    throw new DriverError("unsupported operation", reason);
  };
}

var noScreen = unsupported("PhantomJS has no screen");
var oneWindow = unsupported("a session has one window: make another session");
var noShadow = unsupported("PhantomJS has no shadow roots");
var noAccessibility = unsupported("PhantomJS computes no accessibility tree");

exports.NO_SESSION = NO_SESSION;
exports.AT_ONCE = AT_ONCE;
exports.TABLE = [
  ["GET", "status", session.status, NO_SESSION],
  ["POST", "session", session.create, NO_SESSION],
  ["DELETE", "session/:session", session.remove, AT_ONCE],
  ["GET", "session/:session/timeouts", timeouts.get, IN_TURN],
  ["POST", "session/:session/timeouts", timeouts.set, IN_TURN],

  ["GET", "session/:session/url", navigation.currentUrl, IN_TURN],
  ["POST", "session/:session/url", navigation.goTo, IN_TURN],
  ["POST", "session/:session/back", navigation.back, IN_TURN],
  ["POST", "session/:session/forward", navigation.forward, IN_TURN],
  ["POST", "session/:session/refresh", navigation.refresh, IN_TURN],
  ["GET", "session/:session/title", navigation.title, IN_TURN],
  ["GET", "session/:session/source", navigation.source, IN_TURN],

  ["GET", "session/:session/window", windows.handle, IN_TURN],
  ["POST", "session/:session/window", windows.switchTo, IN_TURN],
  ["DELETE", "session/:session/window", windows.close, AT_ONCE],
  ["GET", "session/:session/window/handles", windows.handles, IN_TURN],
  ["POST", "session/:session/window/new", oneWindow, IN_TURN],
  ["GET", "session/:session/window/rect", windows.getRect, IN_TURN],
  ["POST", "session/:session/window/rect", windows.setRect, IN_TURN],
  ["POST", "session/:session/window/maximize", noScreen, IN_TURN],
  ["POST", "session/:session/window/minimize", noScreen, IN_TURN],
  ["POST", "session/:session/window/fullscreen", noScreen, IN_TURN],
  ["POST", "session/:session/frame", frames.switchTo, IN_TURN],
  ["POST", "session/:session/frame/parent", frames.switchToParent, IN_TURN],

  ["POST", "session/:session/element", elements.findOne, IN_TURN],
  ["POST", "session/:session/elements", elements.findAll, IN_TURN],
  ["GET", "session/:session/element/active", elements.active, IN_TURN],
  ["POST", "session/:session/element/:element/element", elements.findOne, IN_TURN],
  ["POST", "session/:session/element/:element/elements", elements.findAll, IN_TURN],
  ["GET", "session/:session/element/:element/shadow", noShadow, IN_TURN],
  ["POST", "session/:session/shadow/:shadow/element", noShadow, IN_TURN],
  ["POST", "session/:session/shadow/:shadow/elements", noShadow, IN_TURN],
  ["GET", "session/:session/element/:element/selected", elements.selected, IN_TURN],
  ["GET", "session/:session/element/:element/attribute/:name", elements.attribute, IN_TURN],
  ["GET", "session/:session/element/:element/property/:name", elements.property, IN_TURN],
  ["GET", "session/:session/element/:element/css/:name", elements.css, IN_TURN],
  ["GET", "session/:session/element/:element/text", elements.text, IN_TURN],
  ["GET", "session/:session/element/:element/name", elements.tagName, IN_TURN],
  ["GET", "session/:session/element/:element/rect", elements.rect, IN_TURN],
  ["GET", "session/:session/element/:element/enabled", elements.enabled, IN_TURN],
  ["GET", "session/:session/element/:element/displayed", elements.displayed, IN_TURN],
  ["GET", "session/:session/element/:element/computedrole", noAccessibility, IN_TURN],
  ["GET", "session/:session/element/:element/computedlabel", noAccessibility, IN_TURN],
  ["POST", "session/:session/element/:element/click", interaction.click, IN_TURN],
  ["POST", "session/:session/element/:element/clear", interaction.clear, IN_TURN],
  ["POST", "session/:session/element/:element/value", interaction.sendKeys, IN_TURN],

  ["POST", "session/:session/execute/sync", script.executeSync, IN_TURN],
  ["POST", "session/:session/execute/async", script.executeAsync, IN_TURN],

  ["GET", "session/:session/cookie", cookies.getAll, IN_TURN],
  ["GET", "session/:session/cookie/:name", cookies.getOne, IN_TURN],
  ["POST", "session/:session/cookie", cookies.add, IN_TURN],
  ["DELETE", "session/:session/cookie/:name", cookies.removeOne, IN_TURN],
  ["DELETE", "session/:session/cookie", cookies.removeAll, IN_TURN],

  ["POST", "session/:session/actions", actions.perform, IN_TURN],
  ["DELETE", "session/:session/actions", actions.release, IN_TURN],

  ["POST", "session/:session/alert/dismiss", alerts.none, IN_TURN],
  ["POST", "session/:session/alert/accept", alerts.none, IN_TURN],
  ["GET", "session/:session/alert/text", alerts.none, IN_TURN],
  ["POST", "session/:session/alert/text", alerts.none, IN_TURN],

  ["GET", "session/:session/screenshot", screenshot.ofViewport, IN_TURN],
  ["GET", "session/:session/element/:element/screenshot", screenshot.ofElement, IN_TURN],
  ["POST", "session/:session/print", print.print, IN_TURN],
];
