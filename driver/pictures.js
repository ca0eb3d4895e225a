// Pictures of one element, and PDF.

var boxOf = require("./box");
var errors = require("./errors");
var evaluate = require("./evaluate");
var revive = require("./revive").revive;
var DriverError = errors.DriverError;

// What a PDF of PhantomJS can have: the properties of `paperSize`.
var PAPER = ["format", "width", "height", "orientation", "margin", "header", "footer"];
var NONE = {
  headerTemplate: "use header: { height, contents: ph.callback(function) }",
  footerTemplate: "use footer: { height, contents: ph.callback(function) }",
  pageRanges: "it prints all pages",
  printBackground: "it prints backgrounds always",
  scale: "use page.setZoomFactor()",
};

function findBox(session, selector) {
  var found;
  evaluate.evaluate(session, [String(boxOf), false, selector], {
    json: function (text) {
      found = JSON.parse(text);
    },
  });
  if (!found) {
    throw new DriverError("no such element", "no element with a size matches " + JSON.stringify(selector));
  }
  return found;
}

// Calls `draw` while the page's picture is that of the element. `clipRect` begins where the window does, and what lies
// before that is not drawn.
function ofElement(session, selector, draw) {
  var page = session.page;
  var box = findBox(session, selector);
  var zoom = page.zoomFactor;
  var before = page.clipRect;
  var scrolled = page.scrollPosition;
  var isBefore = box.left < 0 || box.top < 0;
  var left;
  var top;
  if (isBefore) {
    page.scrollPosition = { left: 0, top: 0 };
    box = findBox(session, selector);
  }
  left = Math.floor(box.left * zoom);
  top = Math.floor(box.top * zoom);
  page.clipRect = {
    left: left,
    top: top,
    width: Math.ceil(box.right * zoom) - left,
    height: Math.ceil(box.bottom * zoom) - top,
  };
  try {
    return draw(page);
  } finally {
    page.clipRect = before;
    if (isBefore) {
      page.scrollPosition = scrolled;
    }
  }
}

function drawn(session, options, draw) {
  var selector = options && options.selector;
  return selector === undefined || selector === null ? draw(session.page) : ofElement(session, String(selector), draw);
}

// args: [file, options or format]
function render(session, args) {
  return drawn(session, args[1], function (page) {
    return page.render.apply(page, args);
  });
}

// args: [format, options]
function renderBase64(session, args) {
  var format = String(args[0] || "PNG");
  var base64 = drawn(session, args[1], function (page) {
    return page.renderBase64(format);
  });
  if (!base64) {
    throw new DriverError("unable to capture screen", "PhantomJS cannot make a " + format);
  }
  return base64;
}

function paperOf(options, before) {
  var given = PAPER.filter(function (name) {
    return options.hasOwnProperty(name);
  });
  Object.keys(NONE).forEach(function (name) {
    if (options.hasOwnProperty(name) && !(name === "printBackground" && options[name])) {
      throw new DriverError("unsupported operation", "PhantomJS has no option " + name + " of a PDF: " + NONE[name]);
    }
  });
  return given.length === 0
    ? before
    : given.reduce(function (paper, name) {
        paper[name] = revive(options[name]);
        return paper;
      }, {});
}

// args: [{ path, …paper }]
function pdf(session, args) {
  var page = session.page;
  var before = page.paperSize;
  var isDone;
  page.paperSize = paperOf(args[0], before);
  try {
    isDone = page.render(args[0].path, { format: "pdf" });
  } finally {
    page.paperSize = before;
  }
  if (!isDone) {
    throw new DriverError("unable to capture screen", "PhantomJS cannot write " + args[0].path);
  }
  return null;
}

exports.pdf = pdf;
exports.render = render;
exports.renderBase64 = renderBase64;
