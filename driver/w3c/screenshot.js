// https://www.w3.org/TR/webdriver2/#screen-capture

var DriverError = require("../errors").DriverError;
var frames = require("./frames");
var page = require("./page");

// The part of the document's canvas in `box`, as base64 of a PNG. PhantomJS draws from the document's corner, scrolls
// there to draw, and does not scroll back.
function capture(session, box, scroll) {
  var own = session.page;
  var clipBefore = own.clipRect;
  var image;
  if (box.width < 1 || box.height < 1) {
    throw new DriverError("unable to capture screen", "the area has no size");
  }
  own.clipRect = { left: box.x, top: box.y, width: box.width, height: box.height };
  try {
    image = own.renderBase64("PNG");
  } finally {
    own.clipRect = clipBefore;
  }
  page.call(session, "scrollTo", [scroll.x, scroll.y]);
  return image;
}

function ofViewport(session, _request, reply) {
  reply.value(
    frames.atTop(session, function () {
      var viewport = page.call(session, "viewport");
      return capture(session, viewport, viewport);
    })
  );
}

// An element's box in the canvas, in whole pixels.
function boxOf(session, id, scroll) {
  var inFrame = page.call(session, "rect", [id]);
  var frame = page.call(session, "viewport");
  var origin = frames.origin(session);
  var left = inFrame.x - frame.x + origin.x + scroll.x;
  var top = inFrame.y - frame.y + origin.y + scroll.y;
  var x = Math.floor(left);
  var y = Math.floor(top);
  return { x: x, y: y, width: Math.ceil(left + inFrame.width) - x, height: Math.ceil(top + inFrame.height) - y };
}

function ofElement(session, request, reply) {
  var id = request.params.element;
  var scroll;
  var box;
  page.call(session, "scrollIntoView", [id]);
  scroll = frames.atTop(session, function () {
    return page.call(session, "viewport");
  });
  box = boxOf(session, id, scroll);
  reply.value(
    frames.atTop(session, function () {
      return capture(session, box, scroll);
    })
  );
}

exports.ofElement = ofElement;
exports.ofViewport = ofViewport;
