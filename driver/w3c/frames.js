// https://www.w3.org/TR/webdriver2/#switch-to-frame, and the way between a frame and the top.

var DriverError = require("../errors").DriverError;
var check = require("./check");
var page = require("./page");
var state = require("./state");

// https://www.w3.org/TR/webdriver2/#switch-to-frame, step 2
var MAX_INDEX = 65535;
var ELEMENT_KEY = "element-6066-11e4-a52e-4f735466cecf";

function toTop(session) {
  session.page.switchToMainFrame();
  state.of(session).depth = 0;
}

function up(session) {
  session.page.switchToParentFrame();
  state.of(session).depth -= 1;
}

function down(session, index) {
  session.page.switchToFrame(index);
  state.of(session).depth += 1;
}

// Climbs to the top frame, calling visit(place of the frame below) in each on the way, then runs work() there and goes
// back down. Frames of other origins cannot be looked out of; from above they can be looked at.
function climb(session, visit, work) {
  var path = [];
  try {
    while (state.of(session).depth > 0) {
      path.unshift(page.call(session, "ownFrameIndex"));
      up(session);
      visit(path[0]);
    }
    return work();
  } finally {
    path.forEach(function (index) {
      down(session, index);
    });
  }
}

function isGone(session) {
  try {
    page.call(session, "present");
    return false;
  } catch (error) {
    if (error.code === "no such window") {
      return true;
    }
    throw error;
  }
}

// For what is asked of the top alone: it is there even when the current frame is gone.
function atTop(session, work) {
  var own = state.of(session);
  var depth = own.depth;
  if (!isGone(session)) {
    return climb(session, function () {}, work);
  }
  toTop(session);
  try {
    return work();
  } finally {
    // Whatever is asked of that frame still has no window.
    own.depth = depth;
  }
}

// Where the current frame's viewport begins in the top one's.
function origin(session) {
  var sum = { x: 0, y: 0 };
  return climb(
    session,
    function (index) {
      var inParent = page.call(session, "frameOrigin", [index]);
      sum.x += inParent.x;
      sum.y += inParent.y;
    },
    function () {
      return sum;
    }
  );
}

function indexOf(session, id) {
  if (typeof id === "number") {
    check.integer(id, "id", 0, MAX_INDEX);
    if (id >= page.call(session, "frameCount")) {
      throw new DriverError("no such frame", "there is no frame " + id);
    }
    return id;
  }
  check.object(id, "id");
  return page.call(session, "frameIndex", [check.string(id[ELEMENT_KEY], "id")]);
}

function switchTo(session, request, reply) {
  var id = request.body.id;
  if (id === null) {
    toTop(session);
  } else {
    down(session, indexOf(session, id));
  }
  reply.value(null);
}

function switchToParent(session, _request, reply) {
  page.call(session, "present");
  if (state.of(session).depth > 0) {
    up(session);
  }
  reply.value(null);
}

exports.ELEMENT_KEY = ELEMENT_KEY;
exports.atTop = atTop;
exports.origin = origin;
exports.switchTo = switchTo;
exports.switchToParent = switchToParent;
exports.toTop = toTop;
