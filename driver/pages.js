// WebPages as PhantomJS makes them, and as its module `webpage` dresses them.
//
// The module gives each page sixty properties and a table of all keys: more than a third of the time a new page takes. A
// page that is opened, evaluated and closed needs none of them, so a page is dressed when somebody looks for them. Until
// then it prints its errors and dresses its pop-ups, as a dressed one does.

var webpage = require("webpage");

function Page() {
  var handler = phantom.defaultErrorHandler;
  // All that is PhantomJS's own can be used of it at any time.
  this.raw = phantom.createWebPage();
  this.onError = function (message, line, source, stack) {
    var trace = JSON.parse(stack).map(function (frame) {
      return { file: frame.url, line: frame.lineNumber, function: frame.functionName };
    });
    handler(message, trace.length > 0 ? trace : [{ file: source, line: line }]);
  };
  this.isDressed = false;
  this.raw.javaScriptErrorSent.connect(this.onError);
  this.raw.rawPageCreated.connect(dress);
}

// The page with all that https://phantomjs.org/api/webpage/ lists.
Page.prototype.dressed = function () {
  if (!this.isDressed) {
    this.isDressed = true;
    this.raw.javaScriptErrorSent.disconnect(this.onError);
    this.raw.rawPageCreated.disconnect(dress);
    dress(this.raw);
  }
  return this.raw;
};

Page.prototype.settings = function () {
  return this.isDressed ? this.raw.settings : phantom.defaultPageSettings;
};

// The module makes the page that it dresses, by the one global name that it knows.
function dress(raw) {
  var own = window.phantom;
  window.phantom = Object.create(own, {
    createWebPage: {
      value: function () {
        return raw;
      },
    },
  });
  try {
    webpage.create();
  } finally {
    window.phantom = own;
  }
}

// A page that PhantomJS made by itself.
function adopt(raw) {
  return Object.create(Page.prototype, { raw: { value: raw }, isDressed: { value: true } });
}

exports.create = function () {
  return new Page();
};
exports.adopt = adopt;
