// What PhantomJS does by itself, without any bridge: phantomjs ceiling.js ADDRESS COUNT. Prints pages per second.

var system = require("system");
var webpage = require("webpage");

var address = system.args[1];
var count = Number(system.args[2]);
var warmup = 50;
var done = 0;
var from = 0;

function next() {
  var page;
  if (done === warmup) {
    from = Date.now();
  }
  if (done === warmup + count) {
    console.log((count / (Date.now() - from)) * 1000);
    phantom.exit();
    return;
  }
  done += 1;
  page = webpage.create();
  page.open(address, function () {
    page.evaluate(function () {
      return document.title;
    });
    page.close();
    // Not from within the page's own callback.
    setTimeout(next, 0);
  });
}

next();
