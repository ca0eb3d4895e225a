// https://www.w3.org/TR/webdriver2/#actions: key and mouse sources. All is checked before anything is done.

var DriverError = require("../errors").DriverError;
var check = require("./check");
var frames = require("./frames");
var input = require("./input");
var keys = require("./keys");
var load = require("./load");
var page = require("./page");

var POINTER_TYPES = ["mouse", "pen", "touch"];
// Beyond them no viewport reaches.
var MAX_COORDINATE = 1e9;

function none() {}

function step(duration, act) {
  return { duration: duration, act: act };
}

function durationOf(item) {
  return item.duration === undefined ? 0 : check.integer(item.duration, "duration", 0);
}

function keyOf(item) {
  var value = check.string(item.value, "value");
  return keys.characters(value).length === 1 ? value : check.refuse("value must be one character");
}

function buttonOf(item) {
  return check.integer(item.button, "button", 0, input.BUTTON_COUNT - 1);
}

function originOf(item) {
  var origin = item.origin === undefined ? "viewport" : item.origin;
  if (typeof origin === "object" && origin !== null) {
    return { element: check.string(origin[frames.ELEMENT_KEY], "origin") };
  }
  return check.oneOf(origin, "origin", ["viewport", "pointer"]);
}

// Where an origin is in the top frame's viewport.
function locate(session, origin) {
  var mouse = input.of(session);
  var inFrame = { x: 0, y: 0 };
  var frame;
  if (origin === "pointer") {
    return { x: mouse.x, y: mouse.y };
  }
  frame = frames.origin(session);
  if (origin.element !== undefined) {
    inFrame = page.call(session, "centre", [origin.element]);
    if (inFrame === null) {
      throw new DriverError("move target out of bounds", "the element is not in view");
    }
  }
  return { x: frame.x + inFrame.x, y: frame.y + inFrame.y };
}

function move(session, origin, x, y) {
  var start = locate(session, origin);
  var size = session.page.viewportSize;
  var toX = Math.floor(start.x + x);
  var toY = Math.floor(start.y + y);
  if (toX < 0 || toY < 0 || toX > size.width || toY > size.height) {
    throw new DriverError("move target out of bounds", toX + "," + toY + " is outside the viewport");
  }
  input.of(session).moveTo(toX, toY);
}

function pause(item) {
  return step(durationOf(item), none);
}

function onInput(read, method) {
  return function (item) {
    var value = read(item);
    return step(0, function (session) {
      input.of(session)[method](value);
    });
  };
}

function pointerMove(item) {
  var x = check.number(item.x, "x", -MAX_COORDINATE, MAX_COORDINATE);
  var y = check.number(item.y, "y", -MAX_COORDINATE, MAX_COORDINATE);
  var origin = originOf(item);
  return step(durationOf(item), function (session) {
    move(session, origin, x, y);
  });
}

var STEPS = {
  none: { pause: pause },
  key: { pause: pause, keyDown: onInput(keyOf, "keyDown"), keyUp: onInput(keyOf, "keyUp") },
  pointer: {
    pause: pause,
    pointerDown: onInput(buttonOf, "buttonDown"),
    pointerMove: pointerMove,
    pointerUp: onInput(buttonOf, "buttonUp"),
  },
};

// https://www.w3.org/TR/webdriver2/#dfn-process-an-input-source-action-sequence
function stepsOf(source) {
  var type = check.oneOf(check.object(source, "a source").type, "type", ["none", "key", "pointer", "wheel"]);
  var readers = STEPS[type];
  if (!readers) {
    throw new DriverError("unsupported operation", "PhantomJS has no wheel events");
  }
  check.string(source.id, "id");
  if (type === "pointer" && source.parameters !== undefined) {
    check.oneOf(check.object(source.parameters, "parameters").pointerType || "mouse", "pointerType", POINTER_TYPES);
  }
  return check.array(source.actions, "actions").map(function (item) {
    return readers[check.oneOf(check.object(item, "an action").type, "type", Object.keys(readers))](item);
  });
}

// The steps of all sources that belong to one tick, tick by tick.
function byTick(sources) {
  var ticks = [];
  sources.forEach(function (steps) {
    steps.forEach(function (one, index) {
      ticks[index] = (ticks[index] || []).concat(one);
    });
  });
  return ticks;
}

function longest(tick) {
  return tick.reduce(function (most, one) {
    return Math.max(most, one.duration);
  }, 0);
}

// Runs the ticks, each for as long as its longest step, then next().
function runTicks(session, ticks, next) {
  if (session.closed || !ticks.length) {
    next();
    return;
  }
  try {
    ticks[0].forEach(function (one) {
      one.act(session);
    });
  } catch (error) {
    next(error);
    return;
  }
  setTimeout(function () {
    runTicks(session, ticks.slice(1), next);
  }, longest(ticks[0]));
}

function perform(session, request, reply) {
  var ticks = byTick(check.array(request.body.actions, "actions").map(stepsOf));
  load.interactSlowly(session, reply, function (next) {
    runTicks(session, ticks, next);
  });
}

function release(session, _request, reply) {
  load.interact(session, reply, function () {
    input.of(session).releaseAll();
  });
}

exports.perform = perform;
exports.release = release;
