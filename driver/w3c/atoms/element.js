// Runs in the page: what can be asked about an element and the document, https://www.w3.org/TR/webdriver2/#state.

module.exports = function (atoms) {
  // https://www.w3.org/TR/webdriver2/#dfn-boolean-attribute
  var BOOLEAN = (
    "allowfullscreen async autofocus autoplay checked controls default defer disabled formnovalidate hidden ismap " +
    "itemscope loop multiple muted nomodule novalidate open readonly required reversed selected"
  ).split(" ");

  function matches(element, selector) {
    return element.webkitMatchesSelector(selector);
  }

  atoms.selected = function (id) {
    var element = atoms.element(id);
    if (matches(element, "input[type=checkbox], input[type=radio]")) {
      return element.checked;
    }
    return matches(element, "option") && element.selected;
  };

  atoms.attribute = function (id, name) {
    var element = atoms.element(id);
    if (BOOLEAN.indexOf(name.toLowerCase()) >= 0) {
      return element.hasAttribute(name) ? "true" : null;
    }
    return element.getAttribute(name);
  };

  atoms.property = function (id, name) {
    return atoms.clone(atoms.element(id)[name]);
  };

  atoms.css = function (id, name) {
    return window.getComputedStyle(atoms.element(id), null).getPropertyValue(name) || "";
  };

  atoms.tagName = function (id) {
    return atoms.element(id).tagName.toLowerCase();
  };

  atoms.rect = function (id) {
    var box = atoms.element(id).getBoundingClientRect();
    return { x: box.left + window.pageXOffset, y: box.top + window.pageYOffset, width: box.width, height: box.height };
  };

  atoms.isEnabled = function (element) {
    return !matches(element, ":disabled, fieldset[disabled] *");
  };

  atoms.enabled = function (id) {
    return atoms.isEnabled(atoms.element(id));
  };

  atoms.url = function () {
    return document.URL;
  };

  atoms.title = function () {
    return document.title;
  };

  atoms.source = function () {
    var root = document.documentElement;
    return root && root.outerHTML !== undefined ? root.outerHTML : new XMLSerializer().serializeToString(document);
  };

  atoms.readyState = function () {
    return document.readyState;
  };

  atoms.viewport = function () {
    return {
      x: window.pageXOffset,
      y: window.pageYOffset,
      width: window.innerWidth,
      height: window.innerHeight,
    };
  };

  atoms.scrollTo = function (x, y) {
    window.scrollTo(x, y);
  };

  // Does nothing but fail when the current frame is gone, as every atom does.
  atoms.present = function () {};

  // The place of this frame in its parent.
  atoms.ownFrameIndex = function () {
    var i;
    for (i = 0; i < window.parent.length; i += 1) {
      if (window.parent[i] === window) {
        return i;
      }
    }
    return -1;
  };

  atoms.frameCount = function () {
    return window.length;
  };

  atoms.frameIndex = function (id) {
    var frame = atoms.element(id);
    var i;
    for (i = 0; i < window.length; i += 1) {
      if (matches(frame, "iframe, frame") && frame.contentWindow === window[i]) {
        return i;
      }
    }
    return atoms.fail("no such frame", "the element is not a frame");
  };

  // Where the content of a frame begins, in this frame's viewport.
  atoms.frameOrigin = function (index) {
    var frame = Array.prototype.filter.call(document.querySelectorAll("iframe, frame"), function (candidate) {
      return candidate.contentWindow === window[index];
    })[0];
    var box = frame.getBoundingClientRect();
    var style = window.getComputedStyle(frame, null);
    return {
      x: box.left + frame.clientLeft + parseFloat(style.getPropertyValue("padding-left")),
      y: box.top + frame.clientTop + parseFloat(style.getPropertyValue("padding-top")),
    };
  };
};
