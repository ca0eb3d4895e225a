// https://www.w3.org/TR/webdriver2/#element-interaction

var fs = require("fs");

var DriverError = require("../errors").DriverError;
var check = require("./check");
var frames = require("./frames");
var input = require("./input");
var load = require("./load");
var page = require("./page");
var random = require("./random");
var state = require("./state");
var wait = require("./wait");

function clickAt(session, point) {
  var origin = frames.origin(session);
  var x = Math.floor(origin.x + point.x);
  var y = Math.floor(origin.y + point.y);
  input.of(session).moveTo(x, y);
  session.page.sendEvent("click", x, y);
}

function click(session, request, reply) {
  var id = request.params.element;
  wait.poll(
    reply,
    session.timeouts.implicit,
    function () {
      var target = page.call(session, "clickTarget", [id]);
      if (target === null) {
        return false;
      }
      load.interact(session, reply, function () {
        if (target.isOption) {
          page.call(session, "clickOption", [id]);
        } else {
          clickAt(session, target);
        }
      });
      return true;
    },
    function () {
      throw new DriverError("element not interactable", "the element is not in view");
    }
  );
}

function clear(session, request, reply) {
  load.interact(session, reply, function () {
    page.call(session, "clear", [request.params.element]);
  });
}

// PhantomJS finds a file input by selector only: the element carries a mark meanwhile.
function upload(session, id, files) {
  var mark = "data-upload-" + random.id();
  page.call(session, "setMark", [id, mark, true]);
  try {
    session.page.uploadFile("[" + mark + "]", files);
  } finally {
    page.call(session, "setMark", [id, mark, false]);
  }
}

function checkedFiles(text, isMultiple) {
  var files = text.split("\n");
  if (files.length > 1 && !isMultiple) {
    check.refuse("the input takes one file");
  }
  files.forEach(function (file) {
    if (!fs.isFile(file)) {
      check.refuse("there is no file " + file);
    }
  });
  return files;
}

// https://www.w3.org/TR/webdriver2/#element-send-keys
function sendKeys(session, request, reply) {
  var id = request.params.element;
  var text = check.string(request.body.text, "text");
  load.interact(session, reply, function () {
    var target = page.call(session, "typeTarget", [id, state.of(session).strictFileInteractability]);
    if (target.takes === "files") {
      upload(session, id, checkedFiles(text, target.multiple));
    } else if (target.takes === "value") {
      page.call(session, "setValue", [id, text]);
    } else {
      input.of(session).type(text);
    }
  });
}

exports.clear = clear;
exports.click = click;
exports.sendKeys = sendKeys;
