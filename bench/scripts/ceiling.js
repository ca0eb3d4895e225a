// What PhantomJS does by itself, without any bridge: phantomjs ceiling.js ADDRESS AT_ONCE WARMUP_MS MS. Prints pages per
// second.

var system = require("system");
var webpage = require("webpage");

var address = system.args[1];
var atOnce = Number(system.args[2]);
var warmup = Number(system.args[3]);
var length = Number(system.args[4]);
var begun = Date.now();
var from = 0;
var done = 0;
var number = 0;
var isOver = false;

/** Whether there is time for another page. */
function count() {
  var now = Date.now();
  if (from === 0) {
    from = now - begun >= warmup ? now : 0;
    return true;
  }
  done += 1;
  if (now - from < length) {
    return true;
  }
  if (!isOver) {
    isOver = true;
    console.log((done / (now - from)) * 1000);
    phantom.exit();
  }
  return false;
}

function next() {
  var page = webpage.create();
  number += 1;
  page.open(address + "?" + number, function () {
    page.evaluate(function () {
      return document.title;
    });
    page.close();
    if (count()) {
      next();
    }
  });
}

for (var i = 0; i < atOnce; i += 1) {
  next();
}
