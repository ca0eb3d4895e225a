// Settings of a page that another browser has and PhantomJS has not. Set here they would be nothing but properties that
// nobody reads.

var DriverError = require("./errors").DriverError;

var REMEDY = 'Chromium does, by option browser: "chromium"';
var NONE = {
  colorScheme: "PhantomJS shows every page as light",
  deviceScaleFactor: "PhantomJS has one pixel for each px; page.setZoomFactor() makes pictures larger",
  locale: "PhantomJS has one language; page.setHeaders({ 'Accept-Language': … }) asks for another",
  timezone: "PhantomJS has that of its process; environment variable TZ sets it",
};

function refuse(name) {
  if (NONE.hasOwnProperty(name)) {
    throw new DriverError("unsupported operation", "there is no settings." + name + ": " + NONE[name] + "; " + REMEDY);
  }
}

// `name`: a property of a page, dotted or not; `value`: what it is to be set to.
exports.check = function (name, value) {
  refuse(name.split(".")[1]);
  if (name === "settings") {
    Object.keys(value || {}).forEach(refuse);
  }
};
exports.refuseBodies = function () {
  throw new DriverError("unsupported operation", "PhantomJS keeps no bodies of responses; " + REMEDY);
};
