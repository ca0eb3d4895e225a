// https://www.w3.org/TR/webdriver2/#capabilities

var system = require("system");

var DriverError = require("../errors").DriverError;
var check = require("./check");
var timeouts = require("./timeouts");

var BROWSER = "phantomjs";
var VERSION = [phantom.version.major, phantom.version.minor, phantom.version.patch].join(".");
var PLATFORM = system.os.name;

var PROXY_TYPES = ["pac", "direct", "autodetect", "system", "manual"];
var STRATEGIES = ["none", "eager", "normal"];
var PROMPT_BEHAVIORS = ["dismiss", "accept", "dismiss and notify", "accept and notify", "ignore"];

function proxy(value, name) {
  if (Object.keys(check.object(value, name)).length) {
    check.oneOf(value.proxyType, "proxyType", PROXY_TYPES);
  }
}

// One behaviour for all prompts, or one for each kind.
function promptBehavior(value, name) {
  if (typeof value === "string") {
    check.oneOf(value, name, PROMPT_BEHAVIORS);
    return;
  }
  check.object(value, name);
  Object.keys(value).forEach(function (kind) {
    check.oneOf(value[kind], name + "." + kind, PROMPT_BEHAVIORS);
  });
}

function strategy(value, name) {
  check.oneOf(value, name, STRATEGIES);
}

function limits(value, name) {
  timeouts.read(check.object(value, name));
}

var CHECKS = {
  acceptInsecureCerts: check.boolean,
  browserName: check.string,
  browserVersion: check.string,
  pageLoadStrategy: strategy,
  platformName: check.string,
  proxy: proxy,
  setWindowRect: check.boolean,
  strictFileInteractability: check.boolean,
  timeouts: limits,
  unhandledPromptBehavior: promptBehavior,
  webSocketUrl: check.boolean,
};

// https://www.w3.org/TR/webdriver2/#dfn-validate-capabilities; null counts as not given.
function validated(given) {
  var kept = {};
  Object.keys(check.object(given, "capabilities")).forEach(function (name) {
    if (given[name] === null) {
      return;
    }
    if (CHECKS.hasOwnProperty(name)) {
      CHECKS[name](given[name], name);
    } else if (name.indexOf(":") < 0) {
      check.refuse("there is no capability " + name);
    }
    kept[name] = given[name];
  });
  return kept;
}

// https://www.w3.org/TR/webdriver2/#dfn-merging-capabilities
function merged(always, first) {
  var both = {};
  Object.keys(always).forEach(function (name) {
    both[name] = always[name];
  });
  Object.keys(first).forEach(function (name) {
    if (both.hasOwnProperty(name)) {
      check.refuse(name + " is in both alwaysMatch and firstMatch");
    }
    both[name] = first[name];
  });
  return both;
}

function isVersion(wanted) {
  return wanted === VERSION || VERSION.indexOf(wanted + ".") === 0;
}

// Why PhantomJS cannot give what is wanted; null when it can. Certificates and proxy are set for the whole process, by
// its switches. Capabilities of other vendors are passed over: clients send those of several browsers at once.
function mismatch(wanted) {
  var reasons = {
    browserName: wanted.browserName !== undefined && wanted.browserName.toLowerCase() !== BROWSER,
    browserVersion: wanted.browserVersion !== undefined && !isVersion(wanted.browserVersion),
    platformName: wanted.platformName !== undefined && wanted.platformName.toLowerCase() !== PLATFORM,
    acceptInsecureCerts: wanted.acceptInsecureCerts === true,
    proxy: wanted.proxy !== undefined && Object.keys(wanted.proxy).length > 0,
    webSocketUrl: wanted.webSocketUrl === true,
  };
  return (
    Object.keys(reasons).filter(function (name) {
      return reasons[name];
    })[0] || null
  );
}

// The first set of capabilities that matches (https://www.w3.org/TR/webdriver2/#dfn-capabilities-processing).
function choose(capabilities) {
  var given = check.object(capabilities, "capabilities");
  var always = validated(given.alwaysMatch === undefined ? {} : given.alwaysMatch);
  var first = given.firstMatch === undefined ? [{}] : check.array(given.firstMatch, "firstMatch");
  var candidates;
  var fitting;
  if (!first.length) {
    check.refuse("firstMatch must not be empty");
  }
  candidates = first.map(validated).map(function (one) {
    return merged(always, one);
  });
  fitting = candidates.filter(function (candidate) {
    return mismatch(candidate) === null;
  });
  if (!fitting.length) {
    throw new DriverError("session not created", "PhantomJS cannot match " + candidates.map(mismatch).join(", "));
  }
  return fitting[0];
}

// What the session has (https://www.w3.org/TR/webdriver2/#new-session).
function granted(session, wanted) {
  return {
    acceptInsecureCerts: false,
    browserName: BROWSER,
    browserVersion: VERSION,
    pageLoadStrategy: wanted.pageLoadStrategy,
    platformName: PLATFORM,
    proxy: {},
    setWindowRect: true,
    strictFileInteractability: wanted.strictFileInteractability,
    timeouts: session.timeouts,
    unhandledPromptBehavior: wanted.promptBehavior,
    userAgent: session.page.settings.userAgent,
  };
}

exports.choose = choose;
exports.granted = granted;
