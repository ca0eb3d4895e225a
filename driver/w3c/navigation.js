// https://www.w3.org/TR/webdriver2/#navigation

var check = require("./check");
var frames = require("./frames");
var load = require("./load");
var page = require("./page");

function goTo(session, request, reply) {
  var url = check.string(request.body.url, "url");
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url)) {
    check.refuse("url must be absolute: " + url);
  }
  frames.toTop(session);
  load.navigate(session, reply, function () {
    session.page.openUrl(url, "get", session.page.settings);
  });
}

function currentUrl(session, _request, reply) {
  reply.value(
    frames.atTop(session, function () {
      // WebKit has no address for a blank page.
      return page.call(session, "url") || "about:blank";
    })
  );
}

function title(session, _request, reply) {
  reply.value(
    frames.atTop(session, function () {
      return page.call(session, "title");
    })
  );
}

function source(session, _request, reply) {
  reply.value(page.call(session, "source"));
}

function back(session, _request, reply) {
  load.navigate(session, reply, function () {
    session.page.goBack();
  });
}

function forward(session, _request, reply) {
  load.navigate(session, reply, function () {
    session.page.goForward();
  });
}

function refresh(session, _request, reply) {
  frames.toTop(session);
  load.navigate(session, reply, function () {
    session.page.reload();
  });
}

exports.back = back;
exports.currentUrl = currentUrl;
exports.forward = forward;
exports.goTo = goTo;
exports.refresh = refresh;
exports.source = source;
exports.title = title;
