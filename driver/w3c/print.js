// https://www.w3.org/TR/webdriver2/#print-page: a PDF by way of a temporary file, for PhantomJS makes PDFs only in files.

var fs = require("fs");
var system = require("system");

var DriverError = require("../errors").DriverError;
var check = require("./check");
var random = require("./random");

var DEFAULT_PAGE = { width: 21.59, height: 27.94 };
var DEFAULT_MARGIN = 1;
// The specification's least page is one point.
var LEAST_CM = 2.54 / 72;
var MOST_CM = 1000;

function optional(holder, name, otherwise, min, max) {
  return holder[name] === undefined ? otherwise : check.number(holder[name], name, min, max);
}

function section(body, name) {
  return body[name] === undefined ? {} : check.object(body[name], name);
}

function centimetres(number) {
  return number + "cm";
}

function paper(body) {
  var size = section(body, "page");
  var margin = section(body, "margin");
  var isLandscape =
    body.orientation !== undefined &&
    check.oneOf(body.orientation, "orientation", ["portrait", "landscape"]) === "landscape";
  var width = optional(size, "width", DEFAULT_PAGE.width, LEAST_CM, MOST_CM);
  var height = optional(size, "height", DEFAULT_PAGE.height, LEAST_CM, MOST_CM);
  var margins = {};
  ["top", "right", "bottom", "left"].forEach(function (side) {
    margins[side] = centimetres(optional(margin, side, DEFAULT_MARGIN, 0, MOST_CM));
  });
  return {
    width: centimetres(isLandscape ? height : width),
    height: centimetres(isLandscape ? width : height),
    margin: margins,
  };
}

function refusePageRanges(ranges) {
  if (ranges !== undefined && check.array(ranges, "pageRanges").length) {
    throw new DriverError("unsupported operation", "PhantomJS prints all pages");
  }
}

function temporaryFile() {
  var folder = system.env.TMPDIR || system.env.TEMP || system.env.TMP || "/tmp";
  return folder + fs.separator + "phantom-cluster-" + random.id() + ".pdf";
}

function readBinary(file) {
  var stream = fs.open(file, "rb");
  try {
    return stream.read();
  } finally {
    stream.close();
  }
}

// The PDF's bytes as a binary string.
function render(page) {
  var file = temporaryFile();
  try {
    if (!page.render(file)) {
      throw new DriverError("unknown error", "cannot write " + file);
    }
    return readBinary(file);
  } finally {
    if (fs.exists(file)) {
      fs.remove(file);
    }
  }
}

function print(session, request, reply) {
  var page = session.page;
  var sheet = paper(request.body);
  var scale = optional(request.body, "scale", 1, 0.1, 2);
  var before = { paperSize: page.paperSize, zoomFactor: page.zoomFactor };
  refusePageRanges(request.body.pageRanges);
  page.paperSize = sheet;
  page.zoomFactor = before.zoomFactor * scale;
  try {
    reply.value(btoa(render(page)));
  } finally {
    page.paperSize = before.paperSize;
    page.zoomFactor = before.zoomFactor;
  }
}

exports.print = print;
