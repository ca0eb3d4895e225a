// Where an element is, px, as seen from the window of the page; null without one, or where it has no size. Runs in pages, in
// the present frame, on Chromium too. Frames of other sites do not say where they lie.

module.exports = function boxOf(selector) {
  var element = document.querySelector(selector);
  var box = element && element.getBoundingClientRect();
  var view = window;
  var left;
  var top;
  var frame;
  if (!box || box.width === 0 || box.height === 0) {
    return null;
  }
  left = box.left;
  top = box.top;
  while (view.frameElement) {
    frame = view.frameElement.getBoundingClientRect();
    left += frame.left + view.frameElement.clientLeft;
    top += frame.top + view.frameElement.clientTop;
    view = view.parent;
  }
  return { left: left, top: top, right: left + box.width, bottom: top + box.height };
};
