// Runs in pages, on Chromium too: whether an element is there, or with `visible` whether it is seen; with `hidden` the
// reverse.

module.exports = function look(selector, visible, hidden) {
  var element = document.querySelector(selector);
  var box;
  var style;
  var isSeen;
  if (!visible && !hidden) {
    return element !== null;
  }
  if (element) {
    box = element.getBoundingClientRect();
    style = window.getComputedStyle(element);
    isSeen = box.width > 0 && box.height > 0 && style.visibility === "visible";
  }
  return Boolean(isSeen) !== Boolean(hidden);
};
