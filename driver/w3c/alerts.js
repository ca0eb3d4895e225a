// https://www.w3.org/TR/webdriver2/#user-prompts. PhantomJS cannot hold a dialog open: alert(), confirm() and prompt()
// return at once, so there is never one to find. How confirm() and prompt() end is the session's
// unhandledPromptBehavior.

var DriverError = require("../errors").DriverError;

function accepts(behavior, kind) {
  var rule = typeof behavior === "string" ? behavior : behavior[kind] || behavior.default || "";
  return rule.indexOf("accept") === 0;
}

// For pages that W3C sessions made; a page of the bridge has its user's handlers.
function install(page, behavior) {
  page.onConfirm = function () {
    return accepts(behavior, "confirm");
  };
  page.onPrompt = function (_message, value) {
    return accepts(behavior, "prompt") ? value : null;
  };
}

function none() {
  throw new DriverError("no such alert", "PhantomJS closes dialogs at once");
}

exports.install = install;
exports.none = none;
