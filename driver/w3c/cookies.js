// https://www.w3.org/TR/webdriver2/#cookies: those of the top document's address.

var DriverError = require("../errors").DriverError;
var check = require("./check");

var SAME_SITE = ["Strict", "Lax", "None"];

function toWire(cookie) {
  var wire = {
    name: cookie.name,
    value: cookie.value,
    path: cookie.path,
    domain: cookie.domain,
    secure: cookie.secure,
    httpOnly: cookie.httponly,
  };
  if (cookie.expiry !== undefined) {
    wire.expiry = cookie.expiry;
  }
  return wire;
}

function getAll(session, _request, reply) {
  reply.value(session.page.cookies.map(toWire));
}

function getOne(session, request, reply) {
  var named = session.page.cookies.filter(function (cookie) {
    return cookie.name === request.params.name;
  })[0];
  if (!named) {
    throw new DriverError("no such cookie", "there is no cookie " + request.params.name);
  }
  reply.value(toWire(named));
}

function hostOf(page) {
  var match = /^https?:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)/i.exec(page.url);
  if (!match) {
    throw new DriverError("invalid cookie domain", "this document has no cookies: " + (page.url || "about:blank"));
  }
  return match[1].toLowerCase();
}

function mustCover(domain, host) {
  var bare = domain.replace(/^\./, "").toLowerCase();
  if (host !== bare && host.slice(-bare.length - 1) !== "." + bare) {
    throw new DriverError("invalid cookie domain", domain + " is not the domain of " + host);
  }
}

function mustBePlain(text) {
  if (/[;\x00-\x1f\x7f]/.test(text)) {
    throw new DriverError("unable to set cookie", "a cookie cannot hold " + JSON.stringify(text));
  }
}

function optional(cookie, name, checked, otherwise) {
  return cookie[name] === undefined || cookie[name] === null ? otherwise : checked(cookie[name], name);
}

function fromWire(wire) {
  var cookie = {
    name: check.string(wire.name, "name"),
    value: check.string(wire.value, "value"),
    path: optional(wire, "path", check.string, "/"),
    secure: optional(wire, "secure", check.boolean, false),
    httponly: optional(wire, "httpOnly", check.boolean, false),
  };
  var domain = optional(wire, "domain", check.string, null);
  var expiry = optional(
    wire,
    "expiry",
    function (value) {
      return check.integer(value, "expiry", 0);
    },
    null
  );
  if (domain !== null) {
    cookie.domain = domain;
  }
  if (expiry !== null) {
    cookie.expiry = expiry;
  }
  // PhantomJS knows no SameSite: checked, then left out.
  if (wire.sameSite !== undefined) {
    check.oneOf(wire.sameSite, "sameSite", SAME_SITE);
  }
  mustBePlain(cookie.name);
  mustBePlain(cookie.value);
  return cookie;
}

function add(session, request, reply) {
  var cookie = fromWire(check.object(request.body.cookie, "cookie"));
  var host = hostOf(session.page);
  if (cookie.domain !== undefined) {
    mustCover(cookie.domain, host);
  }
  // What it returns tells nothing: it is false for cookies that are set.
  session.page.addCookie(cookie);
  reply.value(null);
}

function removeOne(session, request, reply) {
  session.page.deleteCookie(request.params.name);
  reply.value(null);
}

function removeAll(session, _request, reply) {
  session.page.clearCookies();
  reply.value(null);
}

exports.add = add;
exports.getAll = getAll;
exports.getOne = getOne;
exports.removeAll = removeAll;
exports.removeOne = removeOne;
