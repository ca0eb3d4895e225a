// What PhantomJS does by itself, without any bridge: phantomjs ceiling.js ADDRESS AT_ONCE FROM TO PATIENCE. Prints pages
// per second between the two times, ms since 1970, which are the same for all processes that run beside each other. A
// load that does not end within PATIENCE ms is given up.

var system = require("system");
var webpage = require("webpage");

var address = system.args[1];
var atOnce = Number(system.args[2]);
var from = Number(system.args[3]);
var to = Number(system.args[4]);
var patience = Number(system.args[5]);
var done = 0;
var number = 0;

function next() {
  var page = webpage.create();
  var timer = setTimeout(end, patience);
  var hasEnded = false;

  function end(status) {
    var now = Date.now();
    if (hasEnded) {
      return;
    }
    hasEnded = true;
    clearTimeout(timer);
    if (status) {
      page.evaluate(function () {
        return document.title;
      });
    }
    page.close();
    done += status && now >= from && now < to ? 1 : 0;
    if (now < to) {
      next();
    }
  }

  number += 1;
  page.open(address + "?" + number, end);
}

function fill() {
  if (number < atOnce) {
    next();
    fill();
  }
}

function finish() {
  console.log((done / (to - from)) * 1000);
  phantom.exit();
}

fill();
setTimeout(finish, to - Date.now() + 100);
