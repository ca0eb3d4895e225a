// The cookies of `ph`: those of all pages, whether they share PhantomJS's jar or have one of their own (isolate).

var checkCookie = require("./headers").checkCookie;
var sessions = require("./sessions");

// PhantomJS's own, which pages have that are not isolated.
function shared() {
  return phantom.page.cookieJar;
}

// Those of pages that have their own, each once: a pop-up has its opener's.
function ownJars() {
  var other = shared();
  return sessions
    .all()
    .map(jarOf)
    .filter(function (jar, index, jars) {
      return jar !== other && jars.indexOf(jar) === index;
    });
}

function jarOf(session) {
  return session.idleJar || session.raw.cookieJar;
}

// PhantomJS's own first.
function all() {
  return [phantom].concat(ownJars());
}

// Puts what was added for all pages into the jar of a new one.
function fill(session) {
  // The newest come first.
  phantom.cookies.reverse().forEach(function (cookie) {
    session.raw.cookieJar.addCookie(cookie);
  });
  if (!phantom.cookiesEnabled) {
    disable(session);
  }
}

// Only PhantomJS's own jar can be switched off: the page gets that one.
function disable(session) {
  session.idleJar = jarOf(session);
  session.raw.cookieJar = shared();
}

function enable(session) {
  if (session.idleJar) {
    session.raw.cookieJar = session.idleJar;
    session.idleJar = null;
  }
}

function switchCookies(isOn) {
  phantom.cookiesEnabled = isOn;
  sessions.all().forEach(phantom.cookiesEnabled ? enable : disable);
}

function getCookies() {
  var known = {};
  return all()
    .reduce(function (cookies, jar) {
      return cookies.concat(jar.cookies);
    }, [])
    .filter(function (cookie) {
      var text = JSON.stringify(cookie);
      var isNew = !known.hasOwnProperty(text);
      known[text] = true;
      return isNew;
    });
}

function setCookies(cookies) {
  cookies.forEach(checkCookie);
  all().forEach(function (jar) {
    jar.clearCookies();
    jar.cookies = cookies;
  });
}

// PhantomJS stores the domain with a dot before it and then says false, not finding the one it was given.
function addTo(holder, cookie) {
  checkCookie(cookie);
  return holder.addCookie(cookie) || holder.cookies.some(isCookie(cookie));
}

function isCookie(wanted) {
  return function (cookie) {
    return (
      cookie.name === wanted.name &&
      cookie.value === String(wanted.value) &&
      // Without a domain it is the page's.
      (wanted.domain === undefined || cookie.domain.replace(/^\./, "") === wanted.domain.replace(/^\./, ""))
    );
  };
}

function addCookie(cookie) {
  return all().map(function (jar) {
    return addTo(jar, cookie);
  })[0];
}

function deleteCookie(name) {
  return all()
    .map(function (jar) {
      return jar.deleteCookie(name);
    })
    .some(Boolean);
}

function clearCookies() {
  all().forEach(function (jar) {
    jar.clearCookies();
  });
}

exports.addCookie = addCookie;
exports.addTo = addTo;
exports.clearCookies = clearCookies;
exports.deleteCookie = deleteCookie;
exports.fill = fill;
exports.getCookies = getCookies;
exports.setCookies = setCookies;
exports.switchCookies = switchCookies;
