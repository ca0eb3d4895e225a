// What PhantomJS does by itself, without any bridge: phantomjs ceiling.js ADDRESS AT_ONCE FROM TO. Prints pages per second
// between the two times, ms since 1970, which are the same for all processes that run beside each other.

var system = require("system");
var webpage = require("webpage");

var address = system.args[1];
var atOnce = Number(system.args[2]);
var from = Number(system.args[3]);
var to = Number(system.args[4]);
var done = 0;
var number = 0;

function next() {
  var page = webpage.create();
  number += 1;
  page.open(address + "?" + number, function () {
    var now;
    page.evaluate(function () {
      return document.title;
    });
    page.close();
    now = Date.now();
    done += now >= from && now < to ? 1 : 0;
    if (now < to) {
      next();
    }
  });
}

function fill() {
  if (number < atOnce) {
    next();
    fill();
  }
}

function end() {
  console.log((done / (to - from)) * 1000);
  phantom.exit();
}

fill();
setTimeout(end, to - Date.now() + 100);
